import { beforeEach, describe, expect, it } from 'vitest';
import type { TestEngine } from '../engine.testing.ts';
import type { Session } from './session.ts';
import { bulks, type WaitingClients, waitingClients } from './waiting-clients.testing.ts';

const SENTINEL = '*-1\r\n';

let engine: TestEngine;
let clients: Session[];
let served: WaitingClients['served'];
let wait: WaitingClients['wait'];

beforeEach(() => {
  ({ engine, clients, served, wait } = waitingClients(5));
});

/** Nobody waits, nobody listens. */
function expectNothingLeft(): void {
  const { blocking } = engine.engine.dispatcher;
  expect(blocking.nextDeadline).toBe(Number.POSITIVE_INFINITY);
  expect(blocking.countKeys(false)).toBe(0);
  expect(engine.engine.effects.listening).toBe(false);
}

describe('who waits', () => {
  it('is served in the order of coming, one element each', () => {
    for (const i of [2, 0, 1]) wait(i, 'BLPOP', 'q', 0);
    expect(engine.run('RPUSH', 'q', 'a', 'b')).toBe(':2\r\n');
    expect(served).toEqual([
      [2, bulks('q', 'a')],
      [0, bulks('q', 'b')],
    ]);
    engine.run('LPUSH', 'q', 'c');
    expect(served.at(-1)).toEqual([1, bulks('q', 'c')]);
    expect(engine.run('EXISTS', 'q')).toBe(':0\r\n');
    expectNothingLeft();
  });

  it('may wait for several keys, one of them twice', () => {
    wait(0, 'BRPOP', 'a', 'b', 'b', 'c', 0);
    engine.run('RPUSH', 'b', '1', '2');
    expect(served).toEqual([[0, bulks('b', '2')]]);
    engine.run('RPUSH', 'a', '1');
    expect(engine.run('LLEN', 'a')).toBe(':1\r\n');
    expectNothingLeft();
  });

  it.each([
    ['RENAME', ['RPUSH', 'other', 'x'], ['RENAME', 'other', 'q']],
    ['COPY', ['RPUSH', 'other', 'x'], ['COPY', 'other', 'q']],
    ['LMOVE', ['RPUSH', 'other', 'x'], ['LMOVE', 'other', 'q', 'LEFT', 'LEFT']],
    ['SORT STORE', ['RPUSH', 'other', 'x'], ['SORT', 'other', 'ALPHA', 'STORE', 'q']],
  ])('is woken by a key that %s brings', (_, before, bring) => {
    wait(0, 'BLPOP', 'q', 0);
    engine.run(...before);
    expect(served).toEqual([]);
    engine.run(...bring);
    expect(served).toEqual([[0, bulks('q', 'x')]]);
    expectNothingLeft();
  });

  it('is woken by SWAPDB and MOVE', () => {
    clients[1].database = 1;
    engine.runAs(clients[1], 'RPUSH', 'q', 'x');
    wait(0, 'BLPOP', 'q', 0);
    engine.run('SWAPDB', 0, 1);
    expect(served).toEqual([[0, bulks('q', 'x')]]);
    engine.runAs(clients[1], 'RPUSH', 'q', 'y');
    wait(0, 'BLPOP', 'q', 0);
    engine.runAs(clients[1], 'MOVE', 'q', 0);
    expect(served.at(-1)).toEqual([0, bulks('q', 'y')]);
    expectNothingLeft();
  });

  it('waits on when the key holds something else', () => {
    wait(0, 'BLPOP', 'q', 0);
    wait(1, 'BZPOPMIN', 'q', 0);
    engine.run('SET', 'q', 'v');
    engine.run('DEL', 'q');
    engine.run('ZADD', 'q', 1.5, 'm');
    expect(served).toEqual([[1, bulks('q', 'm', '1.5')]]);
    engine.run('RPUSH', 'q', 'x');
    expect(served.at(-1)).toEqual([0, bulks('q', 'x')]);
    expectNothingLeft();
  });

  it('is served after EXEC, with what is left then', () => {
    wait(0, 'BLPOP', 'q', 0);
    engine.run('MULTI');
    engine.run('RPUSH', 'q', 'a');
    engine.run('DEL', 'q');
    engine.run('EXEC');
    expect(served).toEqual([]);
    engine.run('MULTI');
    engine.run('RPUSH', 'q', 'a');
    engine.run('LPUSH', 'q', 'b');
    expect(engine.run('EXEC')).toBe('*2\r\n:1\r\n:2\r\n');
    expect(served).toEqual([[0, bulks('q', 'b')]]);
  });

  it('can wake others: a chain of BLMOVE', () => {
    wait(0, 'BLMOVE', 'c', 'd', 'LEFT', 'RIGHT', 0);
    wait(1, 'BRPOPLPUSH', 'b', 'c', 0);
    wait(2, 'BLMOVE', 'a', 'b', 'LEFT', 'RIGHT', 0);
    wait(3, 'BLPOP', 'd', 0);
    engine.run('RPUSH', 'a', 'x');
    expect(served).toEqual([
      [2, '$1\r\nx\r\n'],
      [1, '$1\r\nx\r\n'],
      [0, '$1\r\nx\r\n'],
      [3, bulks('d', 'x')],
    ]);
    expect(engine.run('DBSIZE')).toBe(':0\r\n');
    expectNothingLeft();
  });

  it('gets the error that running it again brings', () => {
    engine.run('SET', 'target', 'v');
    wait(0, 'BLMOVE', 'q', 'target', 'LEFT', 'LEFT', 0);
    wait(1, 'BLPOP', 'q', 0);
    engine.run('RPUSH', 'q', 'x');
    expect(served).toEqual([
      [0, '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n'],
      [1, bulks('q', 'x')],
    ]);
    expectNothingLeft();
  });

  it('takes several at once with BLMPOP and BZMPOP', () => {
    wait(0, 'BLMPOP', 0, 2, 'a', 'b', 'LEFT', 'COUNT', 10);
    engine.run('RPUSH', 'b', '1', '2');
    expect(served).toEqual([[0, `*2\r\n$1\r\nb\r\n${bulks('1', '2')}`]]);
    wait(1, 'BZMPOP', 0, 1, 'z', 'MAX', 'COUNT', 2);
    engine.run('ZADD', 'z', 1, 'a', 2, 'b', 3, 'c');
    expect(served.at(-1)).toEqual([1, `*2\r\n$1\r\nz\r\n*2\r\n${bulks('c', '3')}${bulks('b', '2')}`]);
    wait(2, 'BZPOPMAX', 'y', 0);
    engine.run('ZADD', 'y', 1, 'a', 2, 'b');
    expect(served.at(-1)).toEqual([2, bulks('y', 'b', '2')]);
  });

  it('keeps arguments of its own', () => {
    const key = Buffer.from('q');
    expect(engine.runAs(clients[0], 'BLPOP', key, 0)).toBe('');
    engine.run('RPUSH', 'q', 'x');
    expect(served).toEqual([[0, bulks('q', 'x')]]);
  });

  it('is counted once, when it is served', () => {
    const { commands, dispatcher } = engine.engine;
    wait(0, 'BLPOP', 'q', 0);
    expect(commands.byName('blpop')?.calls).toBe(0);
    engine.run('RPUSH', 'q', 'x');
    expect(commands.byName('blpop')?.calls).toBe(1);
    expect(commands.byName('rpush')?.calls).toBe(1);
    expect(dispatcher.totalCalls).toBe(2);
  });
});

