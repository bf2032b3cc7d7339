// What the servers hold while they are measured: for each dataset, the commands that load it.

import { addJob } from './conversations.ts';

/** `tests` with the same data run one after the other on it; between datasets everything is flushed. */
export type DatasetName = keyof typeof DATASETS | 'none';

export interface Dataset {
  /** How many commands load it, where there are `keys` keys. */
  readonly commands: (keys: number) => number;
  /** The command that loads row `index`; `value` has the bytes of a benchmark's value. */
  readonly command: (index: number, value: string) => readonly string[];
  /** Keys there are when all rows are loaded. */
  readonly holds: (keys: number) => number;
  /** Lines of the reply to each command, where it is not 1. */
  readonly replyLines?: number;
  /** True where rows must be loaded one after the other. */
  readonly ordered?: boolean;
}

const SET_MEMBERS = 100_000;
const SHORT_ROWS = 2_000;

/** Twelve digits, as redis-benchmark writes its random numbers. */
const digits = (index: number): string => String(index).padStart(12, '0');

const perKey = (command: Dataset['command']): Dataset => ({ commands: (keys) => keys, command, holds: (keys) => keys });
const oneKey = (command: Dataset['command']): Dataset => ({ commands: (keys) => keys, command, holds: () => 1 });

export const DATASETS = {
  strings: perKey((i, value) => ['SET', `key:${digits(i)}`, value]),
  counters: perKey((i) => ['SET', `counter:${digits(i)}`, '1000']),
  expiring: perKey((i, value) => ['SET', `key:${digits(i)}`, value]),
  queue: oneKey((_i, value) => ['RPUSH', 'mylist', value]),
  bag: oneKey((i) => ['SADD', 'myset', `element:${digits(i)}`]),
  ranking: oneKey((i) => ['ZADD', 'myzset', String(i), `element:${digits(i)}`]),
  record: oneKey((i, value) => ['HSET', 'myhash', `element:${digits(i)}`, value]),
  cities: oneKey((i) => ['GEOADD', 'cities', longitude(i), latitude(i), `city:${digits(i)}`]),
  smallHashes: perKey((i) => ['HSET', `user:${digits(i)}`, ...fiveFields(i)]),
  elements: oneKey((i) => ['RPUSH', 'mylist', `element:${digits(i)}`]),
  jobs: { commands: jobs, command: addJob, holds: () => 1, replyLines: 2, ordered: true },
  short: {
    commands: () => SHORT_ROWS,
    command: (i, value) => (i % 2 === 0 ? ['RPUSH', 'mylist', value] : ['HSET', hashFor(i), `field:${i}`, value]),
    holds: () => 4,
  },
  sets: {
    commands: () => 2 * SET_MEMBERS,
    command: (i) => (i % 2 === 0 ? ['SADD', 'set:a', String(i)] : ['SADD', 'set:b', String(3 * (i - 1))]),
    holds: () => 2,
  },
} satisfies Record<string, Dataset>;

/** A fifth of the keys: a job is read once, and the stream loaded anew for each run. */
function jobs(keys: number): number {
  return Math.ceil(keys / 5);
}

/** The odd rows fill hashes of 100, 300 and 600 fields. */
function hashFor(i: number): string {
  return i < 200 ? 'hash:100' : i < 800 ? 'hash:300' : 'hash:600';
}

function fiveFields(i: number): string[] {
  return [
    'name',
    `user ${i}`,
    'email',
    `user${i}@example.org`,
    'age',
    String(i % 90),
    'city',
    'Palermo',
    'visits',
    '0',
  ];
}

/** Points spread evenly over the world: multiples of two irrational steps. */
function longitude(i: number): string {
  return (((i * 0.618033988749895) % 1) * 360 - 180).toFixed(6);
}

function latitude(i: number): string {
  return (((i * 0.754877666246693) % 1) * 170 - 85).toFixed(6);
}
