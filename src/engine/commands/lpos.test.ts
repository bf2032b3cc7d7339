import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

function integers(...values: number[]): string {
  return `*${values.length}\r\n${values.map((value) => `:${value}\r\n`).join('')}`;
}

describe.each([128, 2])('LPOS, with a limit of %i elements', (limit) => {
  function listOf(...elements: string[]): TestEngine {
    const engine = new TestEngine();
    engine.engine.keyspace.encodingLimits.listMaxListpackSize = limit;
    engine.run('RPUSH', 'l', ...elements);
    return engine;
  }

  it('finds one, or all, from either end', () => {
    const engine = listOf('a', 'b', 'c', '1', '2', '3', 'c', 'c');
    expect(engine.run('LPOS', 'l', 'c')).toBe(':2\r\n');
    expect(engine.run('LPOS', 'l', 'c', 'RANK', 2)).toBe(':6\r\n');
    expect(engine.run('LPOS', 'l', 'c', 'RANK', 4)).toBe('$-1\r\n');
    expect(engine.run('LPOS', 'l', 'c', 'RANK', -1)).toBe(':7\r\n');
    expect(engine.run('LPOS', 'l', 'c', 'COUNT', 0)).toBe(integers(2, 6, 7));
    expect(engine.run('LPOS', 'l', 'c', 'RANK', -2, 'COUNT', 0)).toBe(integers(6, 2));
    expect(engine.run('LPOS', 'l', '3', 'COUNT', 5)).toBe(integers(5));
  });

  it('looks at as many elements as it may', () => {
    const engine = listOf('a', 'b', 'a', 'b', 'a');
    expect(engine.run('LPOS', 'l', 'a', 'COUNT', 0, 'MAXLEN', 3)).toBe(integers(0, 2));
    expect(engine.run('LPOS', 'l', 'a', 'COUNT', 0, 'MAXLEN', 3, 'RANK', -1)).toBe(integers(4, 2));
    expect(engine.run('LPOS', 'l', 'b', 'MAXLEN', 1)).toBe('$-1\r\n');
  });

  it('tells null of one and nothing of several', () => {
    const engine = listOf('a');
    expect(engine.run('LPOS', 'none', 'a')).toBe('$-1\r\n');
    expect(engine.run('LPOS', 'none', 'a', 'COUNT', 1)).toBe('*0\r\n');
    expect(engine.run('LPOS', 'l', 'b', 'COUNT', 1)).toBe('*0\r\n');
  });
});

it('LPOS refuses options in their order', () => {
  const engine = new TestEngine();
  expect(engine.run('LPOS', 'l', 'a', 'RANK', '0', 'COUNT', '-1')).toMatch(/^-ERR RANK can't be zero: /);
  expect(engine.run('LPOS', 'l', 'a', 'COUNT', '-1', 'RANK', '0')).toBe("-ERR COUNT can't be negative\r\n");
  expect(engine.run('LPOS', 'l', 'a', 'MAXLEN', 'x')).toBe("-ERR MAXLEN can't be negative\r\n");
  expect(engine.run('LPOS', 'l', 'a', 'RANK', '-9223372036854775808')).toBe(
    '-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807\r\n',
  );
  expect(engine.run('LPOS', 'l', 'a', 'RANK')).toBe('-ERR syntax error\r\n');
});
