import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestEngine } from '../engine/engine.testing.ts';
import { Cron, type CronEvents } from './cron.ts';

let tester: TestEngine;
let cron: Cron;
let events: { [K in keyof CronEvents]: ReturnType<typeof vi.fn<CronEvents[K]>> };

beforeEach(() => {
  vi.useFakeTimers();
  tester = new TestEngine();
  events = { tick: vi.fn(), swept: vi.fn() };
  const clock = { now: () => tester.now, micros: () => tester.now * 1000 };
  cron = new Cron(tester.engine, clock, events);
  cron.start();
});
afterEach(() => {
  cron.stop();
  vi.useRealTimers();
});

/** Lets time pass, for timers and for the engine. */
function pass(millis: number): void {
  for (let i = 0; i < millis; i++) {
    tester.now++;
    vi.advanceTimersByTime(1);
  }
}

const size = (): number => tester.engine.keyspace.databases[0].size;

describe('ticks', () => {
  test('come hz times a second', () => {
    pass(1000);
    expect(events.tick).toHaveBeenCalledTimes(10);
    cron.hz = 100;
    pass(100);
    events.tick.mockClear();
    pass(500);
    expect(events.tick).toHaveBeenCalledTimes(50);
  });

  test('not while paused, and not after the end', () => {
    cron.paused = true;
    pass(500);
    cron.paused = false;
    expect(events.tick).not.toHaveBeenCalled();
    pass(100);
    expect(events.tick).toHaveBeenCalledOnce();
    cron.stop();
    pass(1000);
    expect(events.tick).toHaveBeenCalledOnce();
  });

  test('a tick may end the server', () => {
    events.tick.mockImplementation(() => cron.stop());
    pass(1000);
    expect(events.tick).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('deadlines', () => {
  test('a key is removed within milliseconds of its own', () => {
    tester.run('SET', 'k', 'v', 'PX', 35);
    cron.turnEnded();
    pass(34);
    expect(size()).toBe(1);
    pass(3);
    expect(size()).toBe(0);
    expect(events.swept).toHaveBeenCalledWith(0, false);
  });

  test('a nearer one moves the timer, a farther one does not', () => {
    tester.run('SET', 'far', 'v', 'PX', 5000);
    cron.turnEnded();
    tester.run('SET', 'near', 'v', 'PX', 10);
    cron.turnEnded();
    pass(12);
    expect(size()).toBe(1);
    pass(5000);
    expect(size()).toBe(0);
  });

  test('DEBUG SET-ACTIVE-EXPIRE 0 leaves keys where they are, 1 goes on', () => {
    tester.run('SET', 'k', 'v', 'PX', 10);
    cron.turnEnded();
    tester.engine.keyspace.activeExpire = false;
    pass(300);
    expect(size()).toBe(1);
    expect(events.swept).not.toHaveBeenCalled();
    tester.engine.keyspace.activeExpire = true;
    cron.arm();
    pass(3);
    expect(size()).toBe(0);
  });
});

test('what a flush left behind is freed in the turns that follow', () => {
  const { keyspace } = tester.engine;
  tester.session.database = 1;
  tester.run('SET', 'stays', 'v');
  tester.session.database = 0;
  for (let i = 0; i < 5000; i++) tester.run('SET', `k${i}`, 'v');
  tester.run('FLUSHDB', 'ASYNC');
  expect(keyspace.lazyFree.pending).toBe(5000);
  cron.turnEnded();
  for (let turn = 0; turn < 100 && !keyspace.lazyFree.idle; turn++) vi.advanceTimersByTime(0);
  expect(keyspace.lazyFree.pending).toBe(0);
  expect(events.tick).not.toHaveBeenCalled();
});

test('eviction that a command left unfinished goes on, and is told', () => {
  const { evictor } = tester.engine;
  const observe = vi.fn();
  evictor.observe = observe;
  evictor.setPolicy('allkeys-random');
  for (let i = 0; i < 1000; i++) tester.run('SET', `k${i}`, 'x'.repeat(200));
  evictor.sliceMicros = -1;
  evictor.maxMemory = evictor.usedBytes - 100_000;
  evictor.makeRoom();
  expect(evictor.unfinished).toBe(true);
  cron.turnEnded();
  pass(200);
  expect(evictor.unfinished).toBe(false);
  expect(evictor.usedBytes).toBeLessThanOrEqual(evictor.maxMemory);
  expect(observe.mock.calls.length).toBeGreaterThan(1);
});
