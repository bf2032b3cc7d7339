/**
 * Options of one value: yes/no, numbers, one or several of a list of words, and text.
 *
 * Every constructor makes one row of the table. One thing is stricter than Redis, on purpose: a memory value whose unit
 * takes it beyond 2^64 - 1 is refused, where C wraps around to some small limit.
 */

import { quoteArgument } from '../../protocol/inline.ts';
import { bytesOf, lowerCase } from './byte-text.ts';
import type { Codec, Facts, Kind, Option, RewriteLine } from './option.ts';
import { Refusal } from './option.ts';

export const INT_MIN = -2147483648;
export const INT_MAX = 2147483647;
export const UINT_MAX = 4294967295;
export const LONG_MAX = 9223372036854775807n;
export const ULONG_MAX = 18446744073709551615n;

type Integer = number | bigint;

/** The one line `name value`. */
export function oneLine(name: string, value: string, forced: boolean): RewriteLine[] {
  return [{ text: `${name} ${value}`, forced }];
}

function row<const N extends string, const K extends Kind, V>(
  name: N,
  kind: K,
  about: string,
  syntax: string,
  standard: V,
  codec: Codec<V>,
  facts: Facts,
): Option<N, K, V> {
  return { name, kind, about, syntax, standard, words: false, codec, ...facts };
}

// Yes or no

const boolCodec: Codec<boolean> = {
  parse(words) {
    const word = lowerCase(words[0]);
    if (word !== 'yes' && word !== 'no') return new Refusal("argument must be 'yes' or 'no'");
    return word === 'yes';
  },
  print: (value) => (value ? 'yes' : 'no'),
  same: (a, b) => a === b,
  lines: (name, value, standard) => oneLine(name, value ? 'yes' : 'no', value !== standard),
};

export function bool<const N extends string>(name: N, standard: 'yes' | 'no', about: string, facts: Facts = {}) {
  return row(name, 'bool', about, 'yes | no', standard === 'yes', boolCodec, facts);
}

/** A bool that only "no" is accepted for, because what it would turn on is not there: `refusal` is the answer to "yes". */
export function unavailable<const N extends string>(name: N, refusal: string, about: string, facts: Facts) {
  const codec: Codec<boolean> = {
    ...boolCodec,
    parse(words, previous, reading) {
      const value = boolCodec.parse(words, previous, reading);
      return value === true ? new Refusal(refusal) : value;
    },
  };
  return row(name, 'bool', about, 'no', false, codec, facts);
}

// Numbers

/** Reads a canonical decimal integer: no '+', no leading zeros. */
function parseInteger(text: string): bigint | undefined {
  return /^(0|-?[1-9][0-9]{0,19})$/.test(text) ? BigInt(text) : undefined;
}

const MEMORY_UNITS = new Map([
  ['', 1n],
  ['b', 1n],
  ['k', 1000n],
  ['kb', 1n << 10n],
  ['m', 1000_000n],
  ['mb', 1n << 20n],
  ['g', 1000_000_000n],
  ['gb', 1n << 30n],
]);

/**
 * Reads a number of bytes with an optional unit, as in "64mb"; no digits are 0, too many of them are 2^64 - 1.
 * Undefined when it is no memory value or its unit takes it beyond 2^64 - 1.
 */
export function parseMemory(text: string): bigint | undefined {
  const parts = /^([0-9]{0,127})([a-z]*)$/.exec(lowerCase(text));
  const unit = parts === null ? undefined : MEMORY_UNITS.get(parts[2]);
  if (parts === null || unit === undefined) return undefined;
  const number = BigInt(parts[1]);
  const bytes = (number < ULONG_MAX ? number : ULONG_MAX) * unit;
  return bytes <= ULONG_MAX ? bytes : undefined;
}

