import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWeight } from '../../bytes/parse-double.ts';
import { TestEngine } from '../engine.testing.ts';
import { SeenEvents } from './seen-events.testing.ts';

const WRONG_TYPE = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';
const NOT_NUMBERS = "-ERR One or more scores can't be converted into double\r\n";

type Word = string | number | Uint8Array;

function array(...texts: (string | null)[]): string {
  const elements = texts.map((text) => (text === null ? '$-1\r\n' : `$${text.length}\r\n${text}\r\n`));
  return `*${texts.length}\r\n${elements.join('')}`;
}

function withList(...elements: Word[]): TestEngine {
  const engine = new TestEngine();
  engine.run('RPUSH', 'l', ...elements);
  return engine;
}

/** What one call recorded: by how much it moved `dirty`, and its events. */
function effectsOf(engine: TestEngine, ...words: Word[]): { dirty: number; events: string[] } {
  const seen = new SeenEvents(engine);
  seen.take();
  engine.run(...words);
  return seen.take();
}

describe('SORT by numbers', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true }),
  );
  const text = number.map((value) =>
    value === Number.POSITIVE_INFINITY ? 'inf' : String(value).replace('Infinity', 'inf'),
  );
  const numeric = text.filter((one) => !Number.isNaN(parseWeight(Buffer.from(one), 0, one.length)));

  it.each([1, 128])('orders as numbers, equal ones as bytes, node size %i', (size) => {
    const engine = new TestEngine();
    engine.engine.keyspace.encodingLimits.listMaxListpackSize = size;
    fc.assert(
      fc.property(fc.array(numeric, { minLength: 1, maxLength: 60 }), fc.boolean(), (values, isDescending) => {
        engine.run('DEL', 'l');
        engine.run('RPUSH', 'l', ...values);
        const expected = [...values].sort((a, b) => compareNumbers(a, b) || (a < b ? -1 : a > b ? 1 : 0));
        if (isDescending) expected.reverse();
        expect(engine.run('SORT', 'l', isDescending ? 'desc' : 'asc')).toBe(array(...expected));
      }),
    );
  });

  it('sorts sets in every encoding, and sorted sets by member', () => {
    for (const [members, encoding] of [
      [['3', '1', '2'], 'intset'],
      [['3', '1.5', '-2'], 'listpack'],
      [['3', '1.5', '-2', ...Array.from({ length: 200 }, (_, i) => `${i + 10}`)], 'hashtable'],
    ] as const) {
      const engine = new TestEngine();
      engine.run('SADD', 's', ...members);
      engine.run('ZADD', 'z', ...members.flatMap((member) => [-Number(member), member]));
      expect(engine.run('OBJECT', 'ENCODING', 's')).toContain(encoding);
      const expected = array(...[...members].sort(compareNumbers));
      expect(engine.run('SORT', 's')).toBe(expected);
      expect(engine.run('SORT', 'z')).toBe(expected);
    }
  });

  it('refuses what is no number or does not fit one', () => {
    for (const text of ['a', 'nan', '1 ', '1e309', '1e-400', '5e-324', '.', '1x']) {
      expect(withList('1', text).run('SORT', 'l'), text).toBe(NOT_NUMBERS);
    }
    expect(withList('', ' 1', '0e5', '1\0x').run('SORT', 'l')).toBe(array('', '0e5', ' 1', '1\0x'));
  });

  it('takes a part', () => {
    const engine = withList(5, 3, 1, 4, 2);
    const limited = (offset: Word, count: Word) => engine.run('SORT', 'l', 'LIMIT', offset, count);
    expect(limited(1, 2)).toBe(array('2', '3'));
    expect(limited(-7, 2)).toBe(array('1', '2'));
    expect(limited(3, -1)).toBe(array('4', '5'));
    expect(limited(5, 1)).toBe('*0\r\n');
    expect(limited('9223372036854775807', '9223372036854775807')).toBe('*0\r\n');
    expect(limited(0, '9223372036854775807')).toBe(array('1', '2', '3', '4', '5'));
  });
});

