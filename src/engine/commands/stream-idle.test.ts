/** XREADGROUP … CLAIM: what was pending for too long comes before what is new. */
import { beforeEach, expect, test } from 'vitest';
import type { Session } from '../dispatch/session.ts';
import { TestEngine } from '../engine.testing.ts';

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
  for (let i = 1; i <= 3; i++) engine.run('XADD', 's', `${i}-0`, 'f', `v${i}`);
  engine.run('XGROUP', 'CREATE', 's', 'g', 0);
});

/** `id idle deliveries` of each entry replied. */
function told(reply: string): string[] {
  const rows = reply.matchAll(/\*4\r\n\$\d+\r\n(\d+-\d+)\r\n\*2\r\n\$1\r\nf\r\n\$\d+\r\nv\d\r\n:(\d+)\r\n:(\d+)\r\n/g);
  return [...rows].map(([, id, idle, deliveries]) => `${id} ${idle} ${deliveries}`);
}

function read(consumer: string, ...words: (string | number)[]): string {
  return engine.run('XREADGROUP', 'GROUP', 'g', consumer, ...words, 'STREAMS', 's', '>');
}

function claim(consumer: string, ...words: (string | number)[]): string[] {
  return told(read(consumer, 'CLAIM', ...words));
}

function pending(): string[] {
  const rows = engine
    .run('XPENDING', 's', 'g', '-', '+', 100)
    .matchAll(/(\d-0)\r\n\$1\r\n(.)\r\n:(\d+)\r\n:(\d+)\r\n/g);
  return [...rows].map(([, id, consumer, idle, deliveries]) => `${id} ${consumer} ${idle} ${deliveries}`);
}

test('what is idle is claimed, what is new is told as never delivered', () => {
  expect(claim('c', 100)).toEqual(['1-0 0 0', '2-0 0 0', '3-0 0 0']);
  engine.run('XADD', 's', '4-0', 'f', 'v4');
  engine.now += 100;
  expect(claim('d', 101)).toEqual(['4-0 0 0']);
  expect(claim('d', 100)).toEqual(['1-0 100 1', '2-0 100 1', '3-0 100 1']);
  expect(pending()).toEqual(['1-0 d 0 2', '2-0 d 0 2', '3-0 d 0 2', '4-0 d 0 1']);
  expect(read('d', 'CLAIM', 100)).toBe('*-1\r\n');
  expect(engine.run('XINFO', 'CONSUMERS', 's', 'g')).toContain('inactive\r\n:0\r\n');
});

test('COUNT is of both together, and the last CLAIM counts', () => {
  read('c', 'COUNT', 2);
  engine.now += 50;
  expect(claim('d', 50, 'COUNT', 1)).toEqual(['1-0 50 1']);
  expect(claim('d', 0, 'COUNT', 2, 'CLAIM', 50)).toEqual(['2-0 50 1', '3-0 0 0']);
});

test('who waited longest comes first', () => {
  read('c');
  engine.now += 1_000;
  const at = (id: string, ago: number) => engine.run('XCLAIM', 's', 'g', 'c', 0, id, 'IDLE', ago, 'JUSTID');
  at('1-0', 200);
  at('2-0', 900);
  at('3-0', 500);
  expect(claim('d', 300)).toEqual(['2-0 900 1', '3-0 500 1']);
  expect(claim('d', 100)).toEqual(['1-0 200 1']);
});

test('of very many only the oldest are taken', () => {
  for (let i = 4; i <= 3_000; i++) engine.run('XADD', 's', `${i}-0`, 'f', 'v9');
  read('c');
  engine.now += 10_000;
  for (let i = 3_000; i > 2_000; i--) engine.run('XCLAIM', 's', 'g', 'c', 0, `${i}-0`, 'IDLE', 20_000 + i, 'JUSTID');
  const reply = claim('d', 5_000, 'COUNT', 3);
  expect(reply).toEqual(['3000-0 23000 1', '2999-0 22999 1', '2998-0 22998 1']);
});

test('NOACK keeps what was pending pending, and makes nothing else so', () => {
  read('c', 'COUNT', 1);
  engine.now += 60;
  expect(claim('d', 50, 'NOACK')).toEqual(['1-0 60 1', '2-0 0 0', '3-0 0 0']);
  expect(pending()).toEqual(['1-0 d 0 2']);
});

test('what is no more in the stream is not claimed and stays pending', () => {
  read('c');
  engine.run('XTRIM', 's', 'MAXLEN', 1);
  engine.now += 60;
  expect(claim('d', 50)).toEqual(['3-0 60 1']);
  expect(pending()).toEqual(['1-0 c 60 1', '2-0 c 60 1', '3-0 d 0 2']);
  engine.run('XTRIM', 's', 'MAXLEN', 0);
  engine.now += 60;
  expect(read('d', 'CLAIM', 50)).toBe('*-1\r\n');
});

