/**
 * Options with a form of their own: several numbers, addresses, classes of events, the working directory.
 *
 * Each has its value type and its codec here; the row that names and describes it is in a table under `options/`.
 * Numbers are read as C's strtoll reads them (spaces before, a '+', leading zeros), because Redis does; a number that C
 * would cut off to fit an int is refused instead.
 */

import { EVENT_CLASSES } from '../../engine/effects/events.ts';
import { quoteArgument } from '../../protocol/inline.ts';
import { bytesOf, lowerCase } from './byte-text.ts';
import type { Codec, Facts, Option } from './option.ts';
import { Refusal } from './option.ts';
import { INT_MAX, oneLine, parseMemory, printMemory } from './scalar-options.ts';

interface Form<V> {
  readonly syntax: string;
  readonly standard: V;
  readonly words: boolean;
  readonly codec: Codec<V>;
}

export function compound<const N extends string, V>(
  name: N,
  form: Form<V>,
  about: string,
  facts: Facts = {},
): Option<N, 'compound', V> {
  return { name, kind: 'compound', about, ...form, ...facts };
}

/** Redis runs the hooks of these options even when the value is the one it was. */
function neverSame(): boolean {
  return false;
}

/** An integer of `min` to `max` as strtoll reads it, or NaN. The empty string is 0. */
function parseLoose(text: string, min: number, max: number): number {
  if (!/^([ \t-\r]*[+-]?[0-9]+)?$/.test(text)) return Number.NaN;
  const value = Number(text);
  return value >= min && value <= max ? value : Number.NaN;
}

// save

/** A snapshot is due `seconds` after the last one if there were at least `changes`. */
export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

const INVALID_SAVE = 'Invalid save parameters';

function printSavePoint(point: SavePoint): string {
  return `${point.seconds} ${point.changes}`;
}

/** In a file, the first line replaces the standard points, later ones add to it, and `save ""` removes what is there. */
export const savePoints: Form<readonly SavePoint[]> = {
  syntax: '[seconds changes]…, or "" for never',
  standard: [
    { seconds: 3600, changes: 1 },
    { seconds: 300, changes: 100 },
    { seconds: 60, changes: 10000 },
  ],
  words: true,
  codec: {
    parse(words, previous, reading) {
      const none = words.length === 1 && words[0] === '';
      const points: SavePoint[] = reading.repeated && !none ? [...previous] : [];
      if (none) return points;
      if (words.length % 2 !== 0) return new Refusal(INVALID_SAVE);
      for (let i = 0; i < words.length; i += 2) {
        const seconds = parseLoose(words[i], 1, Number.MAX_SAFE_INTEGER);
        const changes = parseLoose(words[i + 1], 0, INT_MAX);
        if (Number.isNaN(seconds) || Number.isNaN(changes)) return new Refusal(INVALID_SAVE);
        points.push({ seconds, changes });
      }
      return points;
    },
    print: (points) => points.map(printSavePoint).join(' '),
    same: neverSame,
    lines(name, points) {
      if (points.length === 0) return oneLine(name, '""', true);
      return points.flatMap((point) => oneLine(name, printSavePoint(point), true));
    },
  },
};

// client-output-buffer-limit

/** Limits of one class of clients; 0 is no limit. */
export interface OutputLimit {
  readonly hardBytes: bigint;
  readonly softBytes: bigint;
  readonly softSeconds: number;
}

export interface OutputLimits {
  readonly normal: OutputLimit;
  readonly replica: OutputLimit;
  readonly pubsub: OutputLimit;
}

type ClientClass = keyof OutputLimits;

/** In the order of printing, with the names CONFIG GET shows. */
const CLIENT_CLASSES: readonly (readonly [ClientClass, string])[] = [
  ['normal', 'normal'],
  ['replica', 'slave'],
  ['pubsub', 'pubsub'],
];

function clientClass(word: string): ClientClass | undefined {
  const lower = lowerCase(word);
  return CLIENT_CLASSES.find(([name, shown]) => lower === name || lower === shown)?.[0];
}

