/** Here a recursive model and the bounds of the work; `same-as-redis.test.ts` compares with the real thing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatch } from './glob.ts';

const RUNS = { numRuns: 10_000 };
const BYTES = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

/** Matches between bytes that would change the answer if they were read. */
function matches(pattern: string, text: string, ignoreCase = false): boolean {
  const p = Buffer.from(`]${pattern}*`, 'latin1');
  const t = Buffer.from(`a${text}a`, 'latin1');
  return globMatch(p, 1, p.length - 1, t, 1, t.length - 1, ignoreCase);
}

function order(c: string): number {
  return (c.charCodeAt(0) << 24) >> 24;
}

/** The members of the class after '[' and what follows it. */
function readClass(source: string): { members: string[]; rest: string } {
  const negated = source[0] === '^';
  let rest = negated ? source.slice(1) : source;
  const listed = new Set<string>();
  while (rest !== '' && rest[0] !== ']') {
    const [a, b, c] = rest;
    if (a === '\\' && b !== undefined) {
      listed.add(b);
      rest = rest.slice(2);
    } else if (b === '-' && c !== undefined) {
      const ends = [order(a), order(c)].sort((x, y) => x - y);
      for (const byte of BYTES) if (order(byte) >= ends[0] && order(byte) <= ends[1]) listed.add(byte);
      rest = rest.slice(3);
    } else {
      listed.add(a);
      rest = rest.slice(1);
    }
  }
  return { members: BYTES.filter((byte) => listed.has(byte) !== negated), rest: rest.slice(1) };
}

function modelRest(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  let members = [pattern[0]];
  let rest = pattern.slice(1);
  if (pattern[0] === '*') {
    return Array.from({ length: text.length + 1 }, (_, taken) => text.slice(taken)).some((t) => modelRest(rest, t));
  }
  if (pattern[0] === '?') members = BYTES;
  else if (pattern[0] === '[') ({ members, rest } = readClass(rest));
  else if (pattern[0] === '\\' && rest !== '') {
    members = [rest[0]];
    rest = rest.slice(1);
  }
  return text !== '' && members.includes(text[0]) && modelRest(rest, text.slice(1));
}

function model(pattern: string, text: string): boolean {
  return text === '' ? pattern === '' : modelRest(pattern, text);
}

/** Counts every byte read from the pattern and the text: the work done. */
function bytesRead(pattern: Uint8Array, text: Uint8Array): { matched: boolean; reads: number } {
  let reads = 0;
  const counted = (bytes: Uint8Array) =>
    new Proxy(bytes, {
      get(target, index) {
        reads++;
        return target[Number(index)];
      },
    });
  const matched = globMatch(counted(pattern), 0, pattern.length, counted(text), 0, text.length, false);
  return { matched, reads };
}

describe('matching', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', false],
    ['**', '', false],
    ['*', 'a', true],
    ['h?llo', 'hello', true],
    ['h?llo', 'hllo', false],
    ['h*llo', 'heeeello', true],
    ['h[ae]llo', 'hillo', false],
    ['h[^e]llo', 'hbllo', true],
    ['h[b-a]llo', 'hallo', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a\\', 'a\\', true],
    ['[abc', 'b', true],
    ['[', '[', false],
    ['[^', 'x', true],
    ['[]', ']', false],
    ['[a-]', 'a', true],
    ['[a-]', '-', false],
    ['[a-]]', ']', true],
    ['[\\]]', ']', true],
    ['[a-\xff]', '\x80', false],
    ['[a-\xff]', 'A', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['*ab', 'aab', true],
    ['a*', 'a', true],
  ])('%j on %j: %s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));

  test.each([
    ['HELLO', 'hello', true],
    ['h[E]llo', 'hello', true],
    ['h[A-F]llo', 'hello', true],
    ['h[\\E]llo', 'hello', false],
    ['h\\Ello', 'hello', true],
    ['[z-A]', 'm', true],
    ['[a-Z]', 'a', false],
    ['@', '`', false],
    ['\xc0', '\xe0', false],
  ])('without case, %j on %j: %s', (pattern, text, expected) => expect(matches(pattern, text, true)).toBe(expected));

  test.each([
    ['syntax', 'ab*?[]^-\\'],
    ['stars', 'ab*?'],
    ['signed bytes', 'a\x00\x7f\x80\xff[]-*'],
  ])('random patterns, as the model: %s', (_, alphabet) => {
    const word = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 9, size: 'max' });
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        expect(matches(pattern, text)).toBe(model(pattern, text));
      }),
      RUNS,
    );
  });

  test('without case, letters outside of classes match as if both were lowered', () => {
    const word = fc.string({ unit: fc.constantFrom(...'aAbB*?'), maxLength: 9, size: 'max' });
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        expect(matches(pattern, text, true)).toBe(model(pattern.toLowerCase(), text.toLowerCase()));
      }),
      RUNS,
    );
  });
});

describe('hostile patterns', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');

  test.each([
    ['many stars that almost match', `${'a*'.repeat(30)}b`, 'a'.repeat(60)],
    ['many stars, each with its own tail', `${'*aab'.repeat(50)}c`, 'aaab'.repeat(300)],
    ['a star and a long tail', `*${'a'.repeat(500)}b`, 'a'.repeat(1500)],
    ['10,000 open classes', '['.repeat(10_000), 'a'.repeat(60)],
    ['a star before 10,000 open classes', `*${'['.repeat(10_000)}`, 'a'.repeat(60)],
    ['negated classes', `*${'[^b]'.repeat(500)}b`, 'a'.repeat(1500)],
    ['a trailing backslash', `${'*a'.repeat(1000)}\\`, 'a'.repeat(2000)],
  ])('%s: reads no more than the product of the lengths', (_, pattern, text) => {
    const { matched, reads } = bytesRead(bytes(pattern), bytes(text));
    expect(matched).toBe(false);
    expect(reads).toBeLessThan(6 * (pattern.length + 1) * (text.length + 1));
  });

  test('100 KB of "*?" takes one pass', () => {
    const pattern = bytes('*?'.repeat(50_000));
    for (const [length, expected] of [
      [49_999, false],
      [50_000, true],
      [100_000, true],
    ] as const) {
      const { matched, reads } = bytesRead(pattern, bytes('a'.repeat(length)));
      expect(matched).toBe(expected);
      expect(reads).toBeLessThan(6 * (pattern.length + length));
    }
  });

  test('no more than a million bytes are compared in vain, whatever would come behind', () => {
    const pattern = bytes(`*${'a'.repeat(50_000)}b`);
    for (const tail of ['', 'b']) {
      const { matched, reads } = bytesRead(pattern, bytes('a'.repeat(200_000) + tail));
      expect(matched).toBe(false);
      expect(reads).toBeLessThan(6 * (2 ** 20 + pattern.length));
    }
    // A pattern and a text of 1 KiB stay below the limit.
    expect(matches(`*${'a'.repeat(511)}b`, `${'a'.repeat(1023)}b`)).toBe(true);
  });

  test('nesting depth is not stack depth', () => {
    expect(matches('*a'.repeat(500_000), 'a'.repeat(500_000))).toBe(true);
  });

  test('random patterns stay within the product of the lengths', () => {
    const word = fc.string({ unit: fc.constantFrom(...'aab**?[]^-\\'), maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        expect(bytesRead(bytes(pattern), bytes(text)).reads).toBeLessThan(6 * (pattern.length + 1) * (text.length + 1));
      }),
      RUNS,
    );
  });
});
