import { parseArgs } from 'node:util';
import { DEFAULT_COMMANDS } from './server-process.ts';
import { WORKLOADS } from './workloads.ts';

/** Measures beside the rate tests, in the order they run. */
export const MEASURES = ['memory', 'collections', 'growth', 'maxmemory', 'handoff', 'bullmq'] as const;
export type MeasureName = (typeof MEASURES)[number];

export interface Settings {
  /** Names of rate tests and measures. */
  readonly tests: readonly string[];
  /** For every rate test; undefined: each test's own. */
  readonly pipelines: readonly number[] | undefined;
  readonly rounds: number;
  /** Rounds of growth and maxmemory, which take long. */
  readonly measureRounds: number;
  /** A round of a pipelined rate test. */
  readonly requests: number;
  readonly clients: number;
  readonly keys: number;
  readonly valueBytes: number;
  /** Keys that growth grows to, and SETs that maxmemory sends. */
  readonly manyKeys: number;
  readonly maxmemoryMegabytes: number;
  readonly commands: { readonly hotset: string; readonly redis: string };
  /** True when `commands.hotset` is this checkout's build. */
  readonly ownBuild: boolean;
  readonly json: string | undefined;
  readonly markdown: boolean;
  readonly quick: boolean;
}

/** Wrong options: the message is for the user, without a stack. */
export class OptionError extends Error {}

const FULL = { rounds: 5, requests: 1_000_000, keys: 1_000_000, manyKeys: 5_000_000, maxmemoryMegabytes: 100 };
const QUICK = { rounds: 1, requests: 50_000, keys: 50_000, manyKeys: 300_000, maxmemoryMegabytes: 16 };
const MOST_MEASURE_ROUNDS = 3;
/** An unpipelined request costs several times a pipelined one; a fifth of the requests takes about as long. */
const UNPIPELINED_SHARE = 1 / 5;

const NAMES_A_LINE = 10;

const NAMES: readonly string[] = [...WORKLOADS.map((workload) => workload.name), ...MEASURES];

export const HELP = `Measures Hotset beside redis-server on this machine.

  npm run bench -- [options]

  --tests LIST      comma separated, of: ${wrapNames()}
                    (default: all)
  --pipeline LIST   requests in flight per connection, e.g. 16,1 (default: 16; some tests also 1)
  --rounds N        rounds per test; who goes first alternates (default ${FULL.rounds}; growth and maxmemory at most ${MOST_MEASURE_ROUNDS})
  --requests N      per round and pipelined test (default ${FULL.requests}); a fifth of it with --pipeline 1
  --clients N       connections (default 50)
  --quick           little data and one round: shows that the benchmark works, its numbers mean nothing
  --json FILE       also write every round's numbers to FILE
  --markdown        print the tables as Markdown
  --hotset CMD      measure another command in Hotset's place, or
  --redis CMD       in redis-server's; {port} and {dir} are filled in, e.g. --redis 'valkey-server --port {port} --dir {dir}'
  --help            this text
`;

/** Reads the command line. 'help' when that is what was asked for; throws OptionError with what is wrong. */
export function parseOptions(args: readonly string[]): Settings | 'help' {
  const values = parsed(args);
  if (values.help === true) return 'help';
  const defaults = values.quick === true ? QUICK : FULL;
  const rounds = positive('--rounds', values.rounds, defaults.rounds);
  return {
    ...defaults,
    rounds,
    measureRounds: Math.min(rounds, MOST_MEASURE_ROUNDS),
    requests: positive('--requests', values.requests, defaults.requests),
    clients: positive('--clients', values.clients, 50),
    valueBytes: 64,
    tests: values.tests === undefined ? NAMES : testNames(values.tests),
    pipelines: values.pipeline?.split(',').map((text) => positive('--pipeline', text, 16)),
    commands: {
      hotset: command('--hotset', values.hotset) ?? DEFAULT_COMMANDS.hotset,
      redis: command('--redis', values.redis) ?? DEFAULT_COMMANDS.redis,
    },
    ownBuild: values.hotset === undefined,
    json: values.json,
    markdown: values.markdown === true,
    quick: values.quick === true,
  };
}

/** Requests of one round at this pipeline. */
export function requestsPerRound(settings: Settings, pipeline: number): number {
  return pipeline > 1 ? settings.requests : Math.ceil(settings.requests * UNPIPELINED_SHARE);
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    tests: text,
    pipeline: text,
    rounds: text,
    requests: text,
    clients: text,
    json: text,
    hotset: text,
    redis: text,
    markdown: flag,
    quick: flag,
    help: flag,
  };
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

function positive(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new OptionError(`${option} takes whole numbers from 1, not '${text}'`);
  return Number(text);
}

function testNames(list: string): readonly string[] {
  const wanted = list.split(',').map((name) => name.trim().toLowerCase());
  for (const name of wanted) {
    if (!NAMES.includes(name)) throw new OptionError(`there is no test '${name}'; the tests are: ${NAMES.join(', ')}`);
  }
  return NAMES.filter((name) => wanted.includes(name));
}

function command(option: string, text: string | undefined): string | undefined {
  if (text !== undefined && !text.includes('{port}')) throw new OptionError(`${option} needs {port} in its command`);
  return text;
}

function wrapNames(): string {
  const lines: string[] = [];
  for (let i = 0; i < NAMES.length; i += NAMES_A_LINE) lines.push(NAMES.slice(i, i + NAMES_A_LINE).join(', '));
  return lines.join(',\n                    ');
}
