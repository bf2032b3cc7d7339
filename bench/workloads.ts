// The rate tests: what is sent, on which data. One row a test.

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** A built-in test of redis-benchmark, or a command: each __rand_int__ becomes a random key number, twelve digits. */
  readonly test: { readonly builtin: string } | { readonly command: readonly string[] };
  readonly dataset: DatasetName;
  /** Load the data anew before every run, because the command makes values grow or keys vanish. */
  readonly reload?: boolean;
  /** Pipelines run when none are asked for. */
  readonly pipelines: readonly number[];
}

/** `group`s with the same data run one after the other on it; between groups everything is flushed. */
export type DatasetName = 'none' | 'strings' | 'counters' | 'expiring';

export interface Dataset {
  readonly prefix: string;
  readonly value: (valueBytes: number) => string;
}

const payload = (valueBytes: number): string => 'x'.repeat(valueBytes);

export const DATASETS: Readonly<Record<Exclude<DatasetName, 'none'>, Dataset>> = {
  strings: { prefix: 'key:', value: payload },
  counters: { prefix: 'counter:', value: () => '1000' },
  expiring: { prefix: 'key:', value: payload },
};

const KEY = 'key:__rand_int__';
const TEN_KEYS = Array<string>(10).fill(KEY);
const VALUE = payload(64);
const DEEP = [16] as const;
const DEEP_AND_SINGLE = [16, 1] as const;

export const WORKLOADS: readonly Workload[] = [
  row('ping-inline', 'PING (inline)', { builtin: 'ping_inline' }, 'none', DEEP),
  row('ping', 'PING', { builtin: 'ping_mbulk' }, 'none', DEEP_AND_SINGLE),
  row('set', 'SET', { builtin: 'set' }, 'strings', DEEP_AND_SINGLE),
  row('get', 'GET', { builtin: 'get' }, 'strings', DEEP_AND_SINGLE),
  row('mset', 'MSET (10 keys)', { builtin: 'mset' }, 'strings', DEEP),
  row('mget', 'MGET (10 keys)', { command: ['MGET', ...TEN_KEYS] }, 'strings', DEEP),
  row('exists', 'EXISTS', { command: ['EXISTS', KEY] }, 'strings', DEEP),
  row('getrange', 'GETRANGE', { command: ['GETRANGE', KEY, '8', '31'] }, 'strings', DEEP),
  row('setrange', 'SETRANGE', { command: ['SETRANGE', KEY, '16', 'sixteen-bytes-it'] }, 'strings', DEEP),
  row('setbit', 'SETBIT', { command: ['SETBIT', KEY, '300', '1'] }, 'strings', DEEP),
  row('getbit', 'GETBIT', { command: ['GETBIT', KEY, '300'] }, 'strings', DEEP),
  row('bitcount', 'BITCOUNT', { command: ['BITCOUNT', KEY] }, 'strings', DEEP),
  { ...row('append', 'APPEND', { command: ['APPEND', KEY, 'eightby.'] }, 'strings', DEEP), reload: true },
  { ...row('del', 'DEL', { command: ['DEL', KEY] }, 'strings', DEEP), reload: true },
  row('incr', 'INCR', { builtin: 'incr' }, 'counters', DEEP),
  row('expire', 'EXPIRE', { command: ['EXPIRE', KEY, '3600'] }, 'expiring', DEEP),
  row('ttl', 'TTL', { command: ['TTL', KEY] }, 'expiring', DEEP),
  row('setex', 'SETEX', { command: ['SETEX', KEY, '3600', VALUE] }, 'expiring', DEEP),
];

function row(
  name: string,
  title: string,
  test: Workload['test'],
  dataset: DatasetName,
  pipelines: readonly number[],
): Workload {
  return { name, title, test, dataset, pipelines };
}
