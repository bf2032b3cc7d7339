import { beforeEach, describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { type Element, length, listpack, payload, text } from './payloads.testing.ts';

const RDB_STREAM = 15;
const FIRST_ID = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

/** A stream of one block, whose master has the ID 1-0, with one entry. */
function streamOf(...elements: Element[]): Buffer {
  const block = [...text(FIRST_ID), ...text(listpack(elements))];
  return payload(RDB_STREAM, [...length(1), ...block, ...length(1), ...length(1), ...length(0), ...length(0)]);
}

test('a stream that was set back behind what is deleted comes back from its dump', () => {
  const engine = new TestEngine();
  for (const id of ['1-0', '4-0', '5-0', '6-0']) engine.run('XADD', 's', id, 'f', 'v');
  engine.run('XDEL', 's', '5-0', '6-0');
  engine.run('XSETID', 's', '6-0', 'MAXDELETEDID', '1-0');
  engine.run('XSETID', 's', '4-0');
  const copy = (): void => {
    const dump = engine
      .run('DUMP', 's')
      .replace(/^\$\d+\r\n/, '')
      .slice(0, -2);
    expect(engine.run('RESTORE', 't', 0, Buffer.from(dump, 'latin1'), 'REPLACE')).toBe('+OK\r\n');
    expect(engine.run('XINFO', 'STREAM', 't', 'FULL')).toBe(engine.run('XINFO', 'STREAM', 's', 'FULL'));
  };
  copy();
  engine.run('XADD', 's', '5-0', 'f', 'again');
  copy();
  expect(engine.run('XDEL', 't', '5-0')).toBe(':1\r\n');
});

describe('a stream set back behind a block that is all deleted', () => {
  const engine = new TestEngine();
  const dump = (): Buffer =>
    Buffer.from(
      engine
        .run('DUMP', 's')
        .replace(/^\$\d+\r\n/, '')
        .slice(0, -2),
      'latin1',
    );
  beforeEach(() => {
    engine.run('DEL', 's', 't');
    for (const id of ['1-0', '2-0', '3-0']) engine.run('XADD', 's', id, 'f', 'v');
    engine.run('XDEL', 's', '3-0');
    // The block stays for what is deleted at its end.
    expect(engine.run('XTRIM', 's', 'MINID', '3-0')).toBe(':2\r\n');
    engine.run('XSETID', 's', '3-0', 'MAXDELETEDID', '0-1');
  });

  test('comes back from its dump', () => {
    for (const words of [
      ['XSETID', 's', '0-5'],
      ['XADD', 's', '0-6', 'f', 'v'],
      ['XADD', 's', '7-0', 'f', 'v'],
    ]) {
      engine.run(...words);
      expect(engine.run('RESTORE', 't', 0, dump(), 'REPLACE')).toBe('+OK\r\n');
      expect(engine.run('XINFO', 'STREAM', 't', 'FULL')).toBe(engine.run('XINFO', 'STREAM', 's', 'FULL'));
    }
  });

  test('finds what is added then', () => {
    expect(engine.run('XSETID', 's', '0-5')).toBe('+OK\r\n');
    engine.run('XADD', 's', '0-6', 'f', 'v');
    expect(engine.run('XRANGE', 's', '0-6', '0-6')).toContain('0-6');
    expect(engine.run('XDEL', 's', '0-6')).toBe(':1\r\n');
  });

  test('is taken from a server that keeps the block', () => {
    const deleted: Element[] = [0, 1, 1, 'f', 0, 3, 0, 0, 'v', 4];
    const block = [...text(FIRST_ID), ...text(listpack(deleted))];
    const bytes = payload(RDB_STREAM, [...length(1), ...block, ...length(0), ...length(0), ...length(5), ...length(0)]);
    expect(engine.run('RESTORE', 's', 0, bytes, 'REPLACE')).toBe('+OK\r\n');
    expect(engine.run('XADD', 's', '0-6', 'f', 'v')).toContain('0-6');
    expect(engine.run('XDEL', 's', '0-6')).toBe(':1\r\n');
  });
});

test.each<[string, Element[], boolean]>([
  ['as it should be', [1, 0, 1, 'f', 0, 2, 0, 0, 'v', 4], true],
  ['whose entry has fields of its own', [1, 0, 1, 'f', 0, 0, 0, 0, 1, 'f', 'v', 6], true],
  ['whose master has more fields than there are elements', [1, 0, 1n << 40n, 'f', 0, 0, 0, 0, 1, 'f', 'v', 6], false],
  ['whose entry has more fields than there are elements', [1, 0, 1, 'f', 0, 0, 0, 0, 1n << 40n, 'v', 5], false],
  ['that counts in a number beyond all', [1, 0, 1n << 60n, 'f', 0, 0, 0, 0, 1, 'f', 'v', 6], false],
])('a stream of one block %s', (_, elements, isTaken) => {
  const engine = new TestEngine();
  const reply = engine.run('RESTORE', 's', 0, streamOf(...elements));
  expect(reply).toBe(isTaken ? '+OK\r\n' : '-ERR Bad data format\r\n');
  expect(engine.run('XRANGE', 's', '-', '+')).toContain(isTaken ? '1-0' : '*0');
});
