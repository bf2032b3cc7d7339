// The rate tests: what is sent, on which data. One row a test.

import { publication } from './audience.ts';
import { GROUP, JOBS, readAndAcknowledge, type StartConversation, transactionOfTen } from './conversations.ts';
import type { DatasetName } from './datasets.ts';
import { LOCK, LOOP, RETURN_ONE, sha1, TOKEN_BUCKET } from './lua-scripts.ts';

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** A built-in test of redis-benchmark, or a command: each __rand_int__ becomes a random key number, twelve digits. */
  readonly test:
    | { readonly builtin: string }
    | { readonly command: readonly string[] }
    | { readonly conversation: StartConversation };
  readonly dataset: DatasetName;
  /** Commands sent once before every run, when the data is there. */
  readonly setup?: readonly (readonly string[])[];
  /** Connections subscribed to what the test publishes: their deliveries are counted, not the requests. */
  readonly subscribers?: number;
  /** Load the data anew before every run, because the command makes values grow or keys vanish. */
  readonly reload?: boolean;
  /** The share of a round's requests that is sent, where one takes long. */
  readonly share?: number;
  /** A row of the dataset serves one request: not more are sent than there are rows. */
  readonly onceEach?: boolean;
  /** Pipelines run when none are asked for. */
  readonly pipelines: readonly number[];
}

