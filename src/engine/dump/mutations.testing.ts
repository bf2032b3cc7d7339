/**
 * Payloads gone wrong: good ones of every type, changed as damage and malice change them, with the checksum that makes RESTORE
 * look at them. The same seed gives the same payloads.
 */
import { Crc64 } from '../../bytes/crc64.ts';
import {
  type Bytes,
  double,
  intset,
  length,
  listpack,
  littleEndian,
  payload,
  text,
  ziplist,
  zipmap,
} from './payloads.testing.ts';

const FOOTER_BYTES = 10;
const NO_CHECKSUM = [0, 0, 0, 0, 0, 0, 0, 0];
const ELEMENTS = ['a', 1, 300, -70000, 2n ** 40n, 'bb', '', 12, 'x'.repeat(70), 4095, 5_000_000_000];
const PAIRS = ELEMENTS.flatMap((element, i) => [element, i]);
const PLENTY = Array.from({ length: 40 }, (_, i) => i * 7);
const LZF = [0xc3, 5, 30, 0, 97, 0xe0, 20, 0];

/** The ID `ms`-0, as a key of a block or pending. */
const id = (ms: number): number[] => littleEndian(ms, 8).reverse().concat(littleEndian(0, 8));
const BLOCK = [2, 1, 1, 'f', 0, 2, 0, 0, 'v', 4, 3, 1, 0, 12, 4, 0, 2, 5, 1, 'g', 'w', 6];
const LONE = [1, 0, 1, 'f', 0, 2, 0, 0, 2n ** 40n, 4];
const BLOCKS = [2, ...text(id(1)), ...text(listpack(BLOCK)), ...text(id(9)), ...text(listpack(LONE)), 3, 9, 0];
const TIME = littleEndian(1_700_000_000_000, 8);
const PENDING = [2, ...id(1), ...TIME, 1, ...id(2), ...TIME, 3];
/** Groups whose consumer `c` was seen, and was active where that is told, at TIME. */
const groups = (activity: readonly number[]): number[] => {
  const consumer = [...text('c'), ...TIME, ...activity, 2, ...id(1), ...id(2)];
  return [2, ...text('g'), 3, 0, 2, ...PENDING, 1, ...consumer, ...text('h'), 0, 0, 0, 0, 0];
};

/** One good payload of each type, and more of those that have parts. */
const GOOD: readonly Buffer[] = [
  payload(0, text('some text')),
  payload(0, [0xc2, 1, 2, 3, 4]),
  payload(0, LZF),
  payload(1, [3, ...text('a'), 0xc0, 5, ...LZF]),
  payload(2, [3, ...text('a'), 0xc1, 5, 5, ...text('x'.repeat(70))]),
  payload(2, [3, 0xc0, 1, 0xc0, 2, 0xc1, 0, 9]),
  payload(3, [2, ...text('a'), 3, ...Buffer.from('1.5'), ...text('b'), 254]),
  payload(4, [2, ...text('f'), ...LZF, ...text('g'), 0xc0, 1]),
  payload(5, [2, ...text('a'), ...double(1.5), ...text('b'), ...double(-3)]),
  payload(
    9,
    text(
      zipmap(
        [
          ['f', 'v'],
          ['g', 'x'.repeat(20)],
        ],
        2,
      ),
    ),
  ),
  payload(10, text(ziplist(ELEMENTS))),
  payload(11, text(intset(PLENTY, 4))),
  payload(11, text(intset([-(2n ** 62n), 0, 2n ** 60n]))),
  payload(12, text(ziplist(['a', 1, 'b', '2.5', 3, 70000]))),
  payload(13, text(ziplist(PAIRS))),
  payload(14, [2, ...text(ziplist(ELEMENTS)), ...text(ziplist(['z']))]),
  payload(16, text(listpack(PAIRS))),
  payload(16, text(listpack(PLENTY))),
  payload(17, text(listpack(['a', 1, 'b', '2.5', 3, 70000]))),
  payload(18, [3, 2, ...text(listpack(ELEMENTS)), 1, ...text('plain'), 2, ...text(listpack(['z', 5]))]),
  payload(20, text(listpack(ELEMENTS))),
  payload(24, [...littleEndian(2e12, 8), 2, 1, ...text('a'), ...text('v'), 0, ...text('b'), ...text('w')]),
  payload(25, [...littleEndian(2e12, 8), ...text(listpack(['a', 'v', 2e12, 'b', 1, 0]))]),
  payload(20, text(listpack(PLENTY))),
  payload(15, [...BLOCKS, 1, ...text('g'), 3, 0, ...PENDING, 1, ...text('c'), ...TIME, 2, ...id(1), ...id(2)]),
  payload(19, [...BLOCKS, 1, 0, 2, 0, 4, ...groups([])]),
  payload(21, [...BLOCKS, 1, 0, 2, 0, 4, ...groups(TIME)]),
];

