import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

const WRONG_TYPE = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';

function array(...texts: string[]): string {
  return `*${texts.length}\r\n${texts.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`;
}

function encoding(engine: TestEngine, key = 'l'): string {
  return engine.run('OBJECT', 'ENCODING', key).split('\r\n')[1];
}

/** What one call recorded: its events, and by how much it moved `dirty`. */
function effectsOf(engine: TestEngine, ...words: (string | number)[]): string {
  const { effects } = engine.engine;
  const before = effects.dirty;
  const events: string[] = [];
  effects.subscribe((changes) => {
    for (const { event, key } of changes) events.push(`${event} ${key}`);
  });
  engine.run(...words);
  return `${effects.dirty - before}: ${events.join(', ')}`;
}

describe('at the ends of lists', () => {
  it('pushes one after the other', () => {
    const engine = new TestEngine();
    expect(engine.run('RPUSH', 'l', 'c', 'd')).toBe(':2\r\n');
    expect(engine.run('LPUSH', 'l', 'b', 'a')).toBe(':4\r\n');
    expect(engine.run('LRANGE', 'l', 0, -1)).toBe(array('a', 'b', 'c', 'd'));
  });

  it('pushes with X only where there is a list', () => {
    const engine = new TestEngine();
    expect(engine.run('LPUSHX', 'l', 'a')).toBe(':0\r\n');
    expect(engine.run('EXISTS', 'l')).toBe(':0\r\n');
    engine.run('RPUSH', 'l', 'a');
    expect(engine.run('RPUSHX', 'l', 'b', 'c')).toBe(':3\r\n');
  });

  it('pops one, several, and the key with the last', () => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'l', 'a', 'b', 'c', '4', '5');
    expect(engine.run('LPOP', 'l')).toBe('$1\r\na\r\n');
    expect(engine.run('RPOP', 'l', 2)).toBe(array('5', '4'));
    expect(engine.run('LPOP', 'l', 0)).toBe('*0\r\n');
    expect(engine.run('LPOP', 'l', 99)).toBe(array('b', 'c'));
    expect(engine.run('EXISTS', 'l')).toBe(':0\r\n');
    expect(engine.run('LPOP', 'l')).toBe('$-1\r\n');
    expect(engine.run('LPOP', 'l', 1)).toBe('*-1\r\n');
    expect(new TestEngine([], 3).run('RPOP', 'l', 1)).toBe('_\r\n');
  });

  it('refuses counts and types as Redis does', () => {
    const engine = new TestEngine();
    engine.run('SET', 's', 'x');
    for (const words of [
      ['LPOP', 's'],
      ['RPUSH', 's', 'a'],
      ['LPUSHX', 's', 'a'],
      ['LLEN', 's'],
      ['LINDEX', 's', '0'],
    ]) {
      expect(engine.run(...words)).toBe(WRONG_TYPE);
    }
    expect(engine.run('LPOP', 's', '-1')).toBe('-ERR value is out of range, must be positive\r\n');
    expect(engine.run('LPOP', 's', '1', '2')).toBe("-ERR wrong number of arguments for 'lpop' command\r\n");
  });
});

describe('in the middle of lists', () => {
  it('reads and sets by index from either end', () => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'l', 'a', 'b', 'c');
    expect(engine.run('LINDEX', 'l', -1)).toBe('$1\r\nc\r\n');
    expect(engine.run('LINDEX', 'l', 3)).toBe('$-1\r\n');
    expect(engine.run('LSET', 'l', -2, 'B')).toBe('+OK\r\n');
    expect(engine.run('LSET', 'l', 3, 'D')).toBe('-ERR index out of range\r\n');
    expect(engine.run('LSET', 'm', 0, 'D')).toBe('-ERR no such key\r\n');
    expect(engine.run('LRANGE', 'l', 1, 100)).toBe(array('B', 'c'));
  });

  it('removes from either side, and inserts beside the first', () => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'l', 'a', 'b', 'a', 'b', 'a');
    expect(engine.run('LREM', 'l', -1, 'b')).toBe(':1\r\n');
    expect(engine.run('LINSERT', 'l', 'AFTER', 'a', '2')).toBe(':5\r\n');
    expect(engine.run('LINSERT', 'l', 'before', 'nothing', '2')).toBe(':-1\r\n');
    expect(engine.run('LRANGE', 'l', 0, -1)).toBe(array('a', '2', 'b', 'a', 'a'));
    expect(engine.run('LREM', 'l', 0, 'a')).toBe(':3\r\n');
    expect(engine.run('LTRIM', 'l', 5, 7)).toBe('+OK\r\n');
    expect(engine.run('EXISTS', 'l')).toBe(':0\r\n');
  });
});

