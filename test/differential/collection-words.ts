/**
 * The words of commands on hashes, lists, sets, sorted sets, HyperLogLogs, geo and SORT. Each type has keys of its own that
 * most of its commands take, so that most commands are valid; some keys hold numbers only (`l:num`, `s:num`), or members of
 * one score (`z:lex`), for what asks for such.
 */
import type { Chance } from './chance.ts';
import type { Words } from './script.ts';
import { streamWord } from './stream-words.ts';
import { randomDouble, randomInteger, randomKey, randomText } from './words.ts';

/** What the words of one command have in common. */
export interface Context {
  readonly chance: Chance;
  readonly group: string;
  /** The command's first word, in lowercase. */
  readonly command: string;
  /** By what a sorted set's range is given, where a command leaves the choice. */
  readonly range: 'index' | 'score' | 'lex';
  /** The key named last. */
  key: string;
  /** How many keys `numkeys` announces. */
  counted: number;
}

const POOLS: Readonly<Record<string, readonly string[]>> = {
  hash: ['h1', 'h2', 'h3'],
  list: ['l1', 'l2', 'l:num'],
  set: ['s1', 's2', 's3', 's:num', 's:num2'],
  'sorted-set': ['z1', 'z2', 'z3', 'z:lex'],
  geo: ['g1', 'g2'],
  hyperloglog: ['p1', 'p2', 'p3'],
  stream: ['x1', 'x2'],
};
const GROUPS = Object.keys(POOLS);
/** Commands that take sets and sorted sets alike. */
const SET_ALGEBRA = /^z(union|inter|diff)(store)?$|^zintercard$/;
/** Its members mostly have one score. */
const LEX_KEY = 'z:lex';
const NUMBERS_ONLY = /:num/;

const SCORES = ['0', '1', '1', '2', '2', '3', '5', '10', '-1', '-2.5', '1.5', '0.1', '3.0e0', '1e3', '100'];
const ODD_SCORES = ['inf', '-inf', '+inf', '-0', '0x10', '1e308', '-1e308', '5e-324', '123456789012345678', '.5'];
const NOT_SCORES = ['nan', 'abc', '', '1e400', ' 1', '1 ', '1\0', '(1'];
const MEMBERS = ['a', 'b', 'c', 'd', 'e', 'f', 'foo', 'bar', 'A', 'ab', '1', '2', '3', '10', '007'];
const LEX_BOUNDS = ['-', '+', '[a', '[b', '[c', '(a', '(b', '[ab', '[', '(', '[foo', '(foo', '[\xff'];
const FIELDS = ['f1', 'f2', 'f3', 'f4', 'f5', 'a', '1', ''];
const INDEXES = ['0', '0', '0', '1', '-1', '-1', '2', '3', '-2', '-3', '5', '100', '-100'];
const COUNTS = ['1', '1', '2', '2', '3', '5', '0', '100', '-1', '-2', '-5'];
const LONGITUDES = [
  '13.361389',
  '15.087269',
  '13.5',
  '14.2',
  '2.34',
  '-73.9',
  '0',
  '179.99',
  '180',
  '-180',
  '181',
  'a',
];
const LATITUDES = [
  '38.115556',
  '37.502669',
  '38',
  '37.9',
  '48.85',
  '40.7',
  '0',
  '85.05112878',
  '-85.05112878',
  '86',
  '',
];
const LENGTHS = ['1', '10', '50', '100', '200', '200', '500', '1000', '20000', '0', '0.001', '-1', 'abc'];
const WEIGHTS = ['1', '2', '3', '0.5', '-1', '0', 'inf', '-inf'];
const BY_PATTERNS = ['*', '*', 'nosort', 'w:*', 'h*->f1', 'h*->f2', 'w:*->', 'h*->*', '', '**', '*->'];
const GET_PATTERNS = ['#', '#', '*', 'w:*', 'h*->f1', 'h*->f2', 'nothing', '*->f1', '##', ''];
const SUBCOMMANDS = ['ENCODING', 'DECODE', 'GETREG', 'TODENSE', 'encoding', 'NOSUCH'];

/** One time in `oneIn` a word from the second list, else from the first. */
function rarely(chance: Chance, oneIn: number, odd: readonly string[], usual: readonly string[]): string {
  return chance.pick(chance.below(oneIn) === 0 ? odd : usual);
}

