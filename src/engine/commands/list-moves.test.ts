import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

describe('LMOVE', () => {
  it('moves between lists and makes the second', () => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'a', '1', '2', '3');
    expect(engine.run('LMOVE', 'a', 'b', 'LEFT', 'RIGHT')).toBe('$1\r\n1\r\n');
    expect(engine.run('LMOVE', 'a', 'b', 'right', 'left')).toBe('$1\r\n3\r\n');
    expect(engine.run('RPOPLPUSH', 'a', 'b')).toBe('$1\r\n2\r\n');
    expect(engine.run('LRANGE', 'b', 0, -1)).toBe('*3\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n1\r\n');
    expect(engine.run('EXISTS', 'a')).toBe(':0\r\n');
    expect(engine.run('RPOPLPUSH', 'a', 'b')).toBe('$-1\r\n');
  });

  it.each([3, -2])('turns a list round, whatever its elements and encoding (limit %i)', (limit) => {
    const engine = new TestEngine();
    engine.engine.keyspace.encodingLimits.listMaxListpackSize = limit;
    const elements = ['a', '12345678', '', 'x'.repeat(300), 'y'.repeat(70_000), '-1', 'z'];
    engine.run('RPUSH', 'l', ...elements);
    const before = engine.run('LRANGE', 'l', 0, -1);
    for (const element of [...elements].reverse()) {
      expect(engine.run('RPOPLPUSH', 'l', 'l')).toBe(`$${element.length}\r\n${element}\r\n`);
    }
    expect(engine.run('LRANGE', 'l', 0, -1)).toBe(before);
    for (const element of elements) {
      expect(engine.run('LMOVE', 'l', 'l', 'LEFT', 'RIGHT')).toBe(`$${element.length}\r\n${element}\r\n`);
    }
    expect(engine.run('LRANGE', 'l', 0, -1)).toBe(before);
  });

  it('does not count the digits of an integer towards the limit, as Redis does', () => {
    const engine = new TestEngine();
    for (const [element, encoding] of [
      ['1234567890123456789', 'listpack'],
      ['x', 'quicklist'],
    ]) {
      engine.run('DEL', 'from', 'to');
      // A listpack of 8192 bytes: 7 of its own, 7 before and behind the text.
      engine.run('RPUSH', 'to', 'x'.repeat(8178));
      engine.run('RPUSH', 'from', element, 'rest');
      engine.run('LMOVE', 'from', 'to', 'LEFT', 'LEFT');
      expect(engine.run('OBJECT', 'ENCODING', 'to')).toContain(encoding);
    }
  });
});

describe('LMPOP', () => {
  it('takes from the first list that is there', () => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'b', '1', '2', '3');
    expect(engine.run('LMPOP', 2, 'a', 'b', 'LEFT')).toBe('*2\r\n$1\r\nb\r\n*1\r\n$1\r\n1\r\n');
    expect(engine.run('LMPOP', 2, 'a', 'b', 'RIGHT', 'COUNT', 9)).toBe('*2\r\n$1\r\nb\r\n*2\r\n$1\r\n3\r\n$1\r\n2\r\n');
    expect(engine.run('LMPOP', 2, 'a', 'b', 'RIGHT')).toBe('*-1\r\n');
  });

  it('refuses a wrong count before what is wrong behind it', () => {
    const engine = new TestEngine();
    expect(engine.run('LMPOP', 1, 'a', 'LEFT', 'COUNT', 0, 'COUNT', 1)).toBe('-ERR count should be greater than 0\r\n');
    expect(engine.run('LMPOP', 1, 'a', 'LEFT', 'COUNT', 1, 'COUNT', 1)).toBe('-ERR syntax error\r\n');
    expect(engine.run('LMPOP', '9223372036854775807', 'a', 'LEFT')).toBe('-ERR syntax error\r\n');
    expect(engine.run('LMPOP', 0, 'a', 'LEFT')).toBe('-ERR numkeys should be greater than 0\r\n');
  });
});