describe('the end of a wait', () => {
  it('comes with its deadline, of parts of a millisecond, too', () => {
    const { blocking } = engine.engine.dispatcher;
    wait(0, 'BLPOP', 'q', '0.0001');
    wait(1, 'BLPOP', 'q', 2);
    wait(2, 'BLMOVE', 'q', 'r', 'LEFT', 'LEFT', '1.5');
    wait(3, 'BLPOP', 'q', 0);
    expect(blocking.nextDeadline).toBe(engine.now + 1);
    blocking.expire(engine.now);
    expect(served).toEqual([]);
    blocking.expire(engine.now + 1);
    expect(served.splice(0)).toEqual([[0, SENTINEL]]);
    blocking.expire(engine.now + 5000);
    expect(served.splice(0)).toEqual([
      [2, SENTINEL],
      [1, SENTINEL],
    ]);
    expect(blocking.timedCount).toBe(0);
    engine.run('RPUSH', 'q', 'x', 'y');
    expect(served).toEqual([[3, bulks('q', 'x')]]);
    expectNothingLeft();
  });

  it('comes with UNBLOCK, as late or with an error', () => {
    const { blocking } = engine.engine.dispatcher;
    wait(0, 'BLPOP', 'q', 0);
    wait(1, 'BLPOP', 'q', 100);
    expect(blocking.unblock(clients[0], false)).toBe(true);
    expect(blocking.unblock(clients[1], true)).toBe(true);
    expect(blocking.unblock(clients[1], true)).toBe(false);
    expect(served).toEqual([
      [0, SENTINEL],
      [1, '-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n'],
    ]);
    expect(engine.engine.commands.byName('blpop')).toMatchObject({ calls: 2, failed: 1 });
    expectNothingLeft();
  });

  it('comes when the client leaves', () => {
    wait(0, 'BLPOP', 'q', 'r', 100);
    engine.engine.dispatcher.blocking.forget(clients[0]);
    engine.run('RPUSH', 'q', 'x');
    expect(served).toEqual([]);
    expect(engine.run('LLEN', 'q')).toBe(':1\r\n');
    expectNothingLeft();
  });

  it('does not come before it began: inside MULTI nothing waits', () => {
    engine.run('MULTI');
    for (const words of [
      ['BLPOP', 'q', 0],
      ['BLMOVE', 'q', 'r', 'LEFT', 'LEFT', 0],
      ['BRPOPLPUSH', 'q', 'r', 0],
      ['BLMPOP', 0, 1, 'q', 'LEFT'],
      ['BZPOPMIN', 'q', 0],
      ['BZMPOP', 0, 1, 'q', 'MIN'],
      ['WAIT', 1, 0],
      ['WAITAOF', 0, 1, 0],
    ]) {
      engine.run(...words);
    }
    expect(engine.run('EXEC')).toBe('*8\r\n*-1\r\n$-1\r\n$-1\r\n*-1\r\n*-1\r\n*-1\r\n:0\r\n*2\r\n:0\r\n:0\r\n');
    expectNothingLeft();
  });
});