/** Bytes that begin or end something somewhere in the formats. */
const TELLING = [
  0, 1, 2, 5, 11, 63, 64, 127, 128, 129, 0xc0, 0xc3, 0xdf, 0xe0, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xfe, 0xff,
];
const TYPES = [0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25];

/** Unsigned 32-bit numbers from a seed (xorshift32). */
export function chance(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** A payload with one to four changes, its checksum right. */
export function mutated(random: () => number): Buffer {
  let body: number[] = [...GOOD[random() % GOOD.length].subarray(0, -FOOTER_BYTES)];
  for (let left = 1 + (random() % 4); left > 0; left--) body = changed(body, random);
  const sound = Buffer.from([...body, 11, 0, ...NO_CHECKSUM]);
  const crc = new Crc64();
  const end = sound.length - NO_CHECKSUM.length;
  crc.add(sound, new DataView(sound.buffer, sound.byteOffset, sound.length), 0, end);
  sound.writeInt32LE(crc.low, end);
  sound.writeInt32LE(crc.high, end + 4);
  return sound;
}

function changed(body: readonly number[], random: () => number): number[] {
  const at = random() % (body.length + 1);
  const bytes = [...body];
  switch (random() % 12) {
    case 0:
      bytes[at] = random() & 255;
      break;
    case 1:
      bytes[at] = TELLING[random() % TELLING.length];
      break;
    case 2:
      bytes[at] = ((bytes[at] ?? 0) + (random() % 3) - 1) & 255;
      break;
    case 3:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (random() % 8));
      break;
    case 4:
      bytes.splice(at, 1 + (random() % 4));
      break;
    case 5:
      bytes.splice(at, 0, ...bytes.slice(at, at + (random() % 12)));
      break;
    case 6:
      bytes.splice(at, 0, TELLING[random() % TELLING.length]);
      break;
    case 7:
      bytes[0] = TYPES[random() % TYPES.length];
      break;
    case 8:
      return bytes.slice(0, Math.max(1, at));
    case 9:
      return withLength(bytes, random);
    case 10:
      bytes.splice(at, 4, ...littleEndian(random() % 2 === 0 ? random() : random() % 100, 4));
      break;
    default:
      return rewrapped(bytes, random);
  }
  return bytes.map((byte) => byte ?? 0);
}

/** Another length where the value's first length stands. */
function withLength(bytes: readonly number[], random: () => number): number[] {
  const wild = [random(), 2 ** 31, 2 ** 32 - 1, random() % 100];
  return [bytes[0], ...length(wild[random() % wild.length]), ...bytes.slice(2)];
}

/** The content of a value that is one string, changed, with the string's length and the list's own length as they should be. */
function rewrapped(bytes: readonly number[], random: () => number): number[] {
  const isLong = bytes[1] >= 64;
  const inner: Bytes = bytes.slice(isLong ? 3 : 2);
  if (inner.length < 8) return [...bytes];
  const content = changed(inner, random);
  if (random() % 4 > 0) content.splice(0, 4, ...littleEndian(content.length, 4));
  if (random() % 2 > 0) content[content.length - 1] = 0xff;
  return [bytes[0], ...text(content)];
}
