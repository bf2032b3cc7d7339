/** Units that are interrupted: what others get meanwhile, what they see, and how the unit ends. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ALLOW_BUSY, family, NO_KEYS, READONLY, row } from '../commands/spec.ts';
import { TestEngine } from '../engine.testing.ts';
import type { Session } from './session.ts';

const BUSY = 'BUSY try later';

let engine: Counting;
let other: Session;
/** How often LONG still gives way. */
let rounds = 0;
/** LONG changes something. */
let changes = true;

/** A command that counts a key up in every round, and replies with the count. */
const long = family('generic', [
  row('LONG', () => work(), 1, 0),
  row('PATIENT', (_, __, reply) => reply.ok(), 1, READONLY | ALLOW_BUSY, NO_KEYS),
]);

function work(): boolean {
  const { dispatcher } = engine.engine;
  const { session } = dispatcher.call;
  if (changes) engine.count();
  if (rounds-- > 0) {
    dispatcher.interruption.begin(work, BUSY);
    return false;
  }
  session.reply.integer(engine.seen);
  return true;
}

class Counting extends TestEngine {
  seen = 0;

  /** Runs INCR inside the running unit. */
  count(): void {
    const { dispatcher, commands } = this.engine;
    const incr = commands.byName('incr');
    if (incr === undefined) throw new Error('no INCR');
    const { session } = dispatcher.call;
    const reply = this.written(() =>
      dispatcher.runUnit(() => dispatcher.runInside(session, incr, this.args('INCR', 'n'))),
    );
    this.seen = Number(reply.slice(1));
  }

  /** Lets the interrupted unit go on; what it replied. */
  goOn(): string {
    return this.written(() => this.engine.dispatcher.interruption.goOn());
  }
}

beforeEach(() => {
  engine = new Counting([long]);
  other = engine.join();
  rounds = 0;
  changes = true;
});

describe('an interrupted unit', () => {
  it('replies when it is over', () => {
    rounds = 2;
    expect(engine.run('LONG')).toBe('');
    expect(engine.engine.dispatcher.interruption.isActive).toBe(true);
    expect(engine.goOn()).toBe('');
    expect(engine.goOn()).toBe(':3\r\n');
    expect(engine.engine.dispatcher.interruption.isActive).toBe(false);
    expect(engine.runAs(other, 'GET', 'n')).toBe('$1\r\n3\r\n');
  });

  it('keeps others out, except from what may always be done', () => {
    rounds = 1;
    engine.run('LONG');
    expect(engine.runAs(other, 'GET', 'n')).toBe(`-${BUSY}\r\n`);
    expect(engine.runAs(other, 'PATIENT')).toBe('+OK\r\n');
    expect(engine.runAs(other, 'MULTI')).toBe('+OK\r\n');
    expect(engine.runAs(other, 'INCR', 'n')).toBe(`-${BUSY}\r\n`);
    expect(engine.goOn()).toBe(':2\r\n');
    expect(engine.runAs(other, 'EXEC')).toMatch(/^-EXECABORT/);
  });

  it('publishes what it changed at its end, in one piece', () => {
    const published: number[] = [];
    engine.engine.effects.subscribe((changes) => published.push(changes.length));
    rounds = 2;
    engine.run('LONG');
    engine.runAs(other, 'PATIENT');
    engine.goOn();
    expect(published).toEqual([]);
    engine.goOn();
    expect(published).toEqual([3]);
  });

  it('does not concern who watches a key only after it was changed', () => {
    const early = engine.join();
    engine.engine.notifications.choose(-1);
    engine.runAs(early, 'WATCH', 'n');
    rounds = 1;
    engine.run('LONG');
    changes = false;
    expect(engine.runAs(other, 'WATCH', 'n')).toBe('+OK\r\n');
    engine.goOn();
    for (const [session, outcome] of [
      [early, '*-1\r\n'],
      [other, '*1\r\n$1\r\n1\r\n'],
    ] as const) {
      engine.runAs(session, 'MULTI');
      engine.runAs(session, 'GET', 'n');
      expect(engine.runAs(session, 'EXEC')).toBe(outcome);
    }
  });

  it('concerns who watches a key that it changes then', () => {
    rounds = 1;
    engine.run('LONG');
    engine.runAs(other, 'WATCH', 'n');
    engine.goOn();
    engine.runAs(other, 'MULTI');
    expect(engine.runAs(other, 'EXEC')).toBe('*-1\r\n');
  });

  it('sees the time at which it began, and nothing expires meanwhile', () => {
    engine.run('SET', 'soon', 'gone', 'PX', 10);
    rounds = 1;
    engine.run('LONG');
    const { keyspace } = engine.engine;
    const began = keyspace.now;
    engine.now += 20;
    engine.runAs(other, 'PATIENT');
    keyspace.expireDue(() => true);
    expect(keyspace.databases[0].size).toBe(2);
    let seen = 0;
    engine.engine.effects.subscribe(() => {
      seen = keyspace.now;
    });
    engine.goOn();
    expect(seen).toBe(began);
    keyspace.expireDue(() => true);
    expect(keyspace.databases[0].size).toBe(1);
  });

  it('can be part of EXEC, several times', () => {
    engine.run('MULTI');
    for (const name of ['LONG', 'PATIENT', 'LONG']) engine.run(name);
    rounds = 1;
    expect(engine.run('EXEC')).toBe('*3\r\n');
    expect(engine.runAs(other, 'GET', 'n')).toBe(`-${BUSY}\r\n`);
    rounds = 0;
    expect(engine.goOn()).toBe(':2\r\n+OK\r\n:3\r\n');
    expect(engine.session.transaction).toBe(undefined);
    expect(engine.run('GET', 'n')).toBe('$1\r\n3\r\n');
  });

  it('is accounted once, with all it called', () => {
    rounds = 2;
    engine.run('LONG');
    engine.runAs(other, 'GET', 'n');
    engine.goOn();
    engine.goOn();
    const { commands, dispatcher } = engine.engine;
    expect(commands.byName('long')).toMatchObject({ calls: 1, failed: 0, rejected: 0 });
    expect(commands.byName('incr')?.calls).toBe(3);
    expect(commands.byName('get')).toMatchObject({ calls: 0, rejected: 1 });
    expect(dispatcher.totalCalls).toBe(4);
  });

  it('ends although its client has left', () => {
    rounds = 1;
    engine.run('LONG');
    const { interruption } = engine.engine.dispatcher;
    interruption.deliver = (_, write) => void engine.written(write);
    expect(engine.goOn()).toBe('');
    expect(interruption.isActive).toBe(false);
  });
});