function sameLimit(a: OutputLimit, b: OutputLimit): boolean {
  return a.hardBytes === b.hardBytes && a.softBytes === b.softBytes && a.softSeconds === b.softSeconds;
}

export const outputLimits: Form<OutputLimits> = {
  syntax: '[normal | replica | pubsub, hard bytes, soft bytes, soft seconds]…',
  standard: {
    normal: { hardBytes: 0n, softBytes: 0n, softSeconds: 0 },
    replica: { hardBytes: 256n << 20n, softBytes: 64n << 20n, softSeconds: 60 },
    pubsub: { hardBytes: 32n << 20n, softBytes: 8n << 20n, softSeconds: 60 },
  },
  words: true,
  codec: {
    parse(words, previous) {
      if (words.length % 4 !== 0) return new Refusal('Wrong number of arguments in buffer limit configuration.');
      const limits = { ...previous };
      for (let i = 0; i < words.length; i += 4) {
        const name = clientClass(words[i]);
        if (name === undefined) return new Refusal('Invalid client class specified in buffer limit configuration.');
        const hardBytes = parseMemory(words[i + 1]);
        const softBytes = parseMemory(words[i + 2]);
        const softSeconds = parseLoose(words[i + 3], 0, INT_MAX);
        if (hardBytes === undefined || softBytes === undefined || Number.isNaN(softSeconds)) {
          return new Refusal('Error in hard, soft or soft_seconds setting in buffer limit configuration.');
        }
        limits[name] = { hardBytes, softBytes, softSeconds };
      }
      return limits;
    },
    print: (limits) =>
      CLIENT_CLASSES.map(([name, shown]) => {
        const limit = limits[name];
        return `${shown} ${limit.hardBytes} ${limit.softBytes} ${limit.softSeconds}`;
      }).join(' '),
    same: neverSame,
    lines: (option, limits, standard) =>
      CLIENT_CLASSES.flatMap(([name]) => {
        const limit = limits[name];
        const value = `${name} ${printMemory(limit.hardBytes)} ${printMemory(limit.softBytes)} ${limit.softSeconds}`;
        return oneLine(option, value, !sameLimit(limit, standard[name]));
      }),
  },
};

// oom-score-adj-values

/** Scores of a primary, a replica and a background child. */
export const oomScores: Form<readonly number[]> = {
  syntax: 'three integers, -2000 to 2000',
  standard: [0, 200, 800],
  words: true,
  codec: {
    parse(words) {
      if (words.length !== 3) return new Refusal('wrong number of arguments');
      const scores = words.map((word) => parseLoose(word, -2000, 2000));
      if (!scores.some(Number.isNaN)) return scores;
      return new Refusal('Invalid oom-score-adj-values, elements must be between -2000 and 2000.');
    },
    print: (scores) => scores.join(' '),
    same: (a, b) => a.every((score, i) => score === b[i]),
    lines: (name, scores, standard) =>
      oneLine(
        name,
        scores.join(' '),
        scores.some((score, i) => score !== standard[i]),
      ),
  },
};

// latency-tracking-info-percentiles

/** Reads a decimal number or infinity as strtod does, or NaN. Hexadecimal numbers are not read. */
function parseDouble(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text)) return Number.NaN;
  return Number(text);
}

function printPercentiles(percentiles: readonly number[]): string {
  return percentiles.map((percentile) => percentile.toFixed(6).replace(/\.?0+$/, '')).join(' ');
}

export const percentiles: Form<readonly number[]> = {
  syntax: 'numbers, 0 to 100, or "" for none',
  standard: [50, 99, 99.9],
  words: true,
  codec: {
    parse(words) {
      if (words.length === 1 && words[0] === '') return [];
      const values = words.map(parseDouble);
      for (const value of values) {
        if (Number.isNaN(value)) return new Refusal('Invalid latency-tracking-info-percentiles parameters');
        if (value < 0 || value > 100) {
          return new Refusal('latency-tracking-info-percentiles parameters should sit between [0.0,100.0]');
        }
      }
      return values;
    },
    print: printPercentiles,
    same: neverSame,
    lines: (name, values) => oneLine(name, values.length === 0 ? '""' : printPercentiles(values), true),
  },
};

