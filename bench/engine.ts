/**
 * `npm run bench:engine`: what the engine costs without sockets, beside a JavaScript Map.
 *
 * One million keys of 16 bytes, values of 64 bytes, in random order: lookup, insert, overwrite, delete, expire. Nanoseconds
 * an operation (the best of several rounds: the least disturbed one) and bytes a key. The engine is called as commands call
 * it (find, storeString, remove); the Map holds `string → Buffer`, the usual way to keep bytes in JavaScript.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Session } from '../src/engine/dispatch/session.ts';
import { Engine } from '../src/engine/engine.ts';
import type { Database } from '../src/engine/keyspace/database.ts';
import { storeString } from '../src/engine/keyspace/string-store.ts';
import { RAW } from '../src/engine/values/encoding.ts';
import { Args } from '../src/protocol/args.ts';
import { OutputBuffer } from '../src/protocol/output-buffer.ts';
import { Resp2Reply } from '../src/protocol/resp2-reply.ts';
import { type Column, renderMarkdown, renderText, type Table } from './table.ts';

const KEYS = 1_000_000;
const KEY_BYTES = 16;
const ROUNDS = 3;
const BYTES = 'bytes a key';
const VALUE = Buffer.alloc(64, 'v');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const names = Buffer.alloc(KEYS * KEY_BYTES);
for (let i = 0; i < KEYS; i++) names.write(`key:${String(i).padStart(12, '0')}`, i * KEY_BYTES, 'latin1');
const order = shuffled(KEYS);
const valueArgs = Args.of([VALUE]);
const args = new Args(names);
args.push(0, 0);
args.push(0, 0);

interface Timings {
  [operation: string]: number;
}

const engine = best(measureEngine);
const map = best(measureMap);
const column = (header: string): Column => ({ header, align: header === '' ? 'left' : 'right' });
const table: Table = {
  title: `Engine without sockets, ${KEYS} keys of ${KEY_BYTES} bytes, values of ${VALUE.length} bytes`,
  columns: ['', 'engine', 'Map'].map(column),
  rows: Object.keys(engine).map((name) => [name, engine[name].toFixed(0), map[name]?.toFixed(0) ?? '-']),
  notes: [`Node.js ${process.versions.node}; the best of ${ROUNDS} rounds.`],
};
console.log(process.argv.includes('--markdown') ? renderMarkdown(table) : renderText(table));

function best(measure: () => Timings): Timings {
  const results = Array.from({ length: ROUNDS }, measure);
  const names = Object.keys(results[0]);
  return Object.fromEntries(
    names.map((name) => {
      const values = results.map((result) => result[name]);
      // Of times the least disturbed; of sizes the largest, because garbage of the round before makes others too small.
      return [name, name === BYTES ? Math.max(...values) : Math.min(...values)];
    }),
  );
}

function measureEngine(): Timings {
  let now = 1_700_000_000_000;
  const session = new Session(0, new Resp2Reply(new OutputBuffer()));
  const clock = { now: () => now, micros: () => performance.now() * 1000 };
  const engine = new Engine({ clock, random: xorshift(), databases: 1, families: [], guards: [] }, session);
  const database = engine.keyspace.databases[0];
  const before = engine.keyspace.usedBytes;
  const insert = perKey((i) => store(database, i));
  const bytes = (engine.keyspace.usedBytes - before) / KEYS;
  const lookup = perKey((i) => database.find(at(i), 1));
  const overwrite = perKey((i) => store(database, i));
  const remove = perKey((i) => database.remove(database.find(at(i), 1), 'del'));
  perKey((i) => store(database, i));
  const deadline = perKey((i) => database.setDeadline(database.find(at(i), 1), now + 1 + (i % 60_000)));
  now += 60_001;
  engine.keyspace.setTime(now);
  const expire = timed(() => engine.keyspace.expireDue(() => true)) / KEYS;
  return {
    'lookup, ns': lookup,
    'insert, ns': insert,
    'overwrite, ns': overwrite,
    'delete, ns': remove,
    'set a deadline, ns': deadline,
    'expire, ns': expire,
    [BYTES]: bytes,
  };
}

function measureMap(): Timings {
  collect();
  const before = memory();
  const map = new Map<string, Buffer>();
  const insert = perKey((i) => map.set(name(i), Buffer.from(VALUE)));
  collect();
  const bytes = (memory() - before) / KEYS;
  const lookup = perKey((i) => map.get(name(i)));
  const overwrite = perKey((i) => map.set(name(i), Buffer.from(VALUE)));
  const remove = perKey((i) => map.delete(name(i)));
  return {
    'lookup, ns': lookup,
    'insert, ns': insert,
    'overwrite, ns': overwrite,
    'delete, ns': remove,
    [BYTES]: bytes,
  };
}

function store(database: Database, i: number): void {
  const named = at(i);
  const hash = database.hash(named, 1);
  const old = database.findHashed(named, 1, hash);
  const { bytes, view } = valueArgs;
  database.close(storeString(database, named, 1, hash, old, bytes, view, 0, VALUE.length, RAW, false), 'set');
}

/** The arguments of a command about key `i`. */
function at(i: number): Args {
  args.start[1] = i * KEY_BYTES;
  args.end[1] = (i + 1) * KEY_BYTES;
  return args;
}

/** The key as a request would bring it: bytes that a Map needs as a string. */
function name(i: number): string {
  return names.toString('latin1', i * KEY_BYTES, (i + 1) * KEY_BYTES);
}

function perKey(operation: (i: number) => unknown): number {
  return (
    timed(() => {
      for (let i = 0; i < KEYS; i++) operation(order[i]);
    }) / KEYS
  );
}

/** Nanoseconds. */
function timed(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start);
}

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function shuffled(count: number): Int32Array {
  const random = xorshift();
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random() % (i + 1);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}

function xorshift(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
