/** The words that random commands are made of, by the type of argument: ordinary ones, edges, and wrong ones. */
import type { Chance } from './chance.ts';

/** Few keys, so that commands meet; names that must not be special to anybody. */
const KEYS = ['a', 'b', 'c', 'key:1', '', '__proto__', 'constructor', 'hasOwnProperty', '\xff\xfe\x80', 'n\0\r\nl'];
const COMMON_KEYS = 3;

const SMALL = [
  '0',
  '1',
  '2',
  '3',
  '5',
  '7',
  '8',
  '10',
  '42',
  '100',
  '255',
  '256',
  '1000',
  '4999',
  '-1',
  '-2',
  '-3',
  '-100',
];
const EXTREME = [
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775806',
  '-9223372036854775807',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '4611686018427387904',
];
const NOT_INTEGER = [
  '9223372036854775808',
  '-9223372036854775809',
  '18446744073709551616',
  '007',
  '+1',
  '-0',
  ' 1',
  '1 ',
  '',
  'abc',
  '1.0',
  '1e3',
  '0x10',
  '1\0',
];
const FLOATS = [
  '0.1',
  '1.5',
  '-3.25',
  '3.0e0',
  '1e3',
  '5.0e-3',
  '1e17',
  '1e-10',
  '123456789.987654321',
  '0.30000000000000004',
];
const ODD_FLOATS = [
  'inf',
  '-inf',
  'nan',
  '1e308',
  '-1e308',
  '1e5000',
  '1e-400',
  ' 1.5',
  '1.5 ',
  '0x1p4',
  '.5',
  '5.',
  '--1',
];
const TEXTS = [
  'foobar',
  'Hello World',
  'ohmytext',
  'mynewtext',
  '',
  '\0',
  '\0\0\xff\x0f',
  '\xff\xf0\x00',
  '\xc3\x28\xa0',
  'line\r\nbreak',
  '__proto__',
  'x'.repeat(44),
  'x'.repeat(45),
  'abc'.repeat(100),
  '\xff'.repeat(64),
];
/** Far enough for no deadline to pass during a script, or past already. */
const TIMES = [
  '0',
  '-1',
  '100000',
  '1000000',
  '99999999999',
  '-9223372036854775808',
  '9223372036854775807',
  '9223372036854775',
  '9223372036854776',
];
const PATTERNS = [
  '*',
  'a',
  'key:*',
  '?',
  '[a-c]',
  '[^a]',
  '*o*',
  '[',
  '\\',
  'a\\',
  '[b-',
  '**',
  '',
  '*\xff*',
  'k[e-',
  '[\\]a]',
];
const BITFIELD_TYPES = [
  'u1',
  'u8',
  'i8',
  'i5',
  'u63',
  'i64',
  'u16',
  'i32',
  'u64',
  'i65',
  'u0',
  'i0',
  'x8',
  'u',
  'i 8',
  'U8',
];
const BIT_OFFSETS = [
  '0',
  '1',
  '7',
  '8',
  '100',
  '#0',
  '#1',
  '#7',
  '#-1',
  '#',
  '-1',
  '#9223372036854775807',
  '9223372036854775807',
  '4294967296',
  '#a',
];
const TYPES = ['string', 'list', 'hash', 'zset', 'STRING', 'nonsense', ''];

export function randomKey(chance: Chance): string {
  return chance.happens(0.8) ? KEYS[chance.below(COMMON_KEYS)] : chance.pick(KEYS);
}

export function randomInteger(chance: Chance): string {
  const roll = chance.below(20);
  if (roll < 14) return chance.pick(SMALL);
  return roll < 17 ? chance.pick(EXTREME) : chance.pick(NOT_INTEGER);
}

export function randomTime(chance: Chance): string {
  return chance.happens(0.9) ? chance.pick(TIMES) : chance.pick(NOT_INTEGER);
}

export function randomDouble(chance: Chance): string {
  return chance.happens(0.6) ? chance.pick(FLOATS) : chance.pick([...ODD_FLOATS, ...SMALL, ...EXTREME]);
}

export function randomText(chance: Chance): string {
  const roll = chance.below(10);
  if (roll < 5) return chance.pick(TEXTS);
  if (roll < 7) return randomInteger(chance);
  if (roll < 8) return randomDouble(chance);
  let bytes = '';
  for (let left = chance.below(24); left > 0; left--) bytes += String.fromCharCode(chance.below(256));
  return bytes;
}

export function randomPattern(chance: Chance): string {
  return chance.pick(PATTERNS);
}

/** A word for an argument that its name tells more about than its type. */
export function randomNamedWord(name: string, chance: Chance): string | undefined {
  switch (name) {
    case 'encoding':
      return chance.pick(BITFIELD_TYPES);
    case 'type':
      return chance.pick(TYPES);
    case 'db':
    case 'index':
    case 'index1':
    case 'index2':
    case 'destination-db':
      return chance.pick(['0', '0', '1', '1', '9', '15', '16', '-1', '4294967296', 'abc', '']);
    case 'cursor':
      return chance.pick([
        '0',
        '0',
        '0',
        '0',
        '1',
        '18446744073709551615',
        '18446744073709551616',
        '-1',
        'abc',
        '',
        ' 0',
        '0x',
      ]);
    case 'subcommand':
      return chance.pick(['GETREG', 'DECODE', 'ENCODING', 'TODENSE', 'todense', 'nonsense', '']);
    case 'operation':
      return chance.pick(['AND', 'OR', 'XOR', 'NOT', 'and', 'not', 'NAND', '']);
    case 'protover':
      return chance.pick(['2', '3', '3', '1', '4', 'abc', '']);
    case 'bit':
      return chance.pick(['0', '1', '1', '2', '-1', 'a']);
    case 'seconds':
    case 'milliseconds':
    case 'unix-time-seconds':
    case 'unix-time-milliseconds':
      return randomTime(chance);
    default:
      return undefined;
  }
}

export function randomOffset(command: string, chance: Chance): string | undefined {
  return command.startsWith('bitfield') ? chance.pick(BIT_OFFSETS) : undefined;
}

/** Any word at all. */
export function randomWord(chance: Chance): string {
  const kinds = [randomKey, randomInteger, randomText, randomDouble, randomPattern];
  return chance.pick(kinds)(chance);
}