describe('SORT ALPHA', () => {
  it('orders as bytes, and keeps what is equal', () => {
    const engine = new TestEngine();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3 }), { minLength: 1, maxLength: 40 }), (values) => {
        engine.run('DEL', 'l');
        engine.run('RPUSH', 'l', ...values);
        const sorted = values.map((value) => Buffer.from(value)).sort(Buffer.compare);
        expect(engine.run('SORT', 'l', 'ALPHA')).toBe(array(...sorted.map((value) => value.toString('latin1'))));
      }),
    );
  });

  it('puts elements without a text to sort by first, in their order', () => {
    const engine = withList('a', 'b', 'c', 'd');
    engine.run('MSET', 'w_b', 'z', 'w_d', 'y');
    expect(engine.run('SORT', 'l', 'BY', 'w_*', 'ALPHA')).toBe(array('a', 'c', 'd', 'b'));
    expect(engine.run('SORT', 'l', 'BY', 'w_*', 'ALPHA', 'DESC')).toBe(array('b', 'd', 'a', 'c'));
  });
});

describe('SORT BY and GET', () => {
  it('finds strings, fields of hashes and the element', () => {
    const engine = withList(1, 2, 3);
    engine.run('MSET', 'w1', 30, 'w2', 20, 'k1', 'one', 'k3x', 'three');
    engine.run('HSET', 'o2', 'f', 'two', 'a->b', 'arrow');
    expect(engine.run('SORT', 'l', 'BY', 'w*')).toBe(array('3', '2', '1'));
    expect(engine.run('SORT', 'l', 'GET', 'k*')).toBe(array('one', null, null));
    expect(engine.run('SORT', 'l', 'GET', '#', 'GET', 'o*->f')).toBe(array('1', null, '2', 'two', '3', null));
    expect(engine.run('SORT', 'l', 'GET', 'o*->a->b', 'LIMIT', 1, 1)).toBe(array('arrow'));
    expect(engine.run('SORT', 'l', 'GET', 'k*x')).toBe(array(null, null, 'three'));
    expect(engine.run('SORT', 'l', 'GET', 'o*')).toBe(array(null, null, null));
    expect(engine.run('SORT', 'l', 'GET', 'k1')).toBe(array(null, null, null));
  });

  it('takes long names, and drops keys whose deadline has passed', () => {
    const long = 'x'.repeat(1000);
    const engine = withList(1, long);
    engine.run('SET', `k${long}`, 'long');
    engine.run('SET', 'k1', 'short', 'PX', 5);
    engine.now += 5;
    expect(engine.run('SORT', 'l', 'ALPHA', 'GET', 'k*')).toBe(array(null, 'long'));
  });

  it('counts every look as a hit or a miss', () => {
    const engine = withList(1, 2);
    engine.run('SET', 'w1', 1);
    const { keyspace } = engine.engine;
    const before = [keyspace.hits, keyspace.misses];
    engine.run('SORT', 'l', 'BY', 'w*', 'GET', 'n*', 'GET', '#');
    expect([keyspace.hits - before[0], keyspace.misses - before[1]]).toEqual([2, 3]);
  });
});

describe('SORT BY a constant', () => {
  it.each([3, 500])('keeps the order of a list of %i, backwards with DESC', (length) => {
    const values = Array.from({ length }, (_, i) => `${(i * 7) % length}`);
    const engine = withList(...values);
    const sorted = (...words: Word[]) => engine.run('SORT', 'l', 'BY', 'nosort', ...words);
    expect(sorted()).toBe(array(...values));
    expect(sorted('DESC')).toBe(array(...values.toReversed()));
    expect(sorted('LIMIT', 1, 2)).toBe(array(...values.slice(1, 3)));
    expect(sorted('DESC', 'LIMIT', 1, 2)).toBe(array(...values.toReversed().slice(1, 3)));
    expect(sorted('LIMIT', length, 2)).toBe('*0\r\n');
  });

  it('keeps the order of scores, and moves a sorted set out of its listpack', () => {
    const engine = new TestEngine();
    engine.run('ZADD', 'z', 3, 'a', 1, 'c', 2, 'b');
    expect(engine.run('SORT', 'z', 'BY', 'nosort')).toBe(array('c', 'b', 'a'));
    expect(engine.run('SORT', 'z', 'BY', 'nosort', 'DESC', 'LIMIT', 0, 2)).toBe(array('a', 'b'));
    expect(engine.run('OBJECT', 'ENCODING', 'z')).toBe('$8\r\nskiplist\r\n');
  });

  it('stores a set in the order of bytes', () => {
    const engine = new TestEngine();
    engine.run('SADD', 's', 'b', 'c', 'a');
    engine.run('SORT', 's', 'BY', 'nosort', 'STORE', 'd');
    expect(engine.run('LRANGE', 'd', 0, -1)).toBe(array('a', 'b', 'c'));
  });
});

