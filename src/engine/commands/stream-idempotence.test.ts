/** IDMP, IDMPAUTO and XCFGSET: an entry that is sent again is not added again, as far back as is remembered. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { expectWhole } from '../keyspace/keyspace.testing.ts';

const FACTS =
  /idmp-duration\r\n:(\d+)\r\n\$12\r\nidmp-maxsize\r\n:(\d+)\r\n\$12\r\npids-tracked\r\n:(\d+)\r\n\$12\r\niids-tracked\r\n:(\d+)\r\n\$10\r\niids-added\r\n:(\d+)\r\n\$15\r\niids-duplicates\r\n:(\d+)/;

/** Duration, most, producers, names remembered, entries added under names, duplicates. */
function facts(engine: TestEngine, ...words: string[]): number[] {
  return (FACTS.exec(engine.run('XINFO', 'STREAM', 's', ...words)) ?? []).slice(1).map(Number);
}

function add(engine: TestEngine, ...words: string[]): string {
  const reply = engine.run('XADD', 's', ...words);
  return reply.startsWith('$') ? reply.split('\r\n')[1] : reply;
}

test('the same name of the same producer adds once', () => {
  const engine = new TestEngine();
  const first = add(engine, 'IDMP', 'p1', 'payment', '*', 'amount', '100');
  expect(add(engine, 'IDMP', 'p1', 'payment', '*', 'amount', '200')).toBe(first);
  expect(add(engine, 'IDMP', 'p2', 'payment', '*', 'amount', '100')).not.toBe(first);
  expect(add(engine, 'MAXLEN', '~', '100', 'IDMP', 'p1', '\0\xff', 'KEEPREF', '*', 'f', 'v')).not.toBe(first);
  expect(engine.run('XLEN', 's')).toBe(':3\r\n');
  expect(engine.run('XRANGE', 's', '-', '+', 'COUNT', 1)).toContain('100');
  expect(facts(engine)).toEqual([100, 100, 2, 3, 3, 1]);
  expect(facts(engine, 'FULL')).toEqual([100, 100, 2, 3, 3, 1]);
  engine.run('XDEL', 's', first);
  expect(add(engine, 'IDMP', 'p1', 'payment', '*', 'amount', '100')).toBe(first);
});

test('IDMPAUTO knows an entry by what it holds, in any order', () => {
  const engine = new TestEngine();
  const first = add(engine, 'IDMPAUTO', 'p', '*', 'a', '1', 'b', '2');
  expect(add(engine, 'IDMPAUTO', 'p', '*', 'b', '2', 'a', '1')).toBe(first);
  const others = [
    ['a', '2', 'b', '1'],
    ['a', '1'],
    ['a', '1', 'b', ''],
    ['ab', '12'],
    ['a', '1b', '', '2'],
    ['a', '1', 'b', '2', 'b', '2'],
  ];
  const ids = others.map((fields) => add(engine, 'IDMPAUTO', 'p', '*', ...fields));
  expect(new Set([first, ...ids]).size).toBe(others.length + 1);
  expect(add(engine, 'IDMPAUTO', 'q', '*', 'a', '1', 'b', '2')).not.toBe(first);
});

test('without a stream there is nothing to remember', () => {
  const engine = new TestEngine();
  expect(engine.run('XADD', 's', 'NOMKSTREAM', 'IDMP', 'p', 'x', '*', 'f', 'v')).toBe('$-1\r\n');
  expect(engine.run('EXISTS', 's')).toBe(':0\r\n');
  engine.run('XADD', 's', '1-0', 'f', 'v');
  expect(engine.run('XINFO', 'STREAM', 's')).not.toContain('idmp');
  expect(engine.run('XCFGSET', 'none', 'IDMP-DURATION', 5)).toBe('-ERR no such key\r\n');
  engine.run('SET', 'text', 'v');
  expect(engine.run('XCFGSET', 'text', 'IDMP-DURATION', 5)).toMatch(/^-WRONGTYPE/);
});

