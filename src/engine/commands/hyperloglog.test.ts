import { describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

const WRONG_FORM = '-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n';
const WRONG_TYPE = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';
const CORRUPT = '-INVALIDOBJ Corrupted HLL object detected\r\n';

function header(form: number, rest = ''): Buffer {
  return Buffer.from(`HYLL${String.fromCharCode(form)}${'\0'.repeat(10)}\x80${rest}`, 'latin1');
}

test('adds, counts and merges', () => {
  const engine = new TestEngine();
  expect(engine.run('PFADD', 'k', 'a', 'b', 'c', 'd')).toBe(':1\r\n');
  expect(engine.run('PFADD', 'k', 'a', 'b')).toBe(':0\r\n');
  expect(engine.run('PFCOUNT', 'k')).toBe(':4\r\n');
  expect(engine.run('PFADD', 'other', 'c', 'd', 'e')).toBe(':1\r\n');
  expect(engine.run('PFCOUNT', 'k', 'other', 'missing')).toBe(':5\r\n');
  expect(engine.run('PFMERGE', 'union', 'k', 'other')).toBe('+OK\r\n');
  expect(engine.run('PFCOUNT', 'union')).toBe(':5\r\n');
  expect(engine.run('PFMERGE', 'empty')).toBe('+OK\r\n');
  expect(engine.run('PFCOUNT', 'empty')).toBe(':0\r\n');
  expect(engine.run('PFCOUNT', 'missing')).toBe(':0\r\n');
});

test('a key is made by adding nothing, once', () => {
  const engine = new TestEngine();
  expect(engine.run('PFADD', 'k')).toBe(':1\r\n');
  expect(engine.run('PFADD', 'k')).toBe(':0\r\n');
  expect(engine.run('GET', 'k')).toBe(`$18\r\n${header(1, '\x7f\xff').toString('latin1')}\r\n`);
});

test('the estimate is near the truth', () => {
  const engine = new TestEngine();
  for (let from = 0; from < 100_000; from += 1000) {
    engine.run('PFADD', 'k', ...Array.from({ length: 1000 }, (_, i) => `visitor:${from + i}`));
    const count = Number(engine.run('PFCOUNT', 'k').slice(1));
    expect(Math.abs(count / (from + 1000) - 1)).toBeLessThan(0.03);
  }
});

test('PFCOUNT keeps its count in the value until an element changes it', () => {
  const engine = new TestEngine();
  engine.run('PFADD', 'k', 'a', 'b', 'c');
  const { effects } = engine.engine;
  const before = effects.dirty;
  engine.run('PFCOUNT', 'k');
  expect(effects.dirty).toBe(before + 1);
  expect(engine.run('GETRANGE', 'k', '8', '15')).toBe('$8\r\n\x03\0\0\0\0\0\0\0\r\n');
  engine.run('PFCOUNT', 'k');
  expect(effects.dirty).toBe(before + 1);
  engine.run('PFADD', 'k', 'a');
  expect(engine.run('GETRANGE', 'k', '15', '15')).toBe('$1\r\n\0\r\n');
  engine.run('PFADD', 'k', 'z');
  expect(engine.run('GETRANGE', 'k', '8', '15')).toBe('$8\r\n\x03\0\0\0\0\0\0\x80\r\n');
  expect(engine.run('PFCOUNT', 'k')).toBe(':4\r\n');
});

test('a refused PFMERGE leaves the destination as it was', () => {
  const engine = new TestEngine();
  engine.run('PFADD', 'd', 'a');
  engine.run('SET', 'bad', header(1, '\x7f\xfe'));
  engine.run('PFADD', 'good', 'b', 'c');
  const before = engine.run('GET', 'd');
  expect(engine.run('PFMERGE', 'd', 'good', 'bad')).toBe(CORRUPT);
  expect(engine.run('GET', 'd')).toBe(before);
  expect(engine.run('PFMERGE', 'new', 'bad')).toBe(CORRUPT);
  expect(engine.run('EXISTS', 'new')).toBe(':0\r\n');
});

test('a deadline stays', () => {
  const engine = new TestEngine();
  engine.run('PFADD', 'k', 'a');
  engine.run('EXPIRE', 'k', 100);
  engine.run('PFADD', 'k', ...Array.from({ length: 2000 }, (_, i) => i));
  engine.run('PFMERGE', 'k', 'k');
  expect(engine.run('TTL', 'k')).toBe(':100\r\n');
  expect(engine.run('PFDEBUG', 'ENCODING', 'k')).toBe('+dense\r\n');
});

describe('what is no HyperLogLog', () => {
  const commands = (key: string): string[][] => [
    ['PFADD', key, 'a'],
    ['PFCOUNT', key],
    ['PFCOUNT', 'missing', key],
    ['PFMERGE', key],
    ['PFMERGE', 'd', key],
    ['PFDEBUG', 'TODENSE', key],
  ];

  test.each([
    ['text', 'foo'],
    ['an integer', '1234567890123456789'],
    ['another form', header(2)],
    ['too short', header(1).subarray(0, 15)],
    ['dense of another length', header(0, 'x')],
  ])('%s', (_, value) => {
    const engine = new TestEngine();
    engine.run('SET', 'k', value);
    for (const words of commands('k')) expect(engine.run(...words), words.join(' ')).toBe(WRONG_FORM);
  });

  test('another type', () => {
    const engine = new TestEngine();
    engine.run('RPUSH', 'k', 'x');
    for (const words of commands('k')) expect(engine.run(...words), words.join(' ')).toBe(WRONG_TYPE);
  });

  test.each([
    ['no runs', ''],
    ['too few registers', '\x7f\xfe'],
    ['too many', '\x7f\xff\x00'],
    ['a run that is cut', '\x7f\xfe\x40'],
    ['enormous', '\x7f\xff'.repeat(100_000)],
  ])('corrupt: %s', (_, runs) => {
    const engine = new TestEngine();
    engine.run('SET', 'k', header(1, runs));
    const changing = commands('k').filter(([name]) => name !== 'PFADD');
    for (const words of changing) expect(engine.run(...words), words.join(' ')).toBe(CORRUPT);
  });
});

describe('PFDEBUG', () => {
  test('shows runs, form and registers', () => {
    const engine = new TestEngine();
    engine.run('PFADD', 'k', 'a', 'b', 'c');
    expect(engine.run('PFDEBUG', 'DECODE', 'k')).toMatch(/^\$\d+\r\n(Z:\d+ v:\d+,\d+ ){3}Z:\d+\r\n$/);
    expect(engine.run('PFDEBUG', 'ENCODING', 'k')).toBe('+sparse\r\n');
    const registers = engine.run('PFDEBUG', 'GETREG', 'k').split('\r\n:').map(Number);
    expect(registers).toHaveLength(16385);
    expect(registers.slice(1).filter((value) => value > 0)).toHaveLength(3);
    expect(engine.run('PFDEBUG', 'ENCODING', 'k')).toBe('+dense\r\n');
    expect(engine.run('PFDEBUG', 'DECODE', 'k')).toBe('-ERR HLL encoding is not sparse\r\n');
    expect(engine.run('PFCOUNT', 'k')).toBe(':3\r\n');
  });

  test('makes dense once', () => {
    const engine = new TestEngine();
    engine.run('PFADD', 'k', 'a');
    expect(engine.run('PFDEBUG', 'TODENSE', 'k')).toBe(':1\r\n');
    expect(engine.run('PFDEBUG', 'TODENSE', 'k')).toBe(':0\r\n');
    expect(engine.run('STRLEN', 'k')).toBe(':12304\r\n');
  });

  test('errors', () => {
    const engine = new TestEngine();
    engine.run('PFADD', 'k', 'a');
    expect(engine.run('PFDEBUG', 'GETREG', 'missing')).toBe('-ERR The specified key does not exist\r\n');
    expect(engine.run('PFDEBUG', 'Nonsense', 'k')).toBe("-ERR Unknown PFDEBUG subcommand 'Nonsense'\r\n");
    expect(engine.run('PFDEBUG', 'GETREG')).toBe("-ERR wrong number of arguments for 'pfdebug' command\r\n");
  });
});

test('PFDEBUG DECODE shows runs that are too few, no endless or cut ones', () => {
  const engine = new TestEngine();
  const decode = (runs: string) => {
    engine.run('SET', 'k', header(1, runs));
    return engine.run('PFDEBUG', 'DECODE', 'k');
  };
  expect(decode('')).toBe('$0\r\n\r\n');
  expect(decode('\x7f\xfe\x83')).toBe('$13\r\nZ:16383 v:1,4\r\n');
  expect(decode('\0'.repeat(16385))).toBe(CORRUPT);
  expect(decode('\x40')).toBe(CORRUPT);
});

test('PFSELFTEST', () => {
  expect(new TestEngine().run('PFSELFTEST')).toBe('+OK\r\n');
});