describe('encodings', () => {
  it('leaves the record when a push passes the limit in bytes, and comes back at half of it', () => {
    const engine = new TestEngine();
    // 7 bytes of listpack and 8 x 1003; Redis counts only the bytes of what is added.
    for (let i = 0; i < 8; i++) engine.run('RPUSH', 'l', 'x'.repeat(1000));
    expect(encoding(engine)).toBe('listpack');
    engine.run('RPUSH', 'l', 'y'.repeat(8192 - 7 - 8 * 1004));
    expect(encoding(engine)).toBe('listpack');
    engine.run('LPUSH', 'l', 'y');
    expect(encoding(engine)).toBe('quicklist');
    for (let i = 0; i < 4; i++) engine.run('RPOP', 'l');
    engine.run('LPOP', 'l');
    expect(encoding(engine)).toBe('quicklist');
    engine.run('LPOP', 'l');
    expect(encoding(engine)).toBe('listpack');
    expect(engine.run('LLEN', 'l')).toBe(':4\r\n');
  });

  it.each([
    [5, 5, 2],
    [4, 4, 2],
    [1, 1, 0],
    [0, 1, 0],
  ])('with a limit of %i elements: a listpack up to %i, again from %i on', (limit, most, half) => {
    const engine = new TestEngine();
    engine.engine.keyspace.encodingLimits.listMaxListpackSize = limit;
    for (let i = 0; i < most; i++) engine.run('RPUSH', 'l', i);
    expect(encoding(engine)).toBe('listpack');
    engine.run('RPUSH', 'l', 'more');
    expect(encoding(engine)).toBe('quicklist');
    for (let left = most; left > 0; left--) {
      engine.run('RPOP', 'l');
      expect([left, encoding(engine)]).toEqual([left, left > half ? 'quicklist' : 'listpack']);
    }
  });

  it('converts for an insertion that does not happen, as Redis does', () => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'l', 'a');
    engine.run('LINSERT', 'l', 'BEFORE', 'nothing', 'x'.repeat(9000));
    expect(encoding(engine)).toBe('quicklist');
    engine.run('LSET', 'l', 0, 'b');
    expect(encoding(engine)).toBe('listpack');
    engine.run('LSET', 'l', 1, 'x'.repeat(9000));
    expect(encoding(engine)).toBe('quicklist');
  });

  it('looks at all that a push brings together', () => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'l', ...Array<string>(9).fill('x'.repeat(1000)));
    expect(encoding(engine)).toBe('quicklist');
    engine.run('RPUSH', 'm', ...Array<string>(5000).fill(''));
    expect(encoding(engine, 'm')).toBe('listpack');
    expect(engine.run('LLEN', 'm')).toBe(':5000\r\n');
  });
});

describe('what lists record', () => {
  it.each<[string, (string | number)[]]>([
    ['3: rpush l', ['RPUSH', 'l', 'x', 'y', 'z']],
    ['1: lpush l', ['LPUSHX', 'l', 'x']],
    ['1: lpop l', ['LPOP', 'l']],
    ['2: rpop l', ['RPOP', 'l', 2]],
    ['4: lpop l, del l', ['LPOP', 'l', 100]],
    ['0: ', ['LPOP', 'l', 0]],
    ['1: lset l', ['LSET', 'l', 0, 'x']],
    ['0: ltrim l', ['LTRIM', 'l', 0, -1]],
    ['2: ltrim l', ['LTRIM', 'l', 1, 2]],
    ['4: ltrim l, del l', ['LTRIM', 'l', 9, 9]],
    ['2: lrem l', ['LREM', 'l', 0, 'a']],
    ['0: ', ['LREM', 'l', 0, 'nothing']],
    ['1: linsert l', ['LINSERT', 'l', 'AFTER', 'a', 'x']],
    ['0: ', ['LINSERT', 'l', 'AFTER', 'nothing', 'x']],
    ['1: rpush m, lpop l', ['LMOVE', 'l', 'm', 'LEFT', 'RIGHT']],
    ['1: lpush l, rpop l', ['RPOPLPUSH', 'l', 'l']],
    ['3: rpop l', ['LMPOP', 1, 'l', 'RIGHT', 'COUNT', 3]],
  ])('%s', (expected, words) => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'l', 'a', 'b', 'a', 'c');
    expect(effectsOf(engine, ...words)).toBe(expected);
  });
});
