/**
 * Geohashes as Redis keeps positions in scores: longitude and latitude, each a fraction of its range in `step` bits, their
 * bits interleaved, those of the latitude in the even places.
 *
 *   latitude    -85.05112878 .. 85.05112878, the square map of the web; the poles have no place on it
 *   longitude   -180 .. 180
 *
 * With 26 bits each a position has 52, which a double holds exactly: no BigInt. The bits are handled in two words of 32.
 *
 * Any score can be read as a position, so those that no position has are taken as Redis takes them: cut to an integer of
 * 64 bits, unsigned where it fits, of which 32 bits are latitude and 32 longitude, far out of range, and pulled back.
 */

export const LONGITUDE_LIMIT = 180;
export const LATITUDE_LIMIT = 85.05112878;
const LONGITUDE_SPAN = 360;
const LATITUDE_SPAN = 170.10225756;

/** Bits of one coordinate in a score. */
export const MOST_STEPS = 26;

const WORD = 2 ** 32;
const GRID = 2 ** MOST_STEPS;
const CELL = 1 / GRID;
const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz';
/** Letters of a standard geohash that 52 bits fill; one more is always 0. */
const FULL_LETTERS = 10;

/** The column of a longitude among 2^step; at the limit the one behind the last. */
export function columnOf(longitude: number, step: number): number {
  return Math.trunc(((longitude + LONGITUDE_LIMIT) / LONGITUDE_SPAN) * 2 ** step);
}

/** The row of a latitude among 2^step; at the limit the one behind the last. */
export function rowOf(latitude: number, step: number): number {
  return Math.trunc(((latitude + LATITUDE_LIMIT) / LATITUDE_SPAN) * 2 ** step);
}

/** Where a column begins; where it ends is where the next begins. */
export function columnStart(column: number, step: number): number {
  return -LONGITUDE_LIMIT + (column / 2 ** step) * LONGITUDE_SPAN;
}

export function rowStart(row: number, step: number): number {
  return -LATITUDE_LIMIT + (row / 2 ** step) * LATITUDE_SPAN;
}

/** Interleaves the bits of a cell's row and column and adds `more`; a number beyond 2^53 is rounded once. */
export function interleave(row: number, column: number, more: number): number {
  const low = (spread(row & 0xffff) | (spread(column & 0xffff) << 1)) >>> 0;
  const high = (spread(row >>> 16) | (spread(column >>> 16) << 1)) >>> 0;
  return high * WORD + (low + more);
}

/** The score of a position within the limits. */
export function scoreOfPosition(longitude: number, latitude: number): number {
  return interleave(rowOf(latitude, MOST_STEPS), columnOf(longitude, MOST_STEPS), 0);
}

/** The longitude of a score: the middle of its column. */
export function longitudeOf(score: number): number {
  const bits = asUnsigned(score);
  const column = (compact(bits >>> 1) | (compact(highWord(bits) >>> 1) << 16)) >>> 0;
  return middle(-LONGITUDE_LIMIT, column, LONGITUDE_SPAN, LONGITUDE_LIMIT);
}

/** The latitude of a score: the middle of its row. */
export function latitudeOf(score: number): number {
  const bits = asUnsigned(score);
  const row = (compact(bits | 0) | (compact(highWord(bits)) << 16)) >>> 0;
  return middle(-LATITUDE_LIMIT, row, LATITUDE_SPAN, LATITUDE_LIMIT);
}

/** The standard geohash of a score's position, whose latitudes range from pole to pole: eleven letters, the last one 0. */
export function geohashText(score: number): string {
  const column = columnOf(longitudeOf(score), MOST_STEPS);
  const row = Math.trunc(((latitudeOf(score) + 90) / 180) * GRID);
  let bits = interleave(row, column, 0);
  let text = '0';
  // 52 bits are ten letters of five and two bits behind them.
  bits = Math.floor(bits / 4);
  for (let i = 0; i < FULL_LETTERS; i++) {
    text = ALPHABET[bits % 32] + text;
    bits = Math.floor(bits / 32);
  }
  return text;
}

/** The middle of a cell that is one of 2^26, within the limit. The end of the last of 2^32 is where the first begins. */
function middle(start: number, cell: number, span: number, limit: number): number {
  const from = start + cell * CELL * span;
  const to = start + ((cell + 1) >>> 0) * CELL * span;
  const value = (from + to) / 2;
  return value > limit ? limit : value < -limit ? -limit : value;
}

/** A score as an integer whose 64 bits are those that Redis sees; a negative one stands for its two's complement. */
function asUnsigned(score: number): number {
  if (score >= 0 && score < 2 ** 53) return Math.trunc(score);
  if (score >= 2 ** 64) return 0;
  return score < -(2 ** 63) ? 2 ** 63 : Math.trunc(score);
}

function highWord(bits: number): number {
  return Math.floor(bits / WORD) | 0;
}

/** Sixteen bits into the even places of 32. */
function spread(bits: number): number {
  let x = bits;
  x = (x | (x << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}

/** The bits in the even places of 32. */
function compact(bits: number): number {
  let x = bits & 0x55555555;
  x = (x | (x >>> 1)) & 0x33333333;
  x = (x | (x >>> 2)) & 0x0f0f0f0f;
  x = (x | (x >>> 4)) & 0x00ff00ff;
  return (x | (x >>> 8)) & 0xffff;
}