test('names are forgotten at their time, also of producers that are silent', () => {
  const engine = new TestEngine();
  const first = add(engine, 'IDMP', 'p', 'x', '*', 'f', 'v');
  engine.run('XCFGSET', 's', 'IDMP-DURATION', 100);
  engine.now += 99_999;
  expect(add(engine, 'IDMP', 'p', 'x', '*', 'f', 'v')).toBe(first);
  engine.now += 1;
  expect(facts(engine).slice(2, 4)).toEqual([0, 0]);
  for (let i = 0; i < 3; i++) add(engine, 'IDMP', 'q', `${i}`, '*', 'f', 'v');
  engine.now -= 50_000;
  expect(facts(engine).slice(2, 4)).toEqual([1, 3]);
  engine.now += 50_000;
  expect(add(engine, 'IDMP', 'p', 'x', '*', 'f', 'v')).not.toBe(first);
});

test('other settings forget everything, the same ones nothing', () => {
  const engine = new TestEngine();
  const first = add(engine, 'IDMP', 'p', 'x', '*', 'f', 'v');
  expect(engine.run('XCFGSET', 's', 'IDMP-MAXSIZE', 100, 'IDMP-DURATION', 100)).toBe('+OK\r\n');
  expect(add(engine, 'IDMP', 'p', 'x', '*', 'f', 'v')).toBe(first);
  expect(engine.run('XCFGSET', 's', 'idmp-maxsize', 3)).toBe('+OK\r\n');
  expect(facts(engine)).toEqual([100, 3, 0, 0, 1, 1]);
  const ids = ['a', 'b', 'c', 'd'].map((name) => add(engine, 'IDMP', 'p', name, '*', 'f', 'v'));
  expect(add(engine, 'IDMP', 'p', 'b', '*', 'f', 'v')).toBe(ids[1]);
  expect(add(engine, 'IDMP', 'p', 'a', '*', 'f', 'v')).not.toBe(ids[0]);
  expect(facts(engine)).toEqual([100, 3, 1, 3, 6, 2]);
});

test.each([
  [['IDMP', 'p', '*', 'f', 'v'], 'ERR Invalid stream ID specified as stream command argument'],
  [['IDMP', 'p', 'x', '1-1', 'f', 'v'], 'ERR IDMP/IDMPAUTO can be used only with auto-generated IDs'],
  [['IDMPAUTO', 'p', '1-*', 'f', 'v'], 'ERR IDMP/IDMPAUTO can be used only with auto-generated IDs'],
  [['IDMP', 'p', 'x', 'IDMP', 'q', 'y', '*', 'f', 'v'], 'ERR IDMP/IDMPAUTO specified multiple times'],
  [['IDMPAUTO', 'p', 'IDMP', 'q', '', '*', 'f', 'v'], 'ERR IDMP/IDMPAUTO specified multiple times'],
  [['IDMP', '', 'x', '*', 'f', 'v'], 'ERR IDMP requires a non-empty producer ID'],
  [['IDMP', 'p', '', '*', 'f', 'v'], 'ERR IDMP requires a non-empty idempotent ID'],
  [['IDMPAUTO', '', '*', 'f', 'v'], 'ERR IDMPAUTO requires a non-empty producer ID'],
  [['IDMPAUTO', 'p', '*', 'f'], "ERR wrong number of arguments for 'xadd' command"],
])('XADD %j is refused', (words, error) => {
  const engine = new TestEngine();
  expect(add(engine, ...words)).toBe(`-${error}\r\n`);
  expect(engine.run('EXISTS', 's')).toBe(':0\r\n');
});

