/**
 * Tests that are left out, each with its reason, by file. The reason `needs LPUSH, CLIENT TRACKING` holds only while the
 * server lacks one of these commands: the version that brings them runs the test without anyone having to remember it.
 */
import { readFileSync } from 'node:fs';
import { UNNAMED } from './suite-output.ts';

/** By file of the suite: a test's name, or a pattern between slashes, to the reason. */
export type Skips = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Tags of the suite that say what a test needs, and a command that comes with it. */
const TAGS: Readonly<Record<string, string>> = { 'needs:repl': 'replicaof', 'needs:save': 'save' };
const NEEDS = /^needs ((?:[A-Z_]+(?: [A-Z]+)?)(?:, [A-Z_]+(?: [A-Z]+)?)*)$/;

export function readSkips(): Skips {
  return JSON.parse(readFileSync(new URL('./skips.json', import.meta.url), 'utf8'));
}

/** What of `skips` holds for a server with these commands, named as COMMAND LIST does. */
export function skipsThatHold(
  skips: Readonly<Record<string, string>>,
  commands: ReadonlySet<string>,
): Map<string, string> {
  const holds = (reason: string) => {
    const needed = NEEDS.exec(reason)?.[1].split(', ');
    return needed?.every((name) => commands.has(name.toLowerCase().replace(' ', '|'))) !== true;
  };
  return new Map(Object.entries(skips).filter(([, reason]) => holds(reason)));
}

/** The suite's tags to leave out for a server with these commands. */
export function tagsToDeny(commands: ReadonlySet<string>): string[] {
  return Object.keys(TAGS).filter((tag) => !commands.has(TAGS[tag]));
}

/** A name or pattern as the suite's `--skiptest` takes it: a pattern begins with a slash and has none at its end. */
export function asSkipOption(name: string): string {
  return isPattern(name) ? name.slice(0, -1) : name;
}

/** The reason why the suite has left out `name`; undefined when it was not `skips`. */
export function reasonFor(name: string, skips: ReadonlyMap<string, string>): string | undefined {
  const exact = skips.get(name);
  if (exact !== undefined || name === UNNAMED) return exact;
  for (const [key, reason] of skips) {
    if (isPattern(key) && new RegExp(key.slice(1, -1)).test(name)) return reason;
  }
  return undefined;
}

function isPattern(name: string): boolean {
  return name.length > 2 && name.startsWith('/') && name.endsWith('/');
}
