/** Reads what Redis's test suite prints: one line a test, with its outcome. */

export interface Failure {
  readonly name: string;
  /** What the suite says about it, the lines that follow included. */
  readonly reason: string;
}

export interface SuiteResult {
  readonly passed: string[];
  readonly failed: Failure[];
  /** Left out by name or by tag, with the suite's reason. */
  readonly skipped: Failure[];
  /** Why the file could not be run to its end; undefined when it was. */
  readonly broken: string | undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what must go
const COLOURS = /\x1b\[[0-9;]*m/g;
const LINE = /^\[(ok|err|skip|ignore|exception|testing|timeout)\]: ?(.*)$/;

/** `finished` is false when the run was ended from outside. */
export function parseSuiteOutput(text: string, finished: boolean): SuiteResult {
  const passed: string[] = [];
  const failed: Failure[] = [];
  const skipped: Failure[] = [];
  let broken = finished ? undefined : 'it did not end in time';
  const lines = text.replace(COLOURS, '').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const match = LINE.exec(lines[i]);
    if (match === null) continue;
    const [, outcome, rest] = match;
    if (outcome === 'ok') passed.push(rest.replace(/ \(\d+ ms\)$/, ''));
    else if (outcome === 'err') failed.push({ name: nameOf(rest), reason: detailsFrom(lines, i) });
    else if (outcome === 'skip') skipped.push({ name: rest, reason: 'named in skips.json' });
    else if (outcome === 'ignore') skipped.push(ignored(rest));
    else if (outcome === 'exception' || outcome === 'timeout') broken = detailsFrom(lines, i);
  }
  return { passed, failed, skipped, broken };
}

/** `name in tests/unit/x.tcl` with a message behind it; the message has no fixed form. */
function nameOf(rest: string): string {
  return rest.replace(/ in tests\/\S+\.tcl.*$/, '');
}

function ignored(rest: string): Failure {
  const split = rest.lastIndexOf(': ');
  const tagged = /^(.*): ((?:Tag: )?[^:]*(?:denied|allowed|server|flag not provided|singledb|mode))$/.exec(rest);
  if (tagged !== null) return { name: tagged[1], reason: tagged[2] };
  return split < 0
    ? { name: '(a group of tests)', reason: rest }
    : { name: rest.slice(0, split), reason: rest.slice(split + 2) };
}

/** The line at `from` and what follows it up to the next outcome, cut to a readable length. */
function detailsFrom(lines: readonly string[], from: number): string {
  let to = from + 1;
  while (to < lines.length && to < from + 12 && !LINE.test(lines[to]) && !lines[to].startsWith('[')) to++;
  return lines.slice(from, to).join('\n').slice(0, 1500);
}