test.each([
  [[], 'ERR At least one parameter must be specified'],
  [['IDMP-DURATION'], 'ERR syntax error'],
  [['INVALID'], 'ERR syntax error'],
  [['IDMP-DURATION', '3.14'], 'ERR value is not an integer or out of range'],
  [['IDMP-MAXSIZE', '5', 'IDMP-DURATION', '000'], 'ERR value is not an integer or out of range'],
  [['IDMP-DURATION', '0'], 'ERR IDMP-DURATION must be between 1 and 86400 seconds'],
  [['IDMP-DURATION', '86401'], 'ERR IDMP-DURATION must be between 1 and 86400 seconds'],
  [['IDMP-MAXSIZE', '-1'], 'ERR IDMP-MAXSIZE must be between 1 and 10000 entries'],
  [['IDMP-MAXSIZE', '10001'], 'ERR IDMP-MAXSIZE must be between 1 and 10000 entries'],
])('XCFGSET %j is refused', (words, error) => {
  const engine = new TestEngine();
  add(engine, 'IDMP', 'p', 'x', '*', 'f', 'v');
  expect(engine.run('XCFGSET', 's', ...words)).toBe(`-${error}\r\n`);
  expect(facts(engine)).toEqual([100, 100, 1, 1, 1, 0]);
});

/** What is remembered, as plain arrays. */
class Model {
  seconds = 100;
  most = 100;
  readonly producers = new Map<string, { name: string; id: string; at: number }[]>();

  live(producer: string, now: number): { name: string; id: string; at: number }[] {
    return (this.producers.get(producer) ?? []).filter(({ at }) => at > now - this.seconds * 1000);
  }
}

type Step = (engine: TestEngine, model: Model) => void;

const send: fc.Arbitrary<Step> = fc
  .tuple(fc.nat(12), fc.nat(40), fc.boolean(), fc.nat(60_000))
  .map(([who, what, isAuto, gap]) => (engine, model) => {
    engine.now += gap;
    const producer = `producer ${who}`.repeat(1 + (who % 3));
    const name = isAuto ? `auto ${what}` : `${what}`;
    const known = model.live(producer, engine.now).find((entry) => entry.name === name);
    const id = add(engine, ...(isAuto ? ['IDMPAUTO', producer] : ['IDMP', producer, name]), '*', 'field', `${what}`);
    if (known !== undefined) return expect(id).toBe(known.id);
    const live = [...model.live(producer, engine.now), { name, id, at: Number(id.split('-')[0]) }];
    model.producers.set(producer, live.slice(-model.most));
  });

const set: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(1, 60, 100, 86_400), fc.constantFrom(1, 3, 10, 100))
  .map(([seconds, most]) => (engine, model) => {
    if (engine.run('EXISTS', 's') === ':0\r\n') return;
    engine.run('XCFGSET', 's', 'IDMP-DURATION', seconds, 'IDMP-MAXSIZE', most);
    if (seconds !== model.seconds || most !== model.most) model.producers.clear();
    model.seconds = seconds;
    model.most = most;
  });

describe('what is remembered', () => {
  test('is what arrays remember, in copies too, and leaves nothing behind', () => {
    const step = fc.oneof({ weight: 30, arbitrary: send }, { weight: 1, arbitrary: set });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 300 }), (list) => {
        const engine = new TestEngine();
        const { keyspace } = engine.engine;
        const emptyBytes = keyspace.arena.used;
        const model = new Model();
        for (const each of list) each(engine, model);
        if (engine.run('EXISTS', 's') === ':1\r\n') {
          const live = [...model.producers.keys()].map((producer) => model.live(producer, engine.now).length);
          const [, , producers, names] = facts(engine);
          if (producers !== undefined) {
            expect(producers).toBe(live.filter((count) => count > 0).length);
            expect(names).toBe(live.reduce((sum, count) => sum + count, 0));
          }
          expectWhole(keyspace);
          engine.run('COPY', 's', 't');
          expectWhole(keyspace);
          const before = facts(engine);
          engine.run('RENAME', 't', 's');
          expect(facts(engine)).toEqual(before);
          for (const [producer] of model.producers) {
            for (const { name, id } of model.live(producer, engine.now)) {
              if (!name.startsWith('auto')) expect(add(engine, 'IDMP', producer, name, '*', 'f', 'v')).toBe(id);
            }
          }
        }
        engine.run('DEL', 's');
        keyspace.lazyFree.finish();
        expect(keyspace.arena.used).toBe(emptyBytes);
      }),
      { numRuns: 60 },
    );
  });
});