const KEY = 'key:__rand_int__';
const TEN_KEYS = Array<string>(10).fill(KEY);
const RANDOM = '__rand_int__';
const ELEMENT = `element:${RANDOM}`;
const VALUE = 'x'.repeat(64);
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
  fresh(row('append', 'APPEND', { command: ['APPEND', KEY, 'eightby.'] }, 'strings', DEEP)),
  fresh(row('del', 'DEL', { command: ['DEL', KEY] }, 'strings', DEEP)),
  row('incr', 'INCR', { builtin: 'incr' }, 'counters', DEEP),
  row('expire', 'EXPIRE', { command: ['EXPIRE', KEY, '3600'] }, 'expiring', DEEP),
  row('ttl', 'TTL', { command: ['TTL', KEY] }, 'expiring', DEEP),
  row('setex', 'SETEX', { command: ['SETEX', KEY, '3600', VALUE] }, 'expiring', DEEP),
  fresh(row('lpush', 'LPUSH', { builtin: 'lpush' }, 'queue', DEEP)),
  fresh(row('rpush', 'RPUSH', { builtin: 'rpush' }, 'queue', DEEP)),
  fresh(row('lpop', 'LPOP', { builtin: 'lpop' }, 'queue', DEEP)),
  fresh(row('rpop', 'RPOP', { builtin: 'rpop' }, 'queue', DEEP)),
  row('sadd', 'SADD', { builtin: 'sadd' }, 'bag', DEEP),
  row('sismember', 'SISMEMBER', { command: ['SISMEMBER', 'myset', ELEMENT] }, 'bag', DEEP),
  fresh(row('spop', 'SPOP', { builtin: 'spop' }, 'bag', DEEP)),
  row('zadd', 'ZADD', { command: ['ZADD', 'myzset', RANDOM, ELEMENT] }, 'ranking', DEEP),
  row('zrank', 'ZRANK', { command: ['ZRANK', 'myzset', ELEMENT] }, 'ranking', DEEP),
  row('zscore', 'ZSCORE', { command: ['ZSCORE', 'myzset', ELEMENT] }, 'ranking', DEEP),
  row('zrange', 'ZRANGE (10, by rank)', { command: ['ZRANGE', 'myzset', '500000', '500009'] }, 'ranking', DEEP),
  row(
    'zrangebyscore',
    'ZRANGE (10, by score)',
    { command: ['ZRANGE', 'myzset', RANDOM, '+inf', 'BYSCORE', 'LIMIT', '0', '10'] },
    'ranking',
    DEEP,
  ),
  fresh(row('zpopmin', 'ZPOPMIN', { builtin: 'zpopmin' }, 'ranking', DEEP)),
  row('hset', 'HSET', { builtin: 'hset' }, 'record', DEEP),
  row('hget', 'HGET', { command: ['HGET', 'myhash', ELEMENT] }, 'record', DEEP),
  part(1 / 10, row('lrange-100', 'LRANGE (100)', { command: ['LRANGE', 'mylist', '0', '99'] }, 'short', DEEP)),
  part(1 / 20, row('lrange-300', 'LRANGE (300)', { command: ['LRANGE', 'mylist', '0', '299'] }, 'short', DEEP)),
  part(1 / 20, row('lrange-500', 'LRANGE (500)', { command: ['LRANGE', 'mylist', '0', '499'] }, 'short', DEEP)),
  part(1 / 20, row('lrange-600', 'LRANGE (600)', { command: ['LRANGE', 'mylist', '0', '599'] }, 'short', DEEP)),
  part(1 / 10, row('hgetall-100', 'HGETALL (100)', { command: ['HGETALL', 'hash:100'] }, 'short', DEEP)),
  part(1 / 20, row('hgetall-300', 'HGETALL (300)', { command: ['HGETALL', 'hash:300'] }, 'short', DEEP)),
  part(1 / 20, row('hgetall-600', 'HGETALL (600)', { command: ['HGETALL', 'hash:600'] }, 'short', DEEP)),
  part(1 / 10_000, row('sinter', 'SINTER (two of 100k)', { command: ['SINTER', 'set:a', 'set:b'] }, 'sets', DEEP)),
  part(
    1 / 20,
    row(
      'geosearch',
      'GEOSEARCH (of a million)',
      { command: ['GEOSEARCH', 'cities', 'FROMLONLAT', '13.36', '38.12', 'BYRADIUS', '100', 'km', 'ASC'] },
      'cities',
      DEEP,
    ),
  ),
  row('pfadd', 'PFADD', { command: ['PFADD', 'visitors', RANDOM] }, 'none', DEEP),
  row('pfcount', 'PFCOUNT', { command: ['PFCOUNT', 'visitors'] }, 'none', DEEP),
  row('multi', 'MULTI of 10 SET', { conversation: transactionOfTen }, 'strings', DEEP_AND_SINGLE),
  audience(1, row('publish-1', 'PUBLISH to 1', { command: publication(VALUE) }, 'none', DEEP_AND_SINGLE)),
  part(
    1 / 5,
    audience(10, row('publish-10', 'PUBLISH to 10', { command: publication(VALUE) }, 'none', DEEP_AND_SINGLE)),
  ),
  part(
    1 / 20,
    audience(100, row('publish-100', 'PUBLISH to 100', { command: publication(VALUE) }, 'none', DEEP_AND_SINGLE)),
  ),
  fresh(row('xadd', 'XADD', { command: ['XADD', 'events', '*', 'field', VALUE] }, 'none', DEEP_AND_SINGLE)),
  after(
    [['XGROUP', 'CREATE', JOBS, GROUP, '0']],
    onceEach(
      fresh(row('xreadgroup', 'XREADGROUP + XACK', { conversation: readAndAcknowledge }, 'jobs', DEEP_AND_SINGLE)),
    ),
  ),
  script('evalsha', 'EVALSHA return 1', RETURN_ONE, ['0']),
  script('evalsha-lock', 'EVALSHA lock', LOCK, ['1', `lock:${RANDOM}`, 'uuid-1234', '5000']),
  script('evalsha-bucket', 'EVALSHA token bucket', TOKEN_BUCKET, ['1', `bucket:${RANDOM}`, '10', '100', '1']),
  part(1 / 200, script('evalsha-loop', 'EVALSHA of 1,000 calls', LOOP, ['1', 'counter', '1000'])),
];

/** Each run begins without keys, with the script loaded. */
function script(name: string, title: string, source: string, args: readonly string[]): Workload {
  const test = { command: ['EVALSHA', sha1(source), ...args] };
  return after([['SCRIPT', 'LOAD', source]], fresh(row(name, title, test, 'none', DEEP_AND_SINGLE)));
}

function after(setup: readonly (readonly string[])[], workload: Workload): Workload {
  return { ...workload, setup };
}

/** Nobody is disconnected for listening slowly: every message arrives, on both servers. */
function audience(subscribers: number, workload: Workload): Workload {
  return after([['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 0 0 0']], { ...workload, subscribers });
}

/** Loads the data anew before every run. */
function fresh(workload: Workload): Workload {
  return { ...workload, reload: true };
}

/** Sends no more requests than the dataset has rows. */
function onceEach(workload: Workload): Workload {
  return { ...workload, onceEach: true };
}

/** Sends only a share of a round's requests. */
function part(share: number, workload: Workload): Workload {
  return { ...workload, share };
}

function row(
  name: string,
  title: string,
  test: Workload['test'],
  dataset: DatasetName,
  pipelines: readonly number[],
): Workload {
  return { name, title, test, dataset, pipelines };
}
