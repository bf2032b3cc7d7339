import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { expectWhole } from '../keyspace/keyspace.testing.ts';

function bulks(members: readonly (string | number)[], marker = '*'): string {
  return `${marker}${members.length}\r\n${members.map((one) => `$${String(one).length}\r\n${one}\r\n`).join('')}`;
}

describe('small results', () => {
  it('have the order of the set they would be', () => {
    const test = new TestEngine();
    test.run('SADD', 'a', 5, 3, 9);
    test.run('SADD', 'b', 'x', 4, 3);
    expect(test.run('SUNION', 'a', 'none', 'b')).toBe(bulks([3, 5, 9, 'x', 4]));
    expect(test.run('SUNION', 'b', 'a')).toBe(bulks(['x', 4, 3, 5, 9]));
    expect(test.run('SINTER', 'a', 'b')).toBe(bulks([3]));
    expect(test.run('SDIFF', 'a', 'b', 'none')).toBe(bulks([5, 9]));
    expect(test.run('SDIFF', 'b', 'a')).toBe(bulks(['x', 4]));
    expect(test.run('SDIFF', 'a', 'b', 'a')).toBe('*0\r\n');
    expect(test.run('SDIFF', 'none', 'a')).toBe('*0\r\n');
    expect(test.run('SINTER', 'a', 'none')).toBe('*0\r\n');
    expect(test.run('SINTER', 'a', 'a')).toBe(bulks([3, 5, 9]));
    expect(test.run('SUNION', 'none')).toBe('*0\r\n');
  });

  it('are sets in RESP3', () => {
    const test = new TestEngine([], 3);
    test.run('SADD', 'a', 1, 2);
    for (const name of ['SINTER', 'SUNION', 'SDIFF']) {
      expect(test.run(name, 'a')).toBe(bulks([1, 2], '~'));
      expect(test.run(name, 'none')).toBe('~0\r\n');
    }
    expect(test.run('SPOP', 'a', 2)).toBe(bulks([1, 2], '~'));
  });
});

describe('results to store', () => {
  it('replace what was there, deadline and all, and may be made from it', () => {
    const test = new TestEngine();
    test.run('SADD', 'a', 1, 2, 3);
    test.run('SADD', 'b', 2, 3, 4);
    test.run('SET', 'd', 'text', 'EX', 100);
    expect(test.run('SINTERSTORE', 'd', 'a', 'b')).toBe(':2\r\n');
    expect(test.run('TTL', 'd')).toBe(':-1\r\n');
    expect(test.run('SMEMBERS', 'd')).toBe(bulks([2, 3]));
    expect(test.run('SUNIONSTORE', 'a', 'a', 'b')).toBe(':4\r\n');
    expect(test.run('SDIFFSTORE', 'a', 'a', 'd')).toBe(':2\r\n');
    expect(test.run('SMEMBERS', 'a')).toBe(bulks([1, 4]));
    expect(test.run('SDIFFSTORE', 'a', 'a', 'a')).toBe(':0\r\n');
    expect(test.run('EXISTS', 'a')).toBe(':0\r\n');
    test.run('SET', 'text', 'v');
    expect(test.run('SUNIONSTORE', 'text', 'none')).toBe(':0\r\n');
    expect(test.run('EXISTS', 'text')).toBe(':0\r\n');
    expectWhole(test.engine.keyspace);
  });
});

describe('SINTERCARD', () => {
  it('counts, to a limit if there is one', () => {
    const test = new TestEngine();
    test.run('SADD', 'a', 1, 2, 3, 4);
    test.run('SADD', 'b', 2, 3, 4, 5);
    expect(test.run('SINTERCARD', 2, 'a', 'b')).toBe(':3\r\n');
    expect(test.run('SINTERCARD', 2, 'a', 'b', 'LIMIT', 2)).toBe(':2\r\n');
    expect(test.run('SINTERCARD', 2, 'a', 'b', 'limit', 0)).toBe(':3\r\n');
    expect(test.run('SINTERCARD', 2, 'a', 'b', 'LIMIT', 1, 'LIMIT', 9223372036854775807n.toString())).toBe(':3\r\n');
    expect(test.run('SINTERCARD', 2, 'a', 'none')).toBe(':0\r\n');
  });

  it('refuses in Redis’s order', () => {
    const test = new TestEngine();
    const refused = (...words: (string | number)[]) => test.run('SINTERCARD', ...words).slice(1, -2);
    for (const count of [0, -1, 'abc', '9223372036854775808']) {
      expect(refused(count, 'a')).toBe('ERR numkeys should be greater than 0');
    }
    expect(refused('9223372036854775807', 'a')).toBe("ERR Number of keys can't be greater than number of args");
    expect(refused(3, 'a', 'b')).toBe("ERR Number of keys can't be greater than number of args");
    expect(refused(1, 'a', 'LIMIT')).toBe('ERR syntax error');
    expect(refused(1, 'a', 'b')).toBe('ERR syntax error');
    expect(refused(1, 'a', 'LIMIT', -1)).toBe("ERR LIMIT can't be negative");
    expect(refused(1, 'a', 'LIMIT', 'x')).toBe("ERR LIMIT can't be negative");
  });
});
