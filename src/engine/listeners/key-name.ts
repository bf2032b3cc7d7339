/** Longer texts cannot become JavaScript strings. */
const LONGEST_NAME = 2 ** 28;

/**
 * A key as the text by which listeners find it, a character a byte. Keys of a quarter of a gigabyte and more that begin
 * alike have the same: whoever must not take one for the other compares the bytes.
 */
export function keyName(key: Buffer): string {
  return key.toString('latin1', 0, Math.min(key.length, LONGEST_NAME));
}
