/** Classes of bytes, as C's ctype has them in the locale "C": a table of 256 flags each. */

export type ByteSet = Uint8Array;

function byteSet(isMember: (code: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, code) => (isMember(code) ? 1 : 0));
}

const isLower = (code: number) => code >= 0x61 && code <= 0x7a;
const isUpper = (code: number) => code >= 0x41 && code <= 0x5a;
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const isAlpha = (code: number) => isLower(code) || isUpper(code);
const isAlphanumeric = (code: number) => isAlpha(code) || isDigit(code);

/** By the letter that names them behind a `%`. */
const CLASSES = new Map<string, ByteSet>([
  ['a', byteSet(isAlpha)],
  ['c', byteSet((code) => code < 0x20 || code === 0x7f)],
  ['d', byteSet(isDigit)],
  ['l', byteSet(isLower)],
  ['p', byteSet((code) => code > 0x20 && code < 0x7f && !isAlphanumeric(code))],
  ['s', byteSet((code) => code === 0x20 || (code >= 9 && code <= 13))],
  ['u', byteSet(isUpper)],
  ['w', byteSet(isAlphanumeric)],
  ['x', byteSet((code) => isDigit(code) || ((code | 32) >= 0x61 && (code | 32) <= 0x66))],
  ['z', byteSet((code) => code === 0)],
]);
for (const [letter, set] of [...CLASSES])
  CLASSES.set(
    letter.toUpperCase(),
    set.map((flag) => 1 - flag),
  );

export const ANY_BYTE = byteSet(() => true);
const SINGLE_BYTES = Array.from({ length: 256 }, (_, byte) => byteSet((code) => code === byte));

/** What `%` and this character match: a class, or the character itself. */
export function escapedSet(character: string): ByteSet {
  return CLASSES.get(character) ?? SINGLE_BYTES[character.charCodeAt(0)];
}

export function singleSet(character: string): ByteSet {
  return SINGLE_BYTES[character.charCodeAt(0)];
}

/** What stands between the brackets of `[...]`. */
export function bracketSet(inside: string): ByteSet {
  const isNegated = inside[0] === '^';
  const set = new Uint8Array(256);
  for (let at = isNegated ? 1 : 0; at < inside.length; at++) {
    if (inside[at] === '%') {
      // Behind a range that ends with a `%` a `%` can come last; then it escapes the bracket.
      const escaped = escapedSet(inside[++at] ?? ']');
      for (let code = 0; code < 256; code++) set[code] |= escaped[code];
    } else if (inside[at + 1] === '-' && at + 2 < inside.length) {
      set.fill(1, inside.charCodeAt(at), inside.charCodeAt(at + 2) + 1);
      at += 2;
    } else {
      set[inside.charCodeAt(at)] = 1;
    }
  }
  return isNegated ? set.map((flag) => 1 - flag) : set;
}
