/**
 * Reads what Redis's test suite prints: a line for the outcome of each test, followed by details that have no fixed form.
 *
 *   [ok]: NAME (12 ms)
 *   [err]: NAME in tests/FILE.tcl         details on the lines that follow
 *   [err]: MESSAGE                        something went wrong outside of any test
 *   [skip]: NAME                          left out by name
 *   [ignore]: NAME: REASON                left out by tag
 *   [ignore]: REASON                      so is everything in a block of tests that never say their names
 *   [exception]: MESSAGE                  the rest of the file was not run
 *   [TIMEOUT]: …                          nothing happened for too long; a line tells what was in progress
 */

export interface Outcome {
  readonly name: string;
  /** What the suite says about it, following lines included; empty for tests left out by name. */
  readonly reason: string;
}

export interface SuiteResult {
  /** Names in the order of the run. A name may occur twice: some files do use one for two tests. */
  readonly passed: string[];
  readonly failed: Outcome[];
  readonly skipped: Outcome[];
  /** What went wrong outside of the tests: a file that ended early, a server that did not start. */
  readonly broken: string[];
}

/** The name given to what a tag leaves out without naming it. */
export const UNNAMED = '(a block of tests)';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what must go
const COLOURS = /\x1b\[[0-9;]*m/g;
const LINE = /^\[(ok|err|skip|ignore|exception|TIMEOUT|ready|\d+\/\d+ done)\]: ?(.*)$/;
const LEFT_OUT = /^(?:(.*): )?(Tag: .*|Not supported .*|large memory flag not provided)$/;
const IN_PROGRESS = /=> \(IN PROGRESS\) (.*)$/;
/** A server that does not start is told with its whole configuration. */
const DETAIL_LINES = 50;
const DETAIL_CHARS = 2_500;
const FAILURE_LINES = 12;

export function parseSuiteOutput(text: string): SuiteResult {
  const result: SuiteResult = { passed: [], failed: [], skipped: [], broken: [] };
  const lines = text.replace(COLOURS, '').split('\n');
  lines.forEach((line, index) => {
    const match = LINE.exec(line);
    if (match !== null) note(result, match[1], match[2], detailsAfter(lines, index));
  });
  return result;
}

function note(result: SuiteResult, outcome: string, rest: string, details: string): void {
  switch (outcome) {
    case 'ok':
      notePass(result, rest.replace(/ \(\d+ ms\)$/, ''));
      return;
    case 'err':
      noteFailure(result, rest, details);
      return;
    case 'skip':
      result.skipped.push({ name: rest, reason: '' });
      return;
    case 'ignore': {
      const [, name = UNNAMED, reason = rest] = LEFT_OUT.exec(rest) ?? [];
      result.skipped.push({ name, reason });
      return;
    }
    case 'exception':
      result.broken.push(cut(`${rest}\n${details}`));
      return;
    case 'TIMEOUT':
      noteHang(result, details);
  }
}

/** A test whose own server did not start goes on to its end and counts as passed: the log tells whose server it was. */
function notePass(result: SuiteResult, name: string): void {
  const mark = `### Starting server for test ${name} in tests/`;
  if (result.broken.some((message) => message.includes(mark))) {
    result.failed.push({ name, reason: 'a server that it started did not start' });
  } else result.passed.push(name);
}

function noteFailure(result: SuiteResult, rest: string, details: string): void {
  const name = / in tests\/\S+\.tcl$/.exec(rest);
  if (name === null) result.broken.push(cut(`${rest}\n${details}`));
  else
    result.failed.push({
      name: rest.slice(0, name.index),
      reason: cut(details.split('\n').slice(0, FAILURE_LINES).join('\n')),
    });
}

function noteHang(result: SuiteResult, details: string): void {
  const name = IN_PROGRESS.exec(details.split('\n').find((line) => IN_PROGRESS.test(line)) ?? '')?.[1];
  if (name === undefined) result.broken.push(cut(`nothing happened for too long\n${details}`));
  else {
    result.failed.push({ name, reason: 'it did not end' });
    result.broken.push(`the tests after '${name}' were not run: it did not end`);
  }
}

/** The lines after `index` up to the next outcome. */
function detailsAfter(lines: readonly string[], index: number): string {
  const rest = lines.slice(index + 1, index + 1 + DETAIL_LINES);
  const next = rest.findIndex((line) => LINE.test(line));
  return (next < 0 ? rest : rest.slice(0, next)).join('\n').trim();
}

/** Of an error that is no failed comparison the suite cuts the first words off, and then gives it whole. */
function cut(text: string): string {
  const [first, second] = text.split('\n', 2);
  const whole = first !== '' && second?.endsWith(first) ? text.slice(first.length) : text;
  const trimmed = whole.trim();
  return trimmed.length > DETAIL_CHARS ? `${trimmed.slice(0, DETAIL_CHARS)}…` : trimmed;
}
