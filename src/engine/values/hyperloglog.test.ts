import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { TestEngine } from '../engine.testing.ts';
import { expectLive, expectWhole } from '../keyspace/keyspace.testing.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STRING } from '../memory/layout.ts';
import { RAW } from './encoding.ts';
import {
  CORRUPT,
  countRegisters,
  countValue,
  describeRuns,
  EMPTY_HYPERLOGLOG_BYTES,
  forgetCount,
  initHyperLogLog,
  isHyperLogLog,
  isSparse,
  keepCount,
  keptCount,
  makeDense,
  makeRoomToRaise,
  mergeRegisters,
  raiseRegister,
} from './hyperloglog.ts';
import { DENSE_REGISTER_BYTES, mergeDense, packDense, REGISTERS, raiseDense } from './hyperloglog-dense.ts';
import { selfTest } from './hyperloglog-self-test.ts';
import {
  CORRUPT_RUNS,
  describeSparse,
  EMPTY_SPARSE_BYTES,
  mergeSparse,
  NEEDS_DENSE,
  raiseSparse,
  SPARSE_GROWTH_BYTES,
  sparseHistogram,
  UNCHANGED,
  writeEmptySparse,
} from './hyperloglog-sparse.ts';
import { stringLength, stringStart } from './string.ts';

const KEY = Args.of([Buffer.alloc(0), Buffer.from('key')]);

const shared = new TestEngine();

/** A HyperLogLog, the only key of an engine, beside its registers. */
class Modelled {
  readonly engine = shared;
  readonly database = this.engine.engine.keyspace.databases[0];
  readonly model = new Uint8Array(REGISTERS);
  ref: Ref;

  constructor(limit: number) {
    this.engine.run('FLUSHALL');
    this.database.keyspace.encodingLimits.hllSparseMaxBytes = limit;
    this.ref = this.database.create(KEY, 1, STRING, RAW, EMPTY_HYPERLOGLOG_BYTES);
    initHyperLogLog(this.database.arena, this.ref);
  }

  raise(index: number, count: number): void {
    keepCount(this.database.arena, this.ref, 7);
    this.ref = makeRoomToRaise(this.database, this.ref);
    const raised = raiseRegister(this.database, this.ref, index | (count << 14));
    const changes = count > this.model[index];
    if ((raised !== NO_REF) !== changes) expect.fail(`register ${index} to ${count}`);
    if (!changes) return;
    this.ref = raised;
    this.model[index] = count;
    if (!Number.isNaN(keptCount(this.database.arena, this.ref))) expect.fail('the kept count is stale');
  }

  check(): void {
    const { arena } = this.database;
    expect(this.database.find(KEY, 1)).toBe(this.ref);
    expect(isHyperLogLog(arena, this.ref)).toBe(true);
    const registers = new Uint8Array(REGISTERS);
    expect(mergeRegisters(arena, this.ref, registers)).toBe(true);
    expect(Buffer.compare(registers, this.model)).toBe(0);
    expect(countValue(arena, this.ref)).toBe(countRegisters(this.model));
    expectWhole(this.database.keyspace);
  }
}

const count = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 32 }) },
);
/** Near each other, so that runs are split and joined; and anywhere. */
const index = fc.oneof(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 16300, max: 16383 }), fc.nat(16383));

