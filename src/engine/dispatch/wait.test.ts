import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import type { TestEngine } from '../engine.testing.ts';
import type { Blocking } from './blocking.ts';
import type { Session } from './session.ts';
import { bulks, type WaitingClients, waitingClients } from './waiting-clients.testing.ts';

let engine: TestEngine;
let blocking: Blocking;
let clients: Session[];
let served: WaitingClients['served'];
let wait: WaitingClients['wait'];

beforeEach(begin);

function begin(): void {
  ({ engine, clients, served, wait } = waitingClients(4));
  blocking = engine.engine.dispatcher.blocking;
}

it('is used again by its session, however it ended', () => {
  wait(0, 'BLPOP', 'some:queue', 0);
  const first = clients[0].wait;
  engine.run('RPUSH', 'some:queue', 'x');
  const ends = [
    () => blocking.unblock(clients[0], true),
    () => blocking.expire(engine.now + 1000),
    () => engine.run('RPUSH', 'b', 'x'),
    () => engine.run('SET', 'b', 'x'),
  ];
  for (const end of ends) {
    wait(0, 'BLMOVE', 'b', 'a', 'LEFT', 'LEFT', 1);
    expect(clients[0].wait).toBe(first);
    expect(clients[0].wait?.places.length).toBe(1);
    end();
    engine.run('DEL', 'a', 'b');
  }
  blocking.forget(clients[0]);
  wait(1, 'BLPOP', 'some:queue', 0);
  expect(clients[1].wait).not.toBe(first);
  expect(served.map(([i]) => i)).toEqual([0, 0, 0, 0]);
});

it.each([
  ['long', ['BLPOP', 'k'.repeat(1100), 0]],
  ['of many arguments', ['BLPOP', ...Array(40).fill(''), 0]],
])('is not kept when it was %s', (_, request) => {
  wait(0, 'BLPOP', 'q', 0);
  blocking.unblock(clients[0], false);
  wait(0, ...request);
  blocking.unblock(clients[0], false);
  expect(clients[0].spareWait).toBeUndefined();
  wait(0, 'BLPOP', 'q', 0);
  expect(clients[0].parkedBytes).toBe('BLPOPq0'.length);
});

it('leaves the queue its key when another is parked in it', () => {
  wait(0, 'BLPOP', 'queue', 0);
  wait(1, 'BLPOP', 'queue', 0);
  blocking.unblock(clients[0], false);
  wait(0, 'BLPOP', 'other', 0);
  engine.run('RPUSH', 'queue', 'x');
  engine.run('RPUSH', 'other', 'y');
  expect(served.slice(1)).toEqual([
    [1, bulks('queue', 'x')],
    [0, bulks('other', 'y')],
  ]);
});

it('keeps its own arguments when it was run again in vain', () => {
  wait(1, 'XREAD', 'BLOCK', 0, 'STREAMS', 'q', '5-0');
  blocking.unblock(clients[1], false);
  wait(0, 'XREAD', 'BLOCK', 0, 'STREAMS', 's', '9-0');
  wait(1, 'XREAD', 'BLOCK', 0, 'STREAMS', 's', '1-0');
  served.length = 0;
  engine.run('XADD', 's', '2-0', 'f', 'v');
  wait(1, 'XREAD', 'BLOCK', 0, 'STREAMS', 'another', '99-0');
  engine.run('XADD', 's', '9-1', 'f', 'w');
  expect(served.map(([i]) => i)).toEqual([1, 0]);
  expect(served[1][1]).toContain('9-1');
});

/** Lists and those who wait for them, as plainly as can be. */
class Model {
  readonly lists = new Map<string, string[]>();
  readonly served: [number, string][] = [];
  waits: { client: number; keys: readonly string[]; deadline: number }[] = [];

  isWaiting(client: number): boolean {
    return this.waits.some((one) => one.client === client);
  }

  /** The reply of BLPOP; '' when it waits. */
  pop(client: number, keys: readonly string[], deadline: number): string {
    const key = keys.find((one) => this.lists.has(one));
    if (key !== undefined) return this.take(key);
    this.waits.push({ client, keys, deadline });
    return '';
  }

  push(keys: readonly string[]): void {
    for (const key of keys) this.lists.set(key, [...(this.lists.get(key) ?? []), `to ${key}`]);
    for (const key of new Set(keys)) {
      for (const one of this.waits.filter((other) => other.keys.includes(key))) {
        if (!this.lists.has(key)) break;
        this.end(one.client, this.take(one.keys.find((other) => this.lists.has(other)) as string));
      }
    }
  }

  end(client: number, reply: string): void {
    this.waits = this.waits.filter((one) => one.client !== client);
    if (reply !== '') this.served.push([client, reply]);
  }

  expire(now: number): void {
    const due = this.waits.filter(({ deadline }) => deadline <= now);
    for (const { client } of due.sort((a, b) => a.deadline - b.deadline)) this.end(client, '*-1\r\n');
  }

  private take(key: string): string {
    const [first, ...rest] = this.lists.get(key) as string[];
    if (rest.length > 0) this.lists.set(key, rest);
    else this.lists.delete(key);
    return bulks(key, first);
  }
}

const keys = fc.array(fc.constantFrom('', 'a', 'b', 'queue:1', 'queue:22', 'c'.repeat(300), 'd'.repeat(1100)), {
  minLength: 1,
  maxLength: 3,
});
const client = fc.nat(3);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('wait' as const), client, keys }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('push' as const), client, keys }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('unblock', 'leave', 'expire'), client, keys }) },
);

it('serves whom it should with what it should, whatever waits ended before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      begin();
      const model = new Model();
      for (const [at, { what, client, keys }] of steps.entries()) {
        const session = clients[client];
        if (what === 'push') {
          engine.run('MULTI');
          for (const key of keys) engine.run('RPUSH', key, `to ${key}`);
          engine.run('EXEC');
          model.push(keys);
        } else if (what === 'expire') {
          engine.now += 5000;
          blocking.expire(engine.now);
          model.expire(engine.now);
        } else if (what === 'wait' && !model.isWaiting(client)) {
          // No two deadlines are the same: of those it does not matter which is first.
          const reply = engine.runAs(session, 'BLPOP', ...keys, 1 + at / 10);
          expect(reply).toBe(model.pop(client, keys, engine.now + 1000 + at * 100));
        } else if (what === 'unblock') {
          expect(blocking.unblock(session, false)).toBe(model.isWaiting(client));
          if (model.isWaiting(client)) model.end(client, '*-1\r\n');
        } else if (what === 'leave') {
          blocking.forget(session);
          model.end(client, '');
        }
        expect(served).toEqual(model.served);
        expect(blocking.countKeys(false)).toBe(new Set(model.waits.flatMap((one) => one.keys)).size);
        expect(blocking.timedCount).toBe(model.waits.length);
      }
    }),
    { numRuns: 80 },
  );
});