/** A key that mostly holds what the command is for. */
export function keyFor({ chance, group, command }: Context): string {
  const roll = chance.below(100);
  if (roll < 4) return randomKey(chance);
  if (roll < 8) return anyKey(chance);
  if (/^sort/.test(command)) return chance.pick(POOLS[chance.pick(['list', 'list', 'set', 'set', 'sorted-set'])]);
  if (SET_ALGEBRA.test(command) && roll < 25) return chance.pick(POOLS.set);
  if (group === 'sorted-set' && roll < 12) return chance.pick(POOLS.geo);
  const pool = POOLS[group];
  if (pool !== undefined) return chance.pick(pool);
  if (group === 'generic') return roll < 40 ? randomKey(chance) : anyKey(chance);
  return randomKey(chance);
}

function anyKey(chance: Chance): string {
  return chance.pick(POOLS[chance.pick(GROUPS)]);
}

function member({ chance, key, group }: Context): string {
  if (NUMBERS_ONLY.test(key)) return chance.happens(0.95) ? `${chance.below(40) - 5}` : randomInteger(chance);
  const roll = chance.below(20);
  if (roll < 13 || group === 'geo') return chance.pick(MEMBERS);
  return roll < 17 ? `m${chance.below(60)}` : randomText(chance);
}

function score({ chance, key }: Context): string {
  if (key === LEX_KEY && chance.happens(0.9)) return '0';
  const roll = chance.below(50);
  if (roll === 0) return chance.pick(NOT_SCORES);
  if (roll < 6) return chance.pick(ODD_SCORES);
  return roll < 10 ? randomDouble(chance) : chance.pick(SCORES);
}

function scoreBound(context: Context): string {
  const { chance } = context;
  if (chance.happens(0.25)) return chance.pick(['-inf', '+inf', 'inf']);
  return `${chance.happens(0.3) ? '(' : ''}${chance.pick(chance.below(20) === 0 ? NOT_SCORES : SCORES)}`;
}

function index(chance: Chance): string {
  return chance.below(25) === 0 ? randomInteger(chance) : chance.pick(INDEXES);
}

function rangeBound(context: Context, type: string): string {
  const { chance, range } = context;
  const kind = /^zrange(store)?$/.test(context.command)
    ? range
    : type === 'double'
      ? 'score'
      : type === 'string'
        ? 'lex'
        : 'index';
  if (kind === 'score') return scoreBound(context);
  if (kind === 'lex') return rarely(chance, 20, ['a', '', '-inf', '*'], LEX_BOUNDS);
  return index(chance);
}

/** A coordinate: a known place, or anywhere near one, so that some are close together. */
function degrees(chance: Chance, known: readonly string[]): string {
  if (chance.happens(0.7)) return chance.pick(known);
  return `${Number.parseFloat(chance.pick(known.slice(0, 4))) + (chance.below(2000) - 1000) / 1000}`;
}

/** A word for an argument of the groups above, by its name; undefined where its type says enough. */
export function collectionWord(context: Context, name: string, type: string): string | undefined {
  const { chance, group, command } = context;
  if (group === 'stream' && type !== 'key') return streamWord(name, chance);
  if (type === 'key' || (POOLS[group] === undefined && !/^sort/.test(command))) return undefined;
  switch (name) {
    case 'field':
      return chance.happens(0.8) ? chance.pick(FIELDS) : member(context);
    case 'value':
      return chance.happens(0.4) ? chance.pick(SCORES) : member(context);
    case 'member':
    case 'member1':
    case 'member2':
    case 'element':
    case 'pivot':
      return member(context);
    case 'score':
      return score(context);
    case 'increment':
      return group === 'sorted-set' ? score(context) : undefined;
    case 'weight':
      return rarely(chance, 30, NOT_SCORES, WEIGHTS);
    case 'min':
    case 'max':
    case 'start':
    case 'stop':
      return rangeBound(context, type);
    case 'index':
    case 'rank':
    case 'offset':
    case 'num-matches':
    case 'len':
    case 'limit':
      return index(chance);
    case 'count':
      return chance.below(25) === 0 ? randomInteger(chance) : chance.pick(COUNTS);
    case 'longitude':
      return degrees(chance, LONGITUDES);
    case 'latitude':
      return degrees(chance, LATITUDES);
    case 'radius':
    case 'width':
    case 'height':
      return chance.pick(LENGTHS);
    case 'subcommand':
      return chance.pick(SUBCOMMANDS);
    default:
      return undefined;
  }
}

/** A pattern of SORT's BY or GET. */
export function sortPattern(token: string | undefined, chance: Chance): string {
  return chance.pick(token === 'BY' ? BY_PATTERNS : GET_PATTERNS);
}

