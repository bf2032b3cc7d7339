/** The tests that pass: a list that only grows. A test of it that no longer passes fails the run. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { SuiteResult } from './suite-output.ts';
import { MODES, type Mode } from './suite-run.ts';

/** Names of passing tests by mode and file. A file is run in a mode because it has an entry there, empty or not. */
export type Ratchet = Record<Mode, Record<string, string[]>>;

const LINE_WIDTH = 120;
const path = new URL('./ratchet.json', import.meta.url);

export function readRatchet(): Ratchet {
  return JSON.parse(readFileSync(path, 'utf8'));
}

export function writeRatchet(ratchet: Ratchet): void {
  writeFileSync(path, formatRatchet(ratchet));
}

/** Sorted, and as the project's formatter lays it out: a list on one line where it fits. */
export function formatRatchet(ratchet: Ratchet): string {
  const modes = MODES.map((mode) => {
    const files = Object.keys(ratchet[mode]).sort();
    const entries = files.map((file) => formatEntry(file, ratchet[mode][file]));
    return `  ${JSON.stringify(mode)}: ${entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n  }`}`;
  });
  return `{\n${modes.join(',\n')}\n}\n`;
}

function formatEntry(file: string, names: readonly string[]): string {
  const quoted = names.map((name) => JSON.stringify(name));
  const oneLine = `    ${JSON.stringify(file)}: [${quoted.join(', ')}]`;
  if (`${oneLine},`.length <= LINE_WIDTH) return oneLine;
  return `    ${JSON.stringify(file)}: [\n      ${quoted.join(',\n      ')}\n    ]`;
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