describe('timeouts', () => {
  it.each([
    ['nan', 'ERR timeout is not a float or out of range'],
    ['', 'ERR timeout is not a float or out of range'],
    [' 1', 'ERR timeout is not a float or out of range'],
    ['1 ', 'ERR timeout is not a float or out of range'],
    ['-1', 'ERR timeout is negative'],
    ['-inf', 'ERR timeout is negative'],
    ['1e300', 'ERR timeout is out of range'],
    ['1e400', 'ERR timeout is out of range'],
    ['inf', 'ERR timeout is out of range'],
    ['9223372036854775', 'ERR timeout is out of range'],
  ])('of %j seconds are refused', (timeout, error) => {
    expect(engine.run('BLPOP', 'q', timeout)).toBe(`-${error}\r\n`);
    expect(engine.run('BZMPOP', timeout, 1, 'q', 'MIN')).toBe(`-${error}\r\n`);
    expectNothingLeft();
  });

  it.each([
    ['1e-400', 1],
    ['-1e-400', Number.POSITIVE_INFINITY],
  ])('of %j seconds are read though no double is as small', (timeout, millis) => {
    const { blocking } = engine.engine.dispatcher;
    wait(0, 'BLPOP', 'q', timeout);
    expect(blocking.nextDeadline).toBe(engine.now + millis);
    blocking.unblock(clients[0], false);
    expectNothingLeft();
  });

  it('of WAIT are whole milliseconds', () => {
    expect(engine.run('WAIT', 0, 'x')).toBe('-ERR timeout is not an integer or out of range\r\n');
    expect(engine.run('WAIT', 0, -1)).toBe('-ERR timeout is negative\r\n');
    expect(engine.run('WAIT', 0, '9223372036854775807')).toBe('-ERR timeout is out of range\r\n');
    expect(engine.run('WAIT', 'x', 0)).toBe('-ERR value is not an integer or out of range\r\n');
    expect(engine.run('WAIT', 0, 100)).toBe(':0\r\n');
    expect(engine.run('WAITAOF', 2, 0, 0)).toBe('-ERR value is out of range, value must between 0 and 1\r\n');
    expect(engine.run('WAITAOF', 0, -1, 0)).toBe('-ERR value is out of range, must be positive\r\n');
    expect(engine.run('WAITAOF', 1, 0, 0)).toMatch(/^-ERR WAITAOF cannot be used when numlocal is set/);
    wait(0, 'WAIT', 1, 100);
    wait(1, 'WAITAOF', 0, 1, 50);
    engine.engine.dispatcher.blocking.expire(engine.now + 100);
    expect(served).toEqual([
      [1, '*2\r\n:0\r\n:0\r\n'],
      [0, ':0\r\n'],
    ]);
    expectNothingLeft();
  });
});