// notify-keyspace-events

/** What the letter A stands for: every class of events but key misses and new keys. */
const ALL_EVENTS = [...'g$lshzxetd'].reduce((mask, letter) => mask | EVENT_CLASSES[letter as 'g'], 0);

const EVENT_LETTERS = new Map<string, number>([...Object.entries(EVENT_CLASSES), ['A', ALL_EVENTS]]);

function printEvents(mask: number): string {
  const all = (mask & ALL_EVENTS) === ALL_EVENTS;
  const letters = Object.entries(EVENT_CLASSES).filter(
    ([, bit]) => (mask & bit) !== 0 && !(all && (bit & ALL_EVENTS) !== 0),
  );
  return (all ? 'A' : '') + letters.map(([letter]) => letter).join('');
}

export const keyspaceEvents: Form<number> = {
  syntax: 'any of the letters K E A g $ l s h z x e t d m n',
  standard: 0,
  words: false,
  codec: {
    parse(words) {
      let mask = 0;
      for (const letter of words[0]) {
        const bits = EVENT_LETTERS.get(letter);
        if (bits === undefined) return new Refusal("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
        mask |= bits;
      }
      return mask;
    },
    // Redis does not show n beside A. In a file it must stand, or it would be lost at the next start.
    print: (mask) => printEvents((mask & ALL_EVENTS) === ALL_EVENTS ? mask & ~EVENT_CLASSES.n : mask),
    same: neverSame,
    lines: (name, mask) => oneLine(name, quoteArgument(bytesOf(printEvents(mask))), mask !== 0),
  },
};

// bind

const MAX_ADDRESSES = 16;
const ALL_ADDRESSES = ['*', '-::*'];

/** Addresses to listen on: `*` is every one, and a leading '-' makes it no error when the address is not there. */
export const addresses: Form<readonly string[]> = {
  syntax: 'up to 16 addresses',
  standard: ALL_ADDRESSES,
  words: true,
  codec: {
    parse(words) {
      if (words.length > MAX_ADDRESSES) return new Refusal('Too many bind addresses specified.');
      return words.length === 1 && words[0] === '' ? [] : words;
    },
    print: (list) => list.join(' '),
    same: neverSame,
    lines(name, list) {
      if (list.join(' ') === ALL_ADDRESSES.join(' ')) return [];
      return oneLine(name, list.length === 0 ? '""' : list.join(' '), true);
    },
  },
};

// replicaof

export interface Primary {
  readonly host: string;
  readonly port: number;
}

export const primary: Form<Primary | null> = {
  syntax: 'host port, or "no one"',
  standard: null,
  words: true,
  codec: {
    parse(words) {
      if (words.length !== 2) return new Refusal('wrong number of arguments');
      if (lowerCase(words[0]) === 'no' && lowerCase(words[1]) === 'one') return null;
      const port = parseLoose(words[1], 0, 65535);
      return Number.isNaN(port) ? new Refusal('Invalid master port') : { host: words[0], port };
    },
    print: (value) => (value === null ? '' : `${value.host} ${value.port}`),
    same: neverSame,
    lines: (name, value) => (value === null ? [] : oneLine(name, `${value.host} ${value.port}`, true)),
  },
};

// dir

/** Takes effect while it is read, so that relative paths in the lines after it start there. */
export const directory: Form<string> = {
  syntax: 'path',
  standard: '',
  words: false,
  codec: {
    parse(words, _previous, reading) {
      const failure = reading.directory.change(words[0]);
      return failure === undefined ? reading.directory.current() : new Refusal(failure);
    },
    print: (path) => path,
    same: neverSame,
    lines: (name, path) => oneLine(name, quoteArgument(bytesOf(path)), true),
    restore: (path, workingDirectory) => void workingDirectory.change(path),
    initial: (workingDirectory) => workingDirectory.current(),
  },
};
