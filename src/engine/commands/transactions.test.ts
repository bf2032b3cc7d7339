import { beforeEach, describe, expect, it } from 'vitest';
import { ReplyTooLong } from '../../protocol/output-buffer.ts';
import { MEMORY_LIMITED } from '../dispatch/dispatch.ts';
import type { Session } from '../dispatch/session.ts';
import { TestEngine } from '../engine.testing.ts';
import { FROZEN_FOR_PAUSE } from '../keyspace/keyspace.ts';

const OK = '+OK\r\n';
const QUEUED = '+QUEUED\r\n';
const NULL = '*-1\r\n';
const ABORTED = '-EXECABORT Transaction discarded because of previous errors.\r\n';

let engine: TestEngine;
let other: Session;

beforeEach(() => {
  engine = new TestEngine();
  other = engine.join();
});

describe('MULTI and EXEC', () => {
  it('run all of the queue though there is no room for a reply', () => {
    engine.run('SADD', 's', 'm');
    engine.run('MULTI');
    engine.run('INCR', 'before');
    engine.run('SRANDMEMBER', 's', '-9223372036854775807');
    engine.run('INCR', 'after');
    let published = 0;
    const { effects } = engine.engine.keyspace;
    effects.subscribe((changes) => {
      published = changes.length;
    }, 'log');
    expect(() => engine.run('EXEC')).toThrow(ReplyTooLong);
    expect(published).toBe(2);
    expect(engine.runAs(other, 'MGET', 'before', 'after')).toBe('*2\r\n$1\r\n1\r\n$1\r\n1\r\n');
    expect(engine.session.transaction).toBeUndefined();
  });

  it('run what was queued, and reply with its replies', () => {
    expect(engine.run('MULTI')).toBe(OK);
    expect(engine.run('SET', 'k', 'v')).toBe(QUEUED);
    expect(engine.run('LPUSH', 'k', 'x')).toBe(QUEUED);
    expect(engine.run('GET', 'k')).toBe(QUEUED);
    expect(engine.runAs(other, 'GET', 'k')).toBe('$-1\r\n');
    expect(engine.run('EXEC')).toBe(
      '*3\r\n+OK\r\n-WRONGTYPE Operation against a key holding the wrong kind of value\r\n$1\r\nv\r\n',
    );
    expect(engine.run('GET', 'k')).toBe('$1\r\nv\r\n');
    expect(engine.session.alerts).toBe(0);
  });

  it('keep arguments of their own', () => {
    engine.run('MULTI');
    const value = Buffer.from('first');
    engine.run('SET', 'k', value);
    value.write('wrong');
    engine.run('APPEND', 'k', ' second');
    engine.run('EXEC');
    expect(engine.run('GET', 'k')).toBe('$12\r\nfirst second\r\n');
  });

  it('follow SWAPDB inside', () => {
    engine.run('MULTI');
    expect(engine.run('SWAPDB', 0, 1)).toBe(QUEUED);
    expect(engine.run('SET', 'k', 'v')).toBe(QUEUED);
    expect(engine.run('EXEC')).toBe('*2\r\n+OK\r\n+OK\r\n');
    expect(engine.run('DBSIZE')).toBe(':1\r\n');
  });

  it('end with DISCARD', () => {
    engine.run('MULTI');
    engine.run('SET', 'k', 'v');
    expect(engine.run('DISCARD')).toBe(OK);
    expect(engine.run('DISCARD')).toBe('-ERR DISCARD without MULTI\r\n');
    expect(engine.run('EXEC')).toBe('-ERR EXEC without MULTI\r\n');
    expect(engine.run('EXISTS', 'k')).toBe(':0\r\n');
  });

  it('do not nest, and a nested MULTI or a WATCH breaks nothing', () => {
    engine.run('MULTI');
    expect(engine.run('MULTI')).toBe('-ERR MULTI calls can not be nested\r\n');
    expect(engine.run('WATCH', 'k')).toBe('-ERR WATCH inside MULTI is not allowed\r\n');
    expect(engine.run('UNWATCH')).toBe(QUEUED);
    expect(engine.run('EXEC')).toBe('*1\r\n+OK\r\n');
  });

  it.each([
    ['an unknown command', ['NOSUCH'], "-ERR unknown command 'NOSUCH', with args beginning with: \r\n"],
    ['a wrong number of arguments', ['SET', 'k'], "-ERR wrong number of arguments for 'set' command\r\n"],
    ['an unknown subcommand', ['OBJECT', 'NOSUCH'], "-ERR unknown subcommand 'NOSUCH'. Try OBJECT HELP.\r\n"],
    ['WATCH without keys', ['WATCH'], "-ERR wrong number of arguments for 'watch' command\r\n"],
  ])('are refused after %s', (_, words, error) => {
    engine.run('MULTI');
    engine.run('SET', 'a', '1');
    expect(engine.run(...words)).toBe(error);
    expect(engine.run('SET', 'b', '1')).toBe(QUEUED);
    expect(engine.run('EXEC')).toBe(ABORTED);
    expect(engine.run('EXISTS', 'a', 'b')).toBe(':0\r\n');
    expect(engine.run('EXEC')).toBe('-ERR EXEC without MULTI\r\n');
  });

  it('are over when EXEC itself is refused', () => {
    const refusal = "-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command\r\n";
    expect(engine.run('EXEC', 'x')).toBe(refusal);
    engine.run('MULTI');
    expect(engine.run('EXEC', 'x')).toBe(refusal);
    expect(engine.run('EXEC')).toBe('-ERR EXEC without MULTI\r\n');
  });

  it('are refused memory that there is not', () => {
    const { dispatcher, evictor } = engine.engine;
    engine.run('MULTI');
    engine.run('SET', 'k', 'v');
    const reading = engine.join();
    engine.runAs(reading, 'MULTI');
    engine.runAs(reading, 'GET', 'k');
    evictor.maxMemory = 1;
    dispatcher.alert(MEMORY_LIMITED, true);
    const oom = "OOM command not allowed when used memory > 'maxmemory'.\r\n";
    expect(engine.runAs(other, 'SET', 'k', 'v')).toBe(`-${oom}`);
    expect(engine.run('EXEC')).toBe(`-EXECABORT Transaction discarded because of: ${oom}`);
    expect(engine.runAs(reading, 'EXEC')).toBe('*1\r\n$-1\r\n');
    engine.run('MULTI');
    for (const command of [['GET', 'k'], ['WATCH', 'k'], ['MULTI'], ['UNWATCH']]) {
      expect(engine.run(...command)).toBe(`-${oom}`);
    }
    expect(engine.run('DISCARD')).toBe(OK);
  });

  it('count calls and errors where they happen', () => {
    const { commands, dispatcher } = engine.engine;
    engine.run('SET', 's', 'v');
    engine.run('MULTI');
    engine.run('LPUSH', 's', 'x');
    engine.run('GET', 's');
    engine.run('GET', 's');
    const before = dispatcher.totalCalls;
    engine.run('EXEC');
    expect(dispatcher.totalCalls - before).toBe(4);
    const seen = ['exec', 'lpush', 'get', 'multi'].map((name) => {
      const command = commands.byName(name);
      return [command?.calls, command?.failed, command?.rejected];
    });
    expect(seen).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [2, 0, 0],
      [1, 0, 0],
    ]);
    expect(dispatcher.errorCounts.get('WRONGTYPE')).toBe(1);
    engine.run('MULTI');
    engine.run('SET');
    engine.run('EXEC');
    expect(commands.byName('set')?.rejected).toBe(1);
    expect(commands.byName('exec')?.failed).toBe(1);
    expect(dispatcher.errorCounts.get('EXECABORT')).toBe(1);
  });

  it('leave as one unit', () => {
    const units: string[] = [];
    engine.engine.effects.subscribe((changes) => units.push(changes.map(({ event, key }) => `${event} ${key}`).join()));
    engine.run('MULTI');
    engine.run('SET', 'a', '1');
    engine.run('RPUSH', 'b', '1');
    engine.run('DEL', 'a');
    engine.run('EXEC');
    expect(units).toEqual(['set a,rpush b,del a']);
  });

  it('copy large values at once inside', () => {
    const pairs = Array.from({ length: 10_000 }, (_, i) => [`f${i}`, 'v']).flat();
    engine.run('HSET', 'h', ...pairs);
    engine.run('MULTI');
    expect(engine.run('COPY', 'h', 'copy')).toBe(QUEUED);
    engine.run('HSET', 'h', 'f0', 'changed');
    engine.run('COPY', 'h', 'changed');
    expect(engine.run('EXEC')).toBe('*3\r\n:1\r\n:0\r\n:1\r\n');
    expect(engine.run('HGET', 'copy', 'f0')).toBe('$1\r\nv\r\n');
    expect(engine.run('HGET', 'changed', 'f0')).toBe('$7\r\nchanged\r\n');
  });
});

