/** What a run of one file says, and what all of them say together. */
import { compareWithRatchet } from './ratchet.ts';
import { reasonFor } from './skips.ts';
import type { Outcome, SuiteResult } from './suite-output.ts';
import type { Mode } from './suite-run.ts';

export interface FileReport extends SuiteResult {
  readonly file: string;
  readonly mode: Mode;
  readonly seconds: number;
  /** Tests of the ratchet that did not pass. */
  readonly lost: string[];
  /** Tests that passed and are not in the ratchet. */
  readonly gained: string[];
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Failures that fail the run: with the ratchet, only those of tests in it. */
export type Strictness = 'all' | 'ratchet';

/** Judges a run: `skips` are those given to it, `known` the ratchet's names for it. */
export function makeReport(
  run: { file: string; mode: Mode; seconds: number },
  result: SuiteResult,
  skips: ReadonlyMap<string, string>,
  known: readonly string[],
): FileReport {
  const skipped = result.skipped.map(({ name, reason }) => ({
    name,
    reason: reason || (reasonFor(name, skips) ?? ''),
  }));
  return { ...run, ...result, skipped, ...compareWithRatchet(known, result) };
}

export function totalsOf(reports: readonly FileReport[], strictness: Strictness): Totals {
  const sum = (count: (report: FileReport) => number) => reports.reduce((total, report) => total + count(report), 0);
  const passed = sum((report) => report.passed.length);
  const left = sum((report) => report.skipped.length);
  if (strictness === 'all') {
    return { passed, failed: sum((report) => report.failed.length + report.broken.length), skipped: left };
  }
  return {
    passed,
    failed: sum((report) => report.lost.length),
    skipped: left + sum((report) => pending(report).length),
  };
}

/** The lines to print for one file. With `verbose`, what was left out is named test by test. */
export function describeReport(report: FileReport, strictness: Strictness, verbose: boolean): string[] {
  const { file, mode, seconds, passed, skipped, broken, lost, gained } = report;
  const failed = strictness === 'all' ? report.failed : report.failed.filter(({ name }) => lost.includes(name));
  const waiting = strictness === 'all' ? [] : pending(report);
  const counts = [`${passed.length} passed`, `${failed.length} failed`, `${skipped.length} skipped`];
  if (waiting.length > 0) counts.push(`${waiting.length} not passing yet`);
  const lines = [`${file} (${mode}, ${seconds.toFixed(1)} s): ${counts.join(', ')}`];
  for (const { name, reason } of failed) lines.push(`  FAILED ${name}`, ...indent(reason));
  for (const message of broken) lines.push('  BROKEN', ...indent(message));
  for (const name of lost) {
    if (!failed.some((failure) => failure.name === name)) lines.push(`  FAILED ${name}`, ...indent('it was not run'));
  }
  lines.push(...describeReasons('not passing yet', waiting.map(shorten), true));
  lines.push(...describeReasons('skipped', skipped, verbose));
  if (gained.length > 0 && strictness === 'ratchet') {
    lines.push(`  ${gained.length} pass that the ratchet does not list (--update)`);
    if (verbose) lines.push(...indent(gained.join('\n')));
  }
  return lines;
}

/** Failures of tests that have never passed. */
function pending({ failed, lost }: FileReport): Outcome[] {
  return failed.filter(({ name }) => !lost.includes(name));
}

function describeReasons(title: string, outcomes: readonly Outcome[], named: boolean): string[] {
  if (named) return outcomes.map(({ name, reason }) => `  ${title}: ${name}: ${reason}`);
  const counts = new Map<string, number>();
  for (const { reason } of outcomes) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `  ${title}: ${count}: ${reason}`);
}

/** The first line of a long story. */
function shorten({ name, reason }: Outcome): Outcome {
  return { name, reason: reason.split('\n')[0].slice(0, 160) };
}

function indent(text: string): string[] {
  return text.split('\n').map((line) => `    ${line}`);
}
