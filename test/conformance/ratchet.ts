/** The tests that pass: a list that only grows. A test of it that does not pass fails the run. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Mode } from './suite-run.ts';

/** Names of passing tests by file, for each mode. */
export type Ratchet = Record<Mode, Record<string, string[]>>;

/** Why tests are left out: by file, test name or /pattern/ to reason. A reason beginning with `slow` or `crash` keeps it from running. */
export type Skips = Record<string, Record<string, string>>;

const ratchetPath = new URL('./ratchet.json', import.meta.url);
const skipsPath = new URL('./skips.json', import.meta.url);

export function readRatchet(): Ratchet {
  return JSON.parse(readFileSync(ratchetPath, 'utf8'));
}

export function readSkips(): Skips {
  return JSON.parse(readFileSync(skipsPath, 'utf8'));
}

/** Adds what passed; nothing is ever taken out. */
export function growRatchet(ratchet: Ratchet, mode: Mode, file: string, passed: readonly string[]): void {
  const known = ratchet[mode][file] ?? [];
  ratchet[mode][file] = [...new Set([...known, ...passed])].sort();
}

export function writeRatchet(ratchet: Ratchet): void {
  const sorted = (files: Record<string, string[]>) => Object.fromEntries(Object.entries(files).sort());
  const text = { external: sorted(ratchet.external), replace: sorted(ratchet.replace) };
  writeFileSync(ratchetPath, `${JSON.stringify(text, undefined, 2)}\n`);
}
