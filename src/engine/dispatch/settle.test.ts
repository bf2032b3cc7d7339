import { expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { TestEngine } from '../engine.testing.ts';

/** Runs commands as one pipeline of one session does. */
function pipeline(engine: TestEngine, requests: readonly string[]): void {
  const { dispatcher } = engine.engine;
  dispatcher.beginTurn();
  for (const request of requests) {
    dispatcher.dispatch(engine.session, Args.of(request.split(' ').map((word) => Buffer.from(word))));
  }
}

test('quick commands in a row are accounted together, others at once', () => {
  const engine = new TestEngine();
  const { dispatcher } = engine.engine;
  const get = dispatcher.commands.byName('get');
  const set = dispatcher.commands.byName('set');
  pipeline(engine, ['GET k', 'GET k', 'GET k']);
  expect([set?.calls, get?.calls, dispatcher.totalCalls]).toEqual([0, 0, 3]);
  dispatcher.settle();
  dispatcher.settle();
  expect([set?.calls, get?.calls, dispatcher.totalCalls]).toEqual([0, 3, 3]);
  expect(get?.latency?.total).toBe(3);
});

test('another command accounts those before it', () => {
  const engine = new TestEngine();
  const { dispatcher } = engine.engine;
  pipeline(engine, ['GET k', 'GET k', 'STRLEN k']);
  expect(dispatcher.commands.byName('get')?.calls).toBe(2);
});

test('who wants to know of short commands has each measured, with its own arguments', () => {
  const engine = new TestEngine();
  const { dispatcher } = engine.engine;
  const seen: string[] = [];
  dispatcher.observers.slow = (_call, args) => seen.push(args.text(1));
  dispatcher.observers.slowMicros = 0;
  pipeline(engine, ['GET a', 'GET b', 'GET c']);
  expect(seen).toEqual(['a', 'b', 'c']);
});

test('a quick command with a long reply is accounted by itself', () => {
  const engine = new TestEngine();
  const { dispatcher } = engine.engine;
  for (let i = 0; i < 200; i++) engine.run('ZADD', 'z', i, i);
  const zrange = dispatcher.commands.byName('zrange');
  pipeline(engine, ['ZRANGE z 0 1', 'ZRANGE z 0 1']);
  expect(zrange?.calls).toBe(0);
  pipeline(engine, ['ZRANGE z 0 1', 'ZRANGE z 0 -1', 'ZRANGE z 0 1']);
  expect(zrange?.calls).toBe(2);
});

test('a quick command that looks far is accounted by itself', () => {
  const engine = new TestEngine();
  const { dispatcher } = engine.engine;
  for (let i = 0; i < 1200; i++) engine.run('RPUSH', 'l', i);
  const lindex = dispatcher.commands.byName('lindex');
  pipeline(engine, ['LINDEX l 0', 'LINDEX l -500', 'LINDEX l 500']);
  expect(lindex?.calls).toBe(0);
  pipeline(engine, ['LINDEX l 0', 'LINDEX l 600', 'LINDEX l 0']);
  expect(lindex?.calls).toBe(2);
});