describe('SORT STORE', () => {
  it('stores a list in the place of anything, itself included', () => {
    const engine = withList(3, 1, 2);
    engine.run('SET', 'd', 'x', 'EX', 100);
    expect(engine.run('SORT', 'l', 'GET', '#', 'GET', 'n*', 'STORE', 'd')).toBe(':6\r\n');
    expect(engine.run('LRANGE', 'd', 0, -1)).toBe(array('1', '', '2', '', '3', ''));
    expect(engine.run('TTL', 'd')).toBe(':-1\r\n');
    expect(engine.run('SORT', 'l', 'STORE', 'l')).toBe(':3\r\n');
    expect(engine.run('LRANGE', 'l', 0, -1)).toBe(array('1', '2', '3'));
  });

  it('stores many', () => {
    const engine = withList(...Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5000));
    expect(engine.run('SORT', 'l', 'STORE', 'd')).toBe(':5000\r\n');
    expect(engine.run('LRANGE', 'd', 0, -1)).toBe(array(...Array.from({ length: 5000 }, (_, i) => `${i}`)));
  });

  it('removes the key when there is nothing to store', () => {
    const engine = withList(1);
    engine.run('SET', 'd', 'x');
    expect(effectsOf(engine, 'SORT', 'l', 'LIMIT', 1, 1, 'STORE', 'd')).toEqual({ dirty: 1, events: ['del d'] });
    expect(effectsOf(engine, 'SORT', 'l', 'LIMIT', 1, 1, 'STORE', 'd')).toEqual({ dirty: 0, events: [] });
    expect(engine.run('EXISTS', 'd')).toBe(':0\r\n');
  });

  it('counts every element as a change', () => {
    const engine = withList(1, 2);
    expect(effectsOf(engine, 'SORT', 'l', 'GET', '#', 'GET', '#', 'STORE', 'd')).toEqual({
      dirty: 4,
      events: ['sortstore d'],
    });
    engine.run('RPUSH', 'l', 'x');
    expect(effectsOf(engine, 'SORT', 'l', 'STORE', 'd')).toEqual({ dirty: 0, events: [] });
  });

  it('leaves no block behind', () => {
    const engine = withList(...Array.from({ length: 1000 }, (_, i) => i));
    const { keyspace } = engine.engine;
    engine.run('SORT', 'l', 'STORE', 'd');
    engine.run('DEL', 'd');
    const before = keyspace.arena.used;
    for (let i = 0; i < 3; i++) engine.run('SORT', 'l', 'DESC', 'STORE', 'd');
    engine.run('DEL', 'd');
    keyspace.lazyFree.finish();
    expect(keyspace.arena.used).toBe(before);
  });
});

describe('SORT refuses', () => {
  it('options before types, and storing when it only reads', () => {
    const engine = new TestEngine();
    engine.run('SET', 's', 'x');
    expect(engine.run('SORT', 's')).toBe(WRONG_TYPE);
    expect(engine.run('SORT_RO', 's', 'DESC')).toBe(WRONG_TYPE);
    expect(engine.run('SORT', 's', 'LIMIT', 1, 'x')).toBe('-ERR value is not an integer or out of range\r\n');
    for (const words of [['LIMIT', 1], ['BY'], ['GET'], ['STORE'], ['x']]) {
      expect(engine.run('SORT', 's', ...words), words.join(' ')).toBe('-ERR syntax error\r\n');
    }
    expect(engine.run('SORT_RO', 's', 'STORE', 'd')).toBe('-ERR syntax error\r\n');
    expect(engine.run('SORT', 'missing')).toBe('*0\r\n');
  });
});

function compareNumbers(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => (/inf/.test(text) ? (text[0] === '-' ? -Infinity : Infinity) : Number(text)));
  return x < y ? -1 : x > y ? 1 : 0;
}
