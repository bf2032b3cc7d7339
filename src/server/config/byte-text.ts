/**
 * Configuration text as "byte text": a JavaScript string with one character per byte (latin1).
 *
 * A redis.conf, a password or a path is bytes, not necessarily valid UTF-8, and CONFIG GET and CONFIG REWRITE must
 * give the same bytes back. Byte text keeps them, with the comfort of strings: trimming, splitting, lower case, map
 * keys. What goes to the operating system (paths) or to people (messages) is decoded as UTF-8 at that point.
 */

export function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Byte text of an ordinary string. */
export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The ordinary string of byte text; bytes that are not UTF-8 become U+FFFD. */
export function decodeText(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** Lower case, for comparing with ASCII words: no letter of latin1 but A to Z has an ASCII letter as its lower case. */
export function lowerCase(text: string): string {
  return text.toLowerCase();
}

/** `text` without spaces, tabs, CR and LF at its ends. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ' \t\r\n'.includes(text[start])) start++;
  while (end > start && ' \t\r\n'.includes(text[end - 1])) end--;
  return text.slice(start, end);
}
