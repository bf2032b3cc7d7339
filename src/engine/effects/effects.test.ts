import { expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { ALL_KEYS, type Change, Effects } from './effects.ts';
import { FLUSHED } from './events.ts';

const change = (name: string): Change => ({ event: 'set', database: 0, key: Buffer.from(name) });

test('subscribers are called in the order of their stages, not of their coming', () => {
  const effects = new Effects();
  const calls: string[] = [];
  effects.setWaker({ awaits: () => true, wake: () => calls.push('wake') });
  effects.subscribe(() => calls.push('log'), 'log');
  effects.subscribe(() => calls.push('watch'), 'watch');
  effects.subscribe(() => calls.push('second log'), 'log');
  effects.record(change('k'));
  effects.commit();
  effects.commit();
  expect(calls).toEqual(['watch', 'log', 'second log', 'wake']);
});

test('what a subscriber changes is told to all in a round of its own', () => {
  const effects = new Effects();
  const told: string[] = [];
  const note = (changes: readonly Change[]): void => {
    told.push(changes.map(({ key }) => key.toString()).join('+'));
  };
  const wake = (changes: readonly Change[]): void => {
    told.push('wake');
    if (changes[0].key.toString() !== 'a') return;
    effects.record(change('b'));
    effects.record(change('c'));
    effects.commit();
  };
  effects.setWaker({ awaits: () => true, wake });
  effects.subscribe(note, 'log');
  effects.record(change('a'));
  effects.commit();
  expect(told).toEqual(['a', 'wake', 'b+c', 'wake']);
  effects.setWaker(undefined);
  effects.unsubscribe(note);
  expect(effects.listening).toBe(false);
});

test('whoever waits for a key is told of its change without a copy of the name, others are not', () => {
  const engine = new TestEngine();
  const { effects } = engine.engine;
  const told: (readonly Change[])[] = [];
  let count = 0;
  effects.setWaker({ awaits: () => ++count === 2, wake: (changes) => told.push(changes) });
  expect([effects.listening, effects.keepsKeys]).toEqual([true, false]);
  engine.run('SET', 'a', 1);
  expect(told).toEqual([]);
  engine.run('SET', 'b', 1);
  expect(told).toEqual([[]]);
  engine.run('SET', 'c', 1);
  expect([told.length, count]).toEqual([1, 3]);
});

test('FLUSHDB, FLUSHALL and SWAPDB are changes of whole databases', () => {
  const engine = new TestEngine();
  const seen: Change[] = [];
  engine.engine.effects.subscribe((changes) => seen.push(...changes));
  engine.run('FLUSHDB');
  expect(seen.splice(0)).toEqual([{ event: FLUSHED, database: 0, key: ALL_KEYS }]);
  engine.run('SWAPDB', 1, 3);
  expect(seen.splice(0).map(({ event, database }) => [event, database])).toEqual([
    ['swapped', 1],
    ['swapped', 3],
  ]);
  engine.run('SWAPDB', 1, 1);
  expect(seen).toEqual([]);
  engine.run('FLUSHALL');
  expect(seen.length).toBe(16);
  expect(seen.every(({ key }) => key === ALL_KEYS)).toBe(true);
});
