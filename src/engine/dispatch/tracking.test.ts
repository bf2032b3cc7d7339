/** Client-side caching without connections: what is remembered, how much, and what that costs. */
import { beforeEach, describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import type { TrackingOptions } from '../listeners/tracking.ts';
import type { Session } from './session.ts';

const PLAIN: TrackingOptions = {
  redirect: 0,
  isBroadcast: false,
  isOptIn: false,
  isOptOut: false,
  isNoLoop: false,
  prefixes: [],
};

let engine: TestEngine;
let reader: Session;
/** What each client was told, by number: keys, or '*' for all of them. */
let told: Map<number, string[]>;

beforeEach(() => {
  engine = new TestEngine();
  reader = engine.join(3);
  told = new Map();
  const { invalidations, tracking } = engine.engine.dispatcher;
  const sessions = new Map([engine.session, reader].map((session) => [session.id, session]));
  invalidations.sessionOf = (id) => sessions.get(id);
  tracking.tell = (trackers, keys) => {
    for (const { client } of trackers) {
      const names = keys.map((key) => (key.length === 0 ? '*' : key.toString('latin1')));
      told.set(client, [...(told.get(client) ?? []), ...names]);
    }
  };
});

function track(session: Session, options: Partial<TrackingOptions> = {}): void {
  const { tracking } = engine.engine.dispatcher;
  session.tracker ??= tracking.join(session.id);
  tracking.start(session.tracker, { ...PLAIN, ...options });
}

function leave({ tracker }: Session): void {
  if (tracker !== undefined) engine.engine.dispatcher.tracking.leave(tracker);
}

/** What the reader was told since it was asked last. */
function toldReader(): string[] {
  const keys = told.get(reader.id) ?? [];
  told.clear();
  return keys;
}

describe('what it costs', () => {
  test('nothing while nobody tracks, and nothing any more when the last has left', () => {
    const { effects } = engine.engine;
    const { tracking } = engine.engine.dispatcher;
    engine.runAs(reader, 'GET', 'k');
    expect([effects.listening, tracking.isActive, tracking.bytes]).toEqual([false, false, 0]);
    track(reader);
    engine.runAs(reader, 'GET', 'k');
    expect([effects.listening, tracking.totalKeys, tracking.totalItems, tracking.clients]).toEqual([true, 1, 1, 1]);
    leave(reader);
    expect([effects.listening, tracking.isActive, tracking.bytes]).toEqual([false, false, 0]);
    expect([tracking.totalKeys, tracking.clients]).toEqual([0, 0]);
  });

  test('a table far from its limit lets no guard look at commands', () => {
    const { tracking } = engine.engine.dispatcher;
    const alerts: boolean[] = [];
    tracking.whenFull = (isFull) => alerts.push(isFull);
    tracking.limit(10);
    track(reader);
    for (let i = 0; i < 10; i++) engine.runAs(reader, 'GET', `k${i}`);
    expect(alerts).toEqual([]);
    engine.runAs(reader, 'GET', 'k10');
    expect(alerts).toEqual([true]);
    tracking.makeRoom();
    expect(alerts).toEqual([true, false]);
  });
});

describe('limits', () => {
  test('keys beyond tracking-table-max-keys are forgotten before the next command, and told', () => {
    const { tracking } = engine.engine.dispatcher;
    track(reader);
    tracking.limit(5);
    engine.runAs(reader, 'MGET', ...Array.from({ length: 30 }, (_, i) => `k${i}`));
    expect(tracking.totalKeys).toBe(30);
    engine.run('DBSIZE');
    expect(tracking.totalKeys).toBe(5);
    const forgotten = toldReader();
    expect(new Set(forgotten).size).toBe(25);
    engine.run('MSET', ...Array.from({ length: 30 }, (_, i) => [`k${i}`, 'v']).flat());
    expect([...forgotten, ...toldReader()].sort()).toEqual(Array.from({ length: 30 }, (_, i) => `k${i}`).sort());
  });

  test('a hundred at first, then more with every command that finds too many', () => {
    const { tracking } = engine.engine.dispatcher;
    track(reader);
    engine.runAs(reader, 'MGET', ...Array.from({ length: 650 }, (_, i) => `k${i}`));
    tracking.limit(50);
    const left: number[] = [];
    for (let i = 0; i < 5; i++) {
      engine.run('DBSIZE');
      left.push(tracking.totalKeys);
    }
    expect(left).toEqual([550, 350, 50, 50, 50]);
    engine.runAs(reader, 'MGET', ...Array.from({ length: 650 }, (_, i) => `k${i}`));
    engine.run('DBSIZE');
    expect(tracking.totalKeys).toBe(550);
  });

  test('long keys are too many before they are as many as allowed', () => {
    const { tracking } = engine.engine.dispatcher;
    track(reader);
    tracking.limit(10);
    for (let i = 0; i < 8; i++) {
      engine.runAs(reader, 'GET', `${i}`.repeat(1024 * 1024));
      engine.run('DBSIZE');
      expect(tracking.bytes).toBeLessThanOrEqual(2 * 1024 * 1024);
    }
    expect(toldReader().length).toBeGreaterThanOrEqual(7);
  });

  test('without a limit everything is remembered', () => {
    const { tracking } = engine.engine.dispatcher;
    track(reader);
    tracking.limit(0);
    for (let i = 0; i < 2000; i++) engine.runAs(reader, 'GET', `k${i}`);
    expect(tracking.totalKeys).toBe(2000);
    expect(toldReader()).toEqual([]);
  });
});

describe('a unit of several commands', () => {
  test('what is read behind a change stays remembered', () => {
    track(reader, { isNoLoop: true });
    engine.runAs(reader, 'MULTI');
    engine.runAs(reader, 'SET', 'k', '1');
    engine.runAs(reader, 'GET', 'k');
    engine.runAs(reader, 'EXEC');
    expect(toldReader()).toEqual([]);
    engine.run('SET', 'k', '2');
    expect(toldReader()).toEqual(['k']);
  });

  test('what is read behind a flush stays remembered; the flush is told once', () => {
    track(reader);
    engine.runAs(reader, 'GET', 'a');
    engine.runAs(reader, 'MULTI');
    engine.runAs(reader, 'FLUSHALL');
    engine.runAs(reader, 'GET', 'b');
    engine.runAs(reader, 'EXEC');
    expect(toldReader()).toEqual(['*']);
    engine.run('MSET', 'a', '1', 'b', '2');
    expect(toldReader()).toEqual(['b']);
  });

  test('a client that begins to track inside one is not told of what was changed before', () => {
    engine.run('MULTI');
    engine.run('SET', 'k', '1');
    engine.run('EXEC');
    track(reader, { isBroadcast: true });
    engine.run('SET', 'k', '2');
    engine.engine.dispatcher.tracking.endTurn();
    expect(toldReader()).toEqual(['k']);
  });
});

describe('what changes by itself', () => {
  test('deadlines and eviction are told with the commit', () => {
    track(reader);
    engine.run('SET', 'k', '1', 'PX', '100');
    engine.runAs(reader, 'GET', 'k');
    engine.now += 200;
    engine.engine.dispatcher.beginTurn();
    engine.engine.keyspace.expireDue(() => true);
    expect(toldReader()).toEqual([]);
    engine.engine.effects.commit();
    expect(toldReader()).toEqual(['k']);

    engine.run('SET', 'victim', 'x'.repeat(1000));
    engine.runAs(reader, 'GET', 'victim');
    const { evictor } = engine.engine;
    evictor.setPolicy('allkeys-random');
    evictor.maxMemory = 1;
    evictor.makeRoom();
    expect(toldReader()).toEqual(['victim']);
  });

  test('the last field of a hash: nobody changed it, so that NOLOOP clients are told too', () => {
    track(reader, { isBroadcast: true, isNoLoop: true });
    engine.runAs(reader, 'HSET', 'h', 'f', 'v');
    engine.runAs(reader, 'HPEXPIRE', 'h', '100', 'FIELDS', '1', 'f');
    const { tracking } = engine.engine.dispatcher;
    tracking.endTurn();
    expect(toldReader()).toEqual([]);
    engine.now += 200;
    engine.runAs(reader, 'HLEN', 'h');
    engine.runAs(reader, 'HSET', 'h', 'g', 'v');
    engine.now += 1;
    tracking.endTurn();
    expect(toldReader()).toEqual([]);
    engine.runAs(reader, 'HPEXPIRE', 'h', '100', 'FIELDS', '1', 'g');
    tracking.endTurn();
    engine.now += 200;
    engine.runAs(reader, 'HGET', 'h', 'g');
    tracking.endTurn();
    expect(toldReader()).toEqual(['h']);
  });
});

test('a client that stops and begins again is told of what it has read before', () => {
  const { tracking } = engine.engine.dispatcher;
  track(reader);
  engine.runAs(reader, 'MGET', 'a', 'b');
  if (reader.tracker !== undefined) tracking.stop(reader.tracker);
  engine.run('SET', 'a', '1');
  expect(toldReader()).toEqual([]);
  track(reader);
  engine.run('MSET', 'a', '2', 'b', '2');
  expect(toldReader()).toEqual(['b']);
});

test('groups of a stream are beside its value, a stream made for one is not; notifications are no changes', () => {
  const { effects } = engine.engine;
  track(reader);
  effects.tellsMisses = true;
  effects.tellsNew = true;
  engine.runAs(reader, 'XLEN', 's');
  expect(toldReader()).toEqual([]);
  engine.run('XGROUP', 'CREATE', 's', 'g', '0', 'MKSTREAM');
  expect(toldReader()).toEqual(['s']);
  engine.runAs(reader, 'XLEN', 's');
  engine.run('XGROUP', 'CREATECONSUMER', 's', 'g', 'c');
  engine.run('XGROUP', 'DESTROY', 's', 'g');
  engine.run('GET', 'missing');
  expect(toldReader()).toEqual([]);
  engine.run('XADD', 's', '*', 'f', 'v');
  expect(toldReader()).toEqual(['s']);
});
