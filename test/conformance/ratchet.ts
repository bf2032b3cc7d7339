/** The tests that pass: a list that only grows. A test of it that no longer passes fails the run. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { SuiteResult } from './suite-output.ts';
import type { Mode } from './suite-run.ts';

/** Names of passing tests by mode and file. A file is run in a mode because it has an entry there, empty or not. */
export type Ratchet = Record<Mode, Record<string, string[]>>;

const path = new URL('./ratchet.json', import.meta.url);

export function readRatchet(): Ratchet {
  return JSON.parse(readFileSync(path, 'utf8'));
}

export function writeRatchet(ratchet: Ratchet): void {
  const sorted = (files: Record<string, string[]>) => Object.fromEntries(Object.entries(files).sort());
  const text = { external: sorted(ratchet.external), replace: sorted(ratchet.replace) };
  writeFileSync(path, `${JSON.stringify(text, undefined, 2)}\n`);
}

/** Adds what passed; nothing is ever taken out. */
export function growRatchet(ratchet: Ratchet, mode: Mode, file: string, result: SuiteResult): void {
  const known = ratchet[mode][file] ?? [];
  ratchet[mode][file] = [...new Set([...known, ...passingNames(result)])].sort();
}

/** Names of which every test passed. */
export function passingNames({ passed, failed }: SuiteResult): Set<string> {
  const names = new Set(passed);
  for (const { name } of failed) names.delete(name);
  return names;
}

/** What `result` changes: names of the list that do not pass, names that pass and are not in the list. */
export function compareWithRatchet(
  known: readonly string[],
  result: SuiteResult,
): { lost: string[]; gained: string[] } {
  const passing = passingNames(result);
  const listed = new Set(known);
  return {
    lost: known.filter((name) => !passing.has(name)),
    gained: [...passing].filter((name) => !listed.has(name)),
  };
}
