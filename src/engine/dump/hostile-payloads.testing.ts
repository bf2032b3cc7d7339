/**
 * RESTORE of payloads gone wrong: refused without a trace, or a value that all commands can work with and that comes back the
 * same from its own dump. Whatever is added is gone again in the end, to the last block.
 */
import { Args } from '../../protocol/args.ts';
import { valueDigest } from '../../server/debug/digest.ts';
import { TestEngine } from '../engine.testing.ts';
import type { Ref } from '../memory/arena.ts';
import { chance, mutated } from './mutations.testing.ts';

/** Looks at everything in a value, then changes it from both ends. */
const USES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  string: [
    ['GET', 'k'],
    ['APPEND', 'k', 'x'],
    ['GETRANGE', 'k', '0', '-1'],
  ],
  list: [
    ['LRANGE', 'k', '0', '-1'],
    ['LPOS', 'k', 'bb'],
    ['LINDEX', 'k', '-2'],
    ['RPUSH', 'k', 'tail', '12'],
    ['LPUSH', 'k', 'head', 'x'.repeat(100)],
    ['LREM', 'k', '0', '12'],
    ['LSET', 'k', '1', 'set'],
    ['LPOP', 'k', '2'],
    ['RPOP', 'k', '2'],
    ['LRANGE', 'k', '0', '-1'],
  ],
  set: [
    ['SMEMBERS', 'k'],
    ['SISMEMBER', 'k', '300'],
    ['SADD', 'k', 'new', '12', '9223372036854775807'],
    ['SREM', 'k', '300', 'a', '7'],
    ['SRANDMEMBER', 'k', '5'],
    ['SPOP', 'k', '2'],
    ['SMEMBERS', 'k'],
  ],
  zset: [
    ['ZRANGE', 'k', '0', '-1', 'WITHSCORES'],
    ['ZSCORE', 'k', 'a'],
    ['ZRANK', 'k', '3'],
    ['ZADD', 'k', '2', 'new', '-1', 'a', '1e300', '12'],
    ['ZRANGEBYSCORE', 'k', '-inf', '2'],
    ['ZREM', 'k', 'b', '3'],
    ['ZPOPMIN', 'k'],
    ['ZREVRANGE', 'k', '0', '-1'],
  ],
  hash: [
    ['HGETALL', 'k'],
    ['HGET', 'k', '300'],
    ['HSET', 'k', 'new', 'v', '300', 'w', 'f', 'x'.repeat(100)],
    ['HDEL', 'k', '1', 'a'],
    ['HINCRBY', 'k', '12', '1'],
    ['HRANDFIELD', 'k', '3'],
    ['HPEXPIRE', 'k', '100000', 'FIELDS', '2', 'a', 'f'],
    ['HPERSIST', 'k', 'FIELDS', '1', 'a'],
    ['HKEYS', 'k'],
  ],
  stream: [
    ['XRANGE', 'k', '-', '+'],
    ['XREVRANGE', 'k', '+', '-'],
    ['XINFO', 'STREAM', 'k', 'FULL'],
    ['XREADGROUP', 'GROUP', 'g', 'd', 'COUNT', '1', 'STREAMS', 'k', '>'],
    ['XADD', 'k', '*', 'f', 'v'],
    ['XADD', 'k', '*', 'g', 'w', 'h', 'x'],
    ['XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'k', '>'],
    ['XPENDING', 'k', 'g', '-', '+', '10'],
    ['XAUTOCLAIM', 'k', 'g', 'd', '0', '0', 'COUNT', '2'],
    ['XDEL', 'k', '1-0', '9-0'],
    ['XTRIM', 'k', 'MINID', '2-0'],
    ['XTRIM', 'k', 'MAXLEN', '1'],
    ['XRANGE', 'k', '2', '+'],
  ],
};

/** What the list or hash is too short for, or holds; a group of another name, an ID behind which there is none. */
const EXPECTED_ERROR = /^-(NOGROUP|ERR (index out|no such key|hash value is not|increment|The stream has exhausted))/;

/** Restores `count` payloads made from `seed`. Returns how many were taken. Throws, naming the payload, when one does harm. */
export function restoreHostile(seed: number, count: number): number {
  const random = chance(seed);
  const engine = new TestEngine();
  const { arena, lazyFree } = engine.engine.keyspace;
  const before = arena.used;
  let taken = 0;
  for (let i = 0; i < count; i++) {
    const payload = mutated(random);
    try {
      if (i % 50 === 0) varyLimits(engine, random);
      if (restoreOne(engine, payload)) taken++;
      lazyFree.finish();
      if (arena.used !== before) throw new Error(`${arena.used - before} bytes are left behind`);
    } catch (error) {
      throw new Error(`payload ${payload.toString('hex')} (seed ${seed}, number ${i}): ${String(error)}`);
    }
  }
  return taken;
}

function varyLimits(engine: TestEngine, random: () => number): void {
  const limits = engine.engine.keyspace.encodingLimits;
  limits.hashMaxListpackEntries = random() % 40;
  limits.setMaxIntsetEntries = random() % 60;
  limits.setMaxListpackEntries = random() % 60;
  limits.zsetMaxListpackEntries = random() % 10;
  limits.listMaxListpackSize = (random() % 20) - 5;
}

function restoreOne(engine: TestEngine, payload: Buffer): boolean {
  const reply = engine.run('RESTORE', 'k', 0, payload);
  if (reply === '-ERR Bad data format\r\n') return false;
  if (reply !== '+OK\r\n') throw new Error(reply);
  const digest = digestOf(engine, 'k');
  const dump = engine.run('DUMP', 'k');
  engine.run('RESTORE', 'again', 0, Buffer.from(dump.slice(dump.indexOf('\r\n') + 2, -2), 'latin1'));
  if (digestOf(engine, 'again') !== digest) throw new Error('its own dump is another value');
  const type = engine.run('TYPE', 'k').slice(1, -2);
  for (const words of USES[type]) {
    const answer = engine.run(...words);
    if (answer.startsWith('-') && !EXPECTED_ERROR.test(answer)) throw new Error(`${words[0]}: ${answer}`);
  }
  digestOf(engine, 'k');
  engine.run('DEL', 'k', 'again');
  return true;
}

function digestOf(engine: TestEngine, key: string): string {
  const [database] = engine.engine.keyspace.databases;
  const ref: Ref = database.find(Args.of([Buffer.from(key)]), 0);
  return ref === 0 ? '' : valueDigest(database, ref);
}