/** A number of bytes in the largest unit that divides it, as in "64mb". */
export function printMemory(bytes: bigint): string {
  for (const [unit, size] of [
    ['gb', 1n << 30n],
    ['mb', 1n << 20n],
    ['kb', 1n << 10n],
  ] as const) {
    if (bytes !== 0n && bytes % size === 0n) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

/** Reads what C's strtoll reads in base 8, where the empty string is 0. */
function parseOctal(text: string): bigint | undefined {
  if (text === '') return 0n;
  const parts = /^[ \t-\r]*([+-]?)([0-7]{1,21})$/.exec(text);
  if (parts === null) return undefined;
  const value = BigInt(`0o${parts[2]}`);
  return parts[1] === '-' ? -value : value;
}

function between(value: bigint, min: bigint, max: bigint, radix = 10): bigint | Refusal {
  if (value >= min && value <= max) return value;
  return new Refusal(`argument must be between ${min.toString(radix)} and ${max.toString(radix)} inclusive`);
}

interface NumberFormat {
  read(text: string, min: bigint, max: bigint): bigint | Refusal;
  /** For CONFIG GET. */
  print(value: bigint): string;
  /** For CONFIG REWRITE. */
  rewrite(value: bigint): string;
}

function numberCodec(format: NumberFormat, min: bigint, max: bigint, clamp?: readonly [number, number]): Codec<bigint> {
  return {
    parse(words) {
      const value = format.read(words[0], min, max);
      if (value instanceof Refusal || clamp === undefined) return value;
      return BigInt(Math.min(Math.max(Number(value), clamp[0]), clamp[1]));
    },
    print: format.print,
    same: (a, b) => a === b,
    lines: (name, value, standard) => oneLine(name, format.rewrite(value), value !== standard),
  };
}

const decimal: NumberFormat = {
  read(text, min, max) {
    const value = parseInteger(text);
    // Text of 20 digits and more is out of the parser's range before it is out of the option's.
    if (value === undefined || value > LONG_MAX || value < -LONG_MAX - 1n) {
      return new Refusal("argument couldn't be parsed into an integer");
    }
    return between(value, min, max);
  },
  print: String,
  rewrite: String,
};

const octalFormat: NumberFormat = {
  read(text, min, max) {
    const value = parseOctal(text);
    if (value === undefined) return new Refusal("argument couldn't be parsed as an octal number");
    return between(value, min, max, 8);
  },
  print: (value) => value.toString(8),
  rewrite: (value) => value.toString(8),
};

const memoryFormat: NumberFormat = {
  read(text, min, max) {
    const value = parseMemory(text);
    return value === undefined ? new Refusal('argument must be a memory value') : between(value, min, max);
  },
  print: String,
  rewrite: printMemory,
};

/** Bytes, or a share of maxmemory, which is kept as a negative number: -5 is 5%. */
const percentFormat: NumberFormat = {
  read(text, min, max) {
    const bytes = parseMemory(text);
    if (bytes !== undefined) return between(bytes, 0n, max);
    const percent = text.endsWith('%') ? parseInteger(text.slice(0, -1)) : undefined;
    if (percent === undefined || percent < 0n || percent > LONG_MAX) {
      return new Refusal('argument must be a memory or percent value');
    }
    return -percent < min ? new Refusal(`percentage argument must be less or equal to ${-min}`) : -percent;
  },
  print: (value) => (value < 0n ? `${-value}%` : String(value)),
  rewrite: (value) => (value < 0n ? `${-value}%` : printMemory(value)),
};

function rangeSyntax(min: Integer, max: Integer): string {
  const low = BigInt(min) === BigInt(INT_MIN) ? '' : String(min);
  const high = [BigInt(INT_MAX), LONG_MAX, ULONG_MAX].includes(BigInt(max)) ? '' : String(max);
  if (high !== '') return `${low} to ${high}`;
  return low === '' ? 'integer' : `integer, ${low} or more`;
}

interface IntegerFacts extends Facts {
  /** Values outside are accepted and moved to the nearer end. */
  readonly clamp?: readonly [number, number];
}

export function integer<const N extends string>(
  name: N,
  standard: number,
  min: Integer,
  max: Integer,
  about: string,
  { clamp, ...facts }: IntegerFacts = {},
) {
  const codec = numberCodec(decimal, BigInt(min), BigInt(max), clamp);
  return row(name, 'integer', about, rangeSyntax(min, max), BigInt(standard), codec, facts);
}

export function octal<const N extends string>(
  name: N,
  standard: number,
  max: number,
  about: string,
  facts: Facts = {},
) {
  const codec = numberCodec(octalFormat, 0n, BigInt(max));
  return row(name, 'octal', about, `octal, 0 to ${max.toString(8)}`, BigInt(standard), codec, facts);
}

export function memory<const N extends string>(
  name: N,
  standard: number,
  min: Integer,
  max: Integer,
  about: string,
  facts: Facts = {},
) {
  const syntax = BigInt(min) > 1n ? `bytes, ${printMemory(BigInt(min))} or more` : 'bytes';
  return row(
    name,
    'memory',
    about,
    syntax,
    BigInt(standard),
    numberCodec(memoryFormat, BigInt(min), BigInt(max)),
    facts,
  );
}

/** Bytes or a percentage up to 100. */
export function memoryOrPercent<const N extends string>(name: N, standard: number, about: string, facts: Facts = {}) {
  const codec = numberCodec(percentFormat, -100n, LONG_MAX);
  return row(name, 'percent', about, 'bytes, or a percentage as in 5%', BigInt(standard), codec, facts);
}

// Words out of a list

function notOneOf(words: readonly string[]): Refusal {
  return new Refusal(`argument(s) must be one of the following: ${words.join(', ')}`);
}

/**
 * One word out of a list.
 *
 * @param synonyms words that are kept and shown as another word of the list
 */
export function choice<const N extends string, const W extends string>(
  name: N,
  standard: NoInfer<W>,
  words: readonly W[],
  about: string,
  facts: Facts = {},
  synonyms: Partial<Record<W, W>> = {},
) {
  const codec: Codec<W> = {
    parse(given) {
      const word = words.find((known) => known === lowerCase(given[0]));
      return word === undefined ? notOneOf(words) : (synonyms[word] ?? word);
    },
    print: (value) => value,
    same: (a, b) => a === b,
    lines: (option, value, fallback) => oneLine(option, value, value !== fallback),
  };
  return row(name, 'choice', about, words.join(' | '), standard, codec, facts);
}

/**
 * Several words out of a list, as a bit mask: the word at index i has bit i - 1, the first word is the empty mask.
 *
 * @param validate why a mask is refused, or undefined
 */
export function flags<const N extends string>(
  name: N,
  words: readonly string[],
  about: string,
  validate: (mask: number) => string | undefined,
  facts: Facts = {},
): Option<N, 'flags', number> {
  const print = (mask: number): string => {
    const set = words.filter((_, i) => i > 0 && (mask & (1 << (i - 1))) !== 0);
    return set.length === 0 ? words[0] : set.join(' ');
  };
  const codec: Codec<number> = {
    parse(given) {
      if (given.length === 0) return notOneOf(words);
      let mask = 0;
      for (const word of given) {
        const index = words.indexOf(lowerCase(word));
        if (index < 0) return notOneOf(words);
        if (index > 0) mask |= 1 << (index - 1);
      }
      const reason = validate(mask);
      return reason === undefined ? mask : new Refusal(reason);
    },
    print,
    same: (a, b) => a === b,
    lines: (option, value, standard) => oneLine(option, print(value), value !== standard),
  };
  const syntax = `${words[0]}, or any of ${words.slice(1).join(' ')}`;
  return { name, kind: 'flags', about, syntax, standard: 0, words: true, codec, ...facts };
}

// Text

interface TextFacts extends Facts {
  /** Why a value is refused, or undefined. */
  readonly validate?: (value: string) => string | undefined;
  /** Any bytes, also NUL; other text ends at the first NUL, because it goes to the operating system. */
  readonly binary?: boolean;
}

/**
 * Text, kept as byte text.
 *
 * @param standard null when the option is absent by default; then the empty string makes it absent again, and
 *   CONFIG REWRITE leaves it out
 */
export function text<const N extends string>(
  name: N,
  standard: string | null,
  about: string,
  { validate, binary, ...facts }: TextFacts = {},
) {
  const codec: Codec<string> = {
    parse(words) {
      const nul = binary === true ? -1 : words[0].indexOf('\0');
      const value = nul < 0 ? words[0] : words[0].slice(0, nul);
      const reason = validate?.(value);
      return reason === undefined ? value : new Refusal(reason);
    },
    print: (value) => value,
    same: (a, b) => a === b && facts.volatile !== true,
    lines(option, value) {
      if (standard === null && value === '') return [];
      return oneLine(option, quoteArgument(bytesOf(value)), value !== standard);
    },
  };
  return row(name, 'text', about, 'text', standard ?? '', codec, facts);
}
