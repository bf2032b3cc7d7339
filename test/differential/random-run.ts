/** Random scripts against both servers until the time is over, and a small script for what differs. */
import { readCommandTrees } from './argument-trees.ts';
import { Chance } from './chance.ts';
import { type Comparison, type Difference, formatDifferences, type Protocol } from './comparison.ts';
import { Generator, usableTrees } from './generator.ts';
import { formatStep, type Script } from './script.ts';
import type { Servers } from './servers.ts';
import { shrink } from './shrink.ts';

const SCRIPT_STEPS = 60;
/** A difference that does not come again is the clock's: it passed a second between the servers. */
const CONFIRMATIONS = 2;
/** A script that makes a server silent takes seconds to fail, so time is limited as well. */
const SHRINK_LIMITS = { runs: 300, milliseconds: 60_000 };
/** These kinds say nothing of the cause: another difference of the kind may be another bug. */
const OF_MANY_CAUSES = new Set(['state', 'events']);

export interface Failure {
  /** DIFF_SEED that begins with this script. */
  readonly seed: number;
  readonly protocol: Protocol;
  readonly script: Script;
  readonly differences: readonly Difference[];
}

export interface RandomRun {
  readonly scripts: number;
  readonly commands: number;
  readonly failures: readonly Failure[];
}

export interface RandomRunOptions {
  readonly seed: number;
  readonly milliseconds: number;
  /** Stops after so many failures. */
  readonly maxFailures: number;
  /** Told of every failure at once. */
  readonly onFailure?: (failure: Failure) => void;
}

/** The random commands that both servers have, of some groups or of all: Hotset is asked by sending each without arguments. */
export async function makeGenerator(servers: Servers, groups: readonly string[] = []): Promise<Generator> {
  const [docs] = await servers.ask('redis', [['COMMAND', 'DOCS']]);
  const trees = usableTrees(readCommandTrees(docs), groups);
  const lacked = new Set(
    await servers.lackedBy(
      'hotset',
      trees.map(({ words }) => words),
    ),
  );
  const common = trees.filter(({ words }) => !lacked.has(words));
  if (common.length === 0) throw new Error('the servers have no commands in common');
  return new Generator(common);
}

/** Script number n has the seed `seed + n`, which alone repeats it. */
export async function runRandom(
  comparison: Comparison,
  generator: Generator,
  { seed, milliseconds, maxFailures, onFailure }: RandomRunOptions,
): Promise<RandomRun> {
  const failures: Failure[] = [];
  const known = new Set<string>();
  const deadline = performance.now() + milliseconds;
  let scripts = 0;
  for (let next = seed; performance.now() < deadline && failures.length < maxFailures; next++) {
    const chance = new Chance(next);
    const protocol: Protocol = chance.happens(0.5) ? 2 : 3;
    const script = generator.script(chance, 1 + chance.below(SCRIPT_STEPS * 2));
    scripts++;
    const found = await examine(comparison, script, protocol, known);
    if (found === undefined) continue;
    const failure = { seed: next, protocol, ...found };
    failures.push(failure);
    onFailure?.(failure);
    for (const { kind } of found.differences) if (!OF_MANY_CAUSES.has(kind)) known.add(kind);
  }
  return { scripts, commands: scripts * SCRIPT_STEPS, failures };
}

/** Runs one script; of a difference that stays and is not of a known kind, finds the smallest part that still shows it. */
async function examine(
  comparison: Comparison,
  script: Script,
  protocol: Protocol,
  known: ReadonlySet<string>,
): Promise<{ script: Script; differences: readonly Difference[] } | undefined> {
  let whole: readonly Difference[] = [];
  for (let i = 0; i <= CONFIRMATIONS; i++) {
    whole = (await comparison.run(script, protocol)).filter(({ kind }) => !known.has(kind));
    if (whole.length === 0) return undefined;
  }
  const [{ kind }] = whole;
  const fails = async (candidate: Script) =>
    (await comparison.run(candidate, protocol)).some((difference) => difference.kind === kind);
  const small = await shrink(script, fails, SHRINK_LIMITS);
  const differences = await comparison.run(small, protocol);
  return differences.length > 0 ? { script: small, differences } : { script, differences: whole };
}

/** What somebody needs to see and repeat a failure. */
export function formatFailure({ seed, protocol, script, differences }: Failure): string {
  const commands = script.steps.map((step) => `    ${formatStep(step)}`).join('\n');
  return `DIFF_SEED=${seed} (RESP${protocol})\n${commands}\n${formatDifferences(differences)}\n`;
}