describe.each([
  ['sparse', 1e6],
  ['made dense by its length', 60],
  ['dense from the first', 0],
])('%s', (name, limit) => {
  test('keeps the greatest value of each register', () => {
    const raises = fc.array(fc.tuple(index, count), { minLength: 1, maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(raises, (list) => {
        const value = new Modelled(limit);
        for (const [at, to] of list) value.raise(at, to);
        value.check();
        if (name === 'sparse') expect(isSparse(value.database.arena, value.ref)).toBe(true);
        if (limit === 0) expect(isSparse(value.database.arena, value.ref)).toBe(false);
      }),
      { numRuns: 100 },
    );
    expectLive(shared.engine.keyspace);
  });
});

test('a value above 32 makes it dense', () => {
  const value = new Modelled(3000);
  value.raise(5, 32);
  expect(isSparse(value.database.arena, value.ref)).toBe(true);
  value.raise(5, 33);
  expect(isSparse(value.database.arena, value.ref)).toBe(false);
  value.raise(16383, 51);
  value.check();
});

test('is dense at the length after the limit', () => {
  for (const limit of [18, 19, 20, 21, 22, 40]) {
    const value = new Modelled(limit);
    for (let i = 0; isSparse(value.database.arena, value.ref); i += 2) {
      value.raise(i, 1 + (i % 5));
      if (isSparse(value.database.arena, value.ref)) {
        expect(stringLength(value.database.arena, value.ref)).toBeLessThanOrEqual(limit);
      }
    }
    value.check();
  }
});

test('keeps a count of up to 63 bits', () => {
  const { database, ref } = new Modelled(3000);
  expect(keptCount(database.arena, ref)).toBe(0);
  for (const count of [1, 4294967295, 4294967296, 2 ** 53 - 1, 2 ** 62]) {
    keepCount(database.arena, ref, count);
    expect(keptCount(database.arena, ref)).toBe(count);
  }
  forgetCount(database.arena, ref);
  expect(keptCount(database.arena, ref)).toBeNaN();
  keepCount(database.arena, ref, Number.POSITIVE_INFINITY);
  expect(keptCount(database.arena, ref)).toBeNaN();
});

test('registers side by side do not touch each other, nor what stands around them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(index, fc.nat(63)), { maxLength: 200 }), fc.nat(3), (list, from) => {
      const bytes = new Uint8Array(from + DENSE_REGISTER_BYTES + 1).fill(0xa5);
      const model = new Uint8Array(REGISTERS).map((_, i) => (i * 7) & 63);
      packDense(model, bytes, from);
      for (const [at, to] of list) {
        expect(raiseDense(bytes, from, at, to)).toBe(to > model[at]);
        model[at] = Math.max(model[at], to);
      }
      const found = new Uint8Array(REGISTERS);
      mergeDense(bytes, from, found);
      expect(Buffer.compare(found, model)).toBe(0);
      expect([...bytes.subarray(0, from), bytes[bytes.length - 1]].every((byte) => byte === 0xa5)).toBe(true);
    }),
  );
});

