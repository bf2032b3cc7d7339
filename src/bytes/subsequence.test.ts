import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextRun, type Operand, subsequenceLength, walkSubsequence } from './subsequence.ts';

/** Runs as positions in both strings and a length, from the end of the strings to their beginning. */
type Runs = [aAt: number, bAt: number, length: number][];

function operand(text: string, before = ''): Operand {
  const bytes = Buffer.from(`${before}${text}${before}`, 'latin1');
  return { bytes, start: before.length, end: before.length + text.length };
}

function runsOf(a: Operand, b: Operand): { length: number; runs: Runs } {
  const walk = walkSubsequence(a, b);
  const runs: Runs = [];
  while (nextRun(walk)) runs.push([walk.aAt, walk.bAt, walk.runLength]);
  return { length: walk.length, runs };
}

/** The textbook: a table of lengths, and the way back through it that prefers the left neighbour. */
function textbook(a: string, b: string): { length: number; runs: Runs } {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      lengths[i][j] = same ? lengths[i - 1][j - 1] + 1 : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
    }
  }
  const runs: Runs = [];
  let open = false;
  for (let i = a.length, j = b.length; i > 0 && j > 0; ) {
    if (a[i - 1] === b[j - 1]) {
      i--;
      j--;
      if (open) runs[runs.length - 1] = [i, j, runs[runs.length - 1][2] + 1];
      else runs.push([i, j, 1]);
      open = true;
    } else {
      open = false;
      if (lengths[i - 1][j] > lengths[i][j - 1]) i--;
      else j--;
    }
  }
  return { length: lengths[a.length][b.length], runs };
}

describe('longest common subsequence', () => {
  test('of nothing is nothing', () => {
    expect(runsOf(operand(''), operand(''))).toEqual({ length: 0, runs: [] });
    expect(runsOf(operand('abc'), operand(''))).toEqual({ length: 0, runs: [] });
    expect(runsOf(operand(''), operand('abc'))).toEqual({ length: 0, runs: [] });
    expect(subsequenceLength(operand(''), operand('abc'))).toBe(0);
  });

  test('carries additions through words of ones', () => {
    for (const length of [31, 32, 33, 63, 64, 65, 100]) {
      const text = 'a'.repeat(length);
      expect(runsOf(operand(text), operand(text))).toEqual({ length, runs: [[0, 0, length]] });
      expect(runsOf(operand('a'), operand(text)).runs).toEqual([[0, length - 1, 1]]);
    }
  });

  test.each([
    ['two letters', 'ab'],
    ['four letters', 'acgt'],
    ['many bytes', 'abcdefghijklmnopqrstuvwxyz\x00\x80\xff'],
  ])('chooses as the textbook does: %s', (_, alphabet) => {
    const text = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 150, size: 'max' });
    fc.assert(
      fc.property(text, text, fc.constantFrom('', 'a', 'bab'), (a, b, before) => {
        const expected = textbook(a, b);
        expect(runsOf(operand(a, before), operand(b, before))).toEqual(expected);
        expect(subsequenceLength(operand(a, before), operand(b, before))).toBe(expected.length);
      }),
      { numRuns: 500 },
    );
  });
});