const BY_TEXT = /^z(rev)?rangebylex$|^zlexcount$|^zremrangebylex$/i;

/**
 * What makes all scores equal that a command by text reads, if it is one: of others a skip list finds what the chance of its
 * levels lets it find.
 */
export function levelScores(words: Words): Words[] {
  const isOption = words.some((word) => /^bylex$/i.test(word));
  const isStore = /^zrangestore$/i.test(words[0]);
  if (!BY_TEXT.test(words[0]) && !(isOption && (isStore || /^zrange$/i.test(words[0])))) return [];
  const key = words[isStore ? 2 : 1];
  return key === undefined ? [] : [['ZUNIONSTORE', key, '1', key, 'WEIGHTS', '0']];
}

const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  'hash-max-listpack-entries': ['0', '1', '2', '4', '8', '512'],
  'hash-max-listpack-value': ['0', '1', '3', '10', '64'],
  'list-max-listpack-size': ['1', '2', '4', '16', '-1', '-2', '-5'],
  'list-compress-depth': ['0', '1', '2'],
  'set-max-intset-entries': ['0', '1', '4', '16', '512'],
  'zset-max-listpack-entries': ['0', '1', '4', '8', '128'],
  'zset-max-listpack-value': ['0', '1', '3', '10', '64'],
  'hll-sparse-max-bytes': ['0', '20', '100', '3000', '16000'],
};

/** Since Redis 7.2 members that are there already, named to be added, cost a collection its encoding when these shrink. */
const ONLY_AT_FIRST = ['set-max-intset-entries', 'zset-max-listpack-entries'];

/** Moves the thresholds between encodings to where few members reach them; at first all of them, later those that may. */
export function changedSettings(chance: Chance, isFirst: boolean): Words {
  const chosen = Object.entries(SETTINGS).flatMap(([name, values]) =>
    (isFirst || !ONLY_AT_FIRST.includes(name)) && chance.happens(0.5) ? [name, chance.pick(values)] : [],
  );
  return ['CONFIG', 'SET', ...(chosen.length > 0 ? chosen : ['list-max-listpack-size', '2'])];
}

const SIZES = [5, 20, 127, 128, 129, 130, 300, 511, 512, 513, 514, 1500];
const LONG = 'y'.repeat(60);

/** A collection large enough to change its encoding, then most of it removed. */
export function collectionCrowd(chance: Chance): Words[] {
  const size = chance.pick(SIZES);
  const numbers = Array.from({ length: size }, (_, i) => `${i}`);
  const longest = chance.happens(0.2) ? `${LONG}${'y'.repeat(chance.below(8))}` : 'last';
  const names = [...numbers.map((number) => `m${number}`), longest];
  const leaving = names.filter(() => chance.happens(0.7));
  const group = chance.pick(GROUPS);
  const key = chance.pick(POOLS[group]);
  switch (group) {
    case 'hash':
      return [
        ['HSET', key, ...names.flatMap((name, i) => [name, `${i}`])],
        ['HDEL', key, ...leaving, ''],
        ['HLEN', key],
      ];
    case 'list':
      return [
        [chance.pick(['RPUSH', 'LPUSH']), key, ...names],
        ['LINSERT', key, 'BEFORE', chance.pick(names), 'inserted'],
        ['LREM', key, chance.pick(['0', '1', '-1']), chance.pick(names)],
        ['LTRIM', key, `${chance.below(size)}`, `${-chance.below(5) - 1}`],
        ['LRANGE', key, '0', '-1'],
      ];
    case 'set':
      return NUMBERS_ONLY.test(key)
        ? [
            ['SADD', key, ...numbers],
            ['SREM', key, '', ...numbers.filter(() => chance.happens(0.7))],
            ['SCARD', key],
          ]
        : [
            ['SADD', key, ...names],
            ['SREM', key, '', ...leaving],
            ['SCARD', key],
          ];
    case 'hyperloglog':
      return [
        ['PFADD', key, ...names],
        ['PFCOUNT', key],
      ];
    case 'geo':
      return [
        ['GEOADD', key, ...names.flatMap((name, i) => [`${13 + i / 300}`, `${37 + (i % 17) / 9}`, name])],
        ['ZCARD', key],
      ];
    default:
      return [
        ['ZADD', key, ...names.flatMap((name, i) => [key === LEX_KEY ? '0' : `${(i * 7) % 100}`, name])],
        ['ZREM', key, '', ...leaving],
        ['ZCARD', key],
      ];
  }
}