describe('WATCH', () => {
  function execAfter(change: () => void): string {
    change();
    engine.run('MULTI');
    engine.run('EXISTS', 'nothing');
    return engine.run('EXEC');
  }
  const RAN = '*1\r\n:0\r\n';

  it.each([
    ['changed', ['SET', 'k', 'new']],
    ['deleted', ['DEL', 'k']],
    ['given a deadline', ['EXPIRE', 'k', 100]],
    ['renamed', ['RENAME', 'k', 'moved']],
    ['replaced by a rename', ['RENAME', 'x', 'k']],
    ['flushed', ['FLUSHDB']],
    ['flushed with all', ['FLUSHALL']],
    ['swapped', ['SWAPDB', 0, 1]],
    ['moved', ['MOVE', 'k', 1]],
    ['changed in part', ['APPEND', 'k', 'x']],
  ])('lets EXEC fail when the key is %s', (_, words) => {
    engine.run('SET', 'k', 'v');
    engine.run('SET', 'x', 'v');
    engine.run('WATCH', 'k', 'untouched');
    expect(execAfter(() => engine.runAs(other, ...words))).toBe(NULL);
    expect(execAfter(() => {})).toBe(RAN);
  });

  it.each([
    ['another key', ['SET', 'other', 'v']],
    ['nothing', ['SETNX', 'k', 'x']],
    ['a reader', ['GET', 'k']],
    ['a failed write', ['LPUSH', 'k', 'x']],
    ['another database', ['SWAPDB', 1, 2]],
  ])('lets EXEC run after %s', (_, words) => {
    engine.run('SET', 'k', 'v');
    engine.run('WATCH', 'k');
    expect(execAfter(() => engine.runAs(other, ...words))).toBe(RAN);
  });

  it('tells a key that was not there from one that was', () => {
    engine.run('WATCH', 'absent');
    expect(execAfter(() => engine.runAs(other, 'FLUSHALL'))).toBe(RAN);
    engine.run('WATCH', 'absent');
    expect(execAfter(() => engine.runAs(other, 'SWAPDB', 0, 1))).toBe(RAN);
    engine.run('WATCH', 'absent');
    other.database = 1;
    engine.runAs(other, 'SET', 'absent', 'v');
    expect(execAfter(() => engine.runAs(other, 'SWAPDB', 0, 1))).toBe(NULL);
    engine.run('DEL', 'absent');
    engine.run('WATCH', 'absent');
    expect(execAfter(() => engine.run('SET', 'absent', 'v'))).toBe(NULL);
  });

  it('is told of a key that SWAPDB brings, though a second one takes it away again', () => {
    const twice = (): void => {
      engine.runAs(other, 'MULTI');
      engine.runAs(other, 'SWAPDB', 0, 1);
      engine.runAs(other, 'SWAPDB', 1, 0);
      engine.runAs(other, 'EXEC');
    };
    engine.run('WATCH', 'brought');
    expect(execAfter(twice)).toBe(RAN);
    other.database = 1;
    engine.runAs(other, 'SET', 'brought', 'v');
    engine.run('WATCH', 'brought');
    expect(execAfter(twice)).toBe(NULL);
    expect(engine.run('EXISTS', 'brought')).toBe(':0\r\n');
  });

  it('notices deadlines: before it begins, and before EXEC', () => {
    engine.run('SET', 'k', 'v', 'PX', 10);
    engine.run('WATCH', 'k');
    engine.now += 20;
    expect(execAfter(() => {})).toBe(NULL);
    engine.run('SET', 'k', 'v', 'PX', 10);
    engine.now += 20;
    engine.run('WATCH', 'k');
    expect(execAfter(() => engine.runAs(other, 'GET', 'k'))).toBe(RAN);
  });

  it('is not concerned by a key whose deadline had passed while nothing may be removed', () => {
    const { keyspace } = engine.engine;
    engine.run('SET', 'k', 'v', 'PX', 10);
    keyspace.freeze(FROZEN_FOR_PAUSE, true);
    engine.now += 20;
    engine.run('WATCH', 'k');
    keyspace.freeze(FROZEN_FOR_PAUSE, false);
    expect(execAfter(() => engine.runAs(other, 'GET', 'k'))).toBe(RAN);
  });

  it('ends with UNWATCH, DISCARD and EXEC, and leaves no listener', () => {
    const { effects } = engine.engine;
    engine.run('WATCH', 'a', 'a', 'b');
    expect(engine.session.watcher?.keys.length).toBe(2);
    expect(effects.listening).toBe(true);
    engine.run('UNWATCH');
    expect(effects.listening).toBe(false);
    engine.run('WATCH', 'a');
    engine.run('MULTI');
    engine.run('DISCARD');
    expect(effects.listening).toBe(false);
    engine.run('WATCH', 'a');
    engine.runAs(other, 'SET', 'a', '1');
    expect(effects.listening).toBe(false);
    engine.run('UNWATCH');
    expect(execAfter(() => {})).toBe(RAN);
    engine.run('WATCH', 'a');
    engine.engine.dispatcher.transactions.discard(engine.session);
    expect(effects.listening).toBe(false);
  });

  it('belongs to the database that was selected', () => {
    engine.run('WATCH', 'k');
    other.database = 1;
    expect(execAfter(() => engine.runAs(other, 'SET', 'k', 'v'))).toBe(RAN);
  });
});