test('a group set back gives entries that are pending once more', () => {
  read('c', 'COUNT', 1);
  engine.run('XGROUP', 'SETID', 's', 'g', 0);
  expect(claim('d', 0)).toEqual(['1-0 0 1', '1-0 0 0', '2-0 0 0', '3-0 0 0']);
  expect(pending()).toEqual(['1-0 d 0 1', '2-0 d 0 1', '3-0 d 0 1']);
});

test('a history is as without CLAIM', () => {
  read('c', 'COUNT', 1);
  const history = engine.run('XREADGROUP', 'GROUP', 'g', 'c', 'CLAIM', 1000, 'STREAMS', 's', 0);
  expect(history).toBe('*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-0\r\n*2\r\n$1\r\nf\r\n$2\r\nv1\r\n');
});

test.each([
  [['CLAIM', 'x'], 'ERR min-idle-time is not an integer'],
  [['CLAIM', '5.5'], 'ERR min-idle-time is not an integer'],
  [['CLAIM', '-0'], 'ERR min-idle-time is not an integer'],
  [['CLAIM', '+10'], 'ERR min-idle-time is not an integer'],
  [['CLAIM', '-10'], 'ERR min-idle-time must be a positive integer'],
  [['CLAIM'], 'ERR min-idle-time is not an integer'],
])('%j is refused', (words, error) => {
  expect(read('c', ...words)).toBe(`-${error}\r\n`);
});

test('XREAD has no CLAIM, and an endless time claims nothing', () => {
  expect(engine.run('XREAD', 'CLAIM', 10, 'STREAMS', 's', 0)).toMatch(/^-ERR The CLAIM option is only supported by/);
  read('c', 'COUNT', 1);
  expect(claim('c', '9223372036854775807')).toEqual(['2-0 0 0', '3-0 0 0']);
});

/** What clients that waited were replied. */
function listen(): { client: Session; served: string[][] } {
  const client = engine.join();
  const served: string[][] = [];
  engine.engine.dispatcher.blocking.deliver = (_, write) => {
    const text = engine.written(write);
    if (text !== '') served.push(text === '*-1\r\n' ? ['late'] : told(text));
  };
  return { client, served };
}

function pass(ms: number): void {
  const { blocking } = engine.engine.dispatcher;
  const until = engine.now + ms;
  while (blocking.nextDeadline <= until) {
    engine.now = Math.max(engine.now, blocking.nextDeadline);
    engine.engine.dispatcher.beginTurn();
    blocking.expire(engine.now);
  }
  engine.now = until;
}

function waitFor(client: Session, blockMs: number, claimMs: number): void {
  const words = ['BLOCK', blockMs, 'CLAIM', claimMs, 'STREAMS', 's', '>'];
  expect(engine.runAs(client, 'XREADGROUP', 'GROUP', 'g', 'd', ...words)).toBe('');
}

test('who waits is given what has grown old meanwhile', () => {
  const { client, served } = listen();
  read('c');
  engine.now += 300;
  engine.run('XCLAIM', 's', 'g', 'c', 0, '2-0');
  waitFor(client, 5_000, 1_000);
  pass(699);
  expect(served).toEqual([]);
  pass(1);
  expect(served).toEqual([['1-0 1000 1', '3-0 1000 1']]);
  expect(engine.engine.dispatcher.blocking.nextDeadline).toBe(Number.POSITIVE_INFINITY);
});

test('who waits looks again when what it waited for was acknowledged, and is late at last', () => {
  const { client, served } = listen();
  read('c');
  waitFor(client, 2_500, 1_000);
  engine.run('XACK', 's', 'g', '1-0', '2-0', '3-0');
  pass(2_499);
  expect(served).toEqual([]);
  pass(1);
  expect(served).toEqual([['late']]);
});

test('who waits for what others are given after it gets it in time', () => {
  const { client, served } = listen();
  read('c');
  engine.run('XACK', 's', 'g', '1-0', '2-0', '3-0');
  waitFor(client, 0, 400);
  pass(200);
  engine.run('XCLAIM', 's', 'g', 'e', 0, '2-0', 'FORCE', 'JUSTID');
  pass(800);
  expect(served).toEqual([['2-0 400 1']]);
});

test('news wake those who wait before anything has grown old', () => {
  const { client, served } = listen();
  read('c');
  waitFor(client, 0, 1_000);
  engine.now += 100;
  engine.run('XADD', 's', '4-0', 'f', 'v4');
  expect(served).toEqual([['4-0 0 0']]);
});