describe('runs', () => {
  const text = (bytes: Uint8Array, end: number) => describeSparse(bytes, 0, end);

  test('are split and joined', () => {
    const bytes = new Uint8Array(64);
    writeEmptySparse(bytes, 0);
    let end = EMPTY_SPARSE_BYTES;
    const raise = (at: number, to: number) => {
      end = raiseSparse(bytes, 0, end, 64, at, to);
      return text(bytes, end);
    };
    expect(text(bytes, end)).toBe('Z:16384');
    expect(raise(100, 1)).toBe('Z:100 v:1,1 Z:16283');
    expect(raise(101, 1)).toBe('Z:100 v:1,2 Z:16282');
    expect(raise(103, 1)).toBe('Z:100 v:1,2 z:1 v:1,1 Z:16280');
    expect(raise(102, 1)).toBe('Z:100 v:1,4 Z:16280');
    expect(raise(104, 1)).toBe('Z:100 v:1,4 v:1,1 Z:16279');
    expect(raise(101, 2)).toBe('Z:100 v:1,1 v:2,1 v:1,3 Z:16279');
    expect(raise(0, 32)).toBe('v:32,1 Z:99 v:1,1 v:2,1 v:1,3 Z:16279');
    expect(raise(64, 3)).toBe('v:32,1 z:63 v:3,1 z:35 v:1,1 v:2,1 v:1,3 Z:16279');
    expect(raise(16383, 3)).toBe('v:32,1 z:63 v:3,1 z:35 v:1,1 v:2,1 v:1,3 Z:16278 v:3,1');
  });

  test('of other than 16384 registers are corrupt', () => {
    for (const runs of [[], [0x7f], [0x7f, 0xfe], [0x7f, 0xff, 0x00], [0x7f, 0xff, 0x80], [0x80, 0x7f, 0xff]]) {
      const bytes = Uint8Array.from(runs);
      expect(sparseHistogram(bytes, 0, bytes.length, new Int32Array(64))).toBe(false);
      expect(mergeSparse(bytes, 0, bytes.length, new Uint8Array(REGISTERS))).toBe(false);
    }
  });

  test('are described up to one a register', () => {
    expect(describeSparse(new Uint8Array(REGISTERS), 0, REGISTERS)).toHaveLength(4 * REGISTERS - 1);
    expect(describeSparse(new Uint8Array(REGISTERS + 1), 0, REGISTERS + 1)).toBeUndefined();
    expect(describeSparse(Uint8Array.of(0x40), 0, 1)).toBeUndefined();
  });

  test('of any bytes are read and changed within their bounds', () => {
    const input = fc.uint8Array({ maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(input, index, fc.integer({ min: 1, max: 51 }), fc.nat(400), (runs, at, to, limit) => {
        const bytes = new Uint8Array(8 + runs.length + SPARSE_GROWTH_BYTES + 8).fill(0xa5);
        bytes.set(runs, 8);
        const end = raiseSparse(bytes, 8, 8 + runs.length, limit, at, to);
        const isChanged = end !== UNCHANGED && end !== CORRUPT_RUNS && end !== NEEDS_DENSE;
        if (isChanged) expect(end).toBeLessThanOrEqual(Math.max(8 + runs.length, 8 + limit));
        else expect(Buffer.compare(bytes.subarray(8, 8 + runs.length), runs)).toBe(0);
        expect([...bytes.subarray(0, 8), ...bytes.subarray(-8)].every((byte) => byte === 0xa5)).toBe(true);
        const histogram = new Int32Array(64);
        const isWhole = sparseHistogram(bytes, 8, isChanged ? end : 8 + runs.length, histogram);
        expect(mergeSparse(bytes, 8, isChanged ? end : 8 + runs.length, new Uint8Array(REGISTERS))).toBe(isWhole);
      }),
      { numRuns: 5000 },
    );
  });
});

test('what is no HyperLogLog is told from one', () => {
  const engine = new TestEngine();
  const database = engine.engine.keyspace.databases[0];
  const header = (form: number) => Buffer.from(`HYLL${String.fromCharCode(form)}${'\0'.repeat(11)}`, 'latin1');
  const texts: [Uint8Array | string, boolean][] = [
    ['1234567890123456', false],
    ['', false],
    ['HYLL', false],
    [header(2), false],
    [header(0), false],
    [header(0).subarray(0, 15), false],
    [Buffer.concat([header(0), Buffer.alloc(DENSE_REGISTER_BYTES)]), true],
    [Buffer.concat([header(0), Buffer.alloc(DENSE_REGISTER_BYTES + 1)]), false],
    [header(1), true],
  ];
  for (const [text, expected] of texts) {
    engine.run('SET', 'key', text);
    expect(isHyperLogLog(database.arena, database.find(KEY, 1))).toBe(expected);
  }
});

test('a corrupt value is not made dense, and not touched', () => {
  const value = new Modelled(3000);
  const { arena } = value.database;
  arena.bytes[value.ref >>> 22][stringStart(arena, value.ref) + 17] = 0xfe;
  const before = value.engine.run('GET', 'key');
  expect(makeDense(value.database, value.ref)).toBe(CORRUPT);
  expect(countValue(arena, value.ref)).toBeNaN();
  expect(describeRuns(arena, value.ref)).toBe('Z:16383');
  expect(raiseRegister(value.database, value.ref, 16383 | (1 << 14))).toBe(CORRUPT);
  expect(raiseRegister(value.database, value.ref, 0 | (33 << 14))).toBe(CORRUPT);
  expect(value.engine.run('GET', 'key')).toBe(before);
});

test('finds itself in order', () => {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state ^ (state >>> 15);
  };
  expect(selfTest(random)).toBeUndefined();
});
