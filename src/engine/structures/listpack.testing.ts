/** Listpacks made from texts, and read back from their bytes alone. Texts have a character a byte. */
import { expect } from 'vitest';
import {
  addToListpackCount,
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackBytes,
  newElementBytes,
  previousElement,
  setListpackBytes,
  writeElement,
  writeEmptyListpack,
} from './listpack.ts';

export interface Bytes {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** Memory of a test's own. */
export function bytesOf(text: string): Bytes {
  return viewed(Buffer.from(text, 'latin1'));
}

function viewed(bytes: Buffer): Bytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** A listpack of the texts, `lead` bytes into memory with more behind it. */
export function packOf(texts: readonly string[], lead = 0): Bytes {
  const sources = texts.map(bytesOf);
  const size = sources.reduce((sum, { bytes }) => sum + newElementBytes(bytes, 0, bytes.length), EMPTY_LISTPACK_BYTES);
  const pack = viewed(Buffer.alloc(lead + size + 20, 0xee));
  writeEmptyListpack(pack.bytes, pack.view, lead);
  let p = lead + LISTPACK_HEADER_BYTES;
  for (const { bytes, view } of sources) p = writeElement(pack.bytes, pack.view, p, bytes, view, 0, bytes.length);
  pack.bytes[p] = LISTPACK_END;
  setListpackBytes(pack.view, lead, size);
  addToListpackCount(pack.view, lead, texts.length);
  return pack;
}

/** The elements from first to last. Fails when they do not read the same backwards, or do not end where they should. */
export function textsOf({ bytes, view }: Bytes, at = 0): string[] {
  const cursor = new ListpackCursor();
  const texts: string[] = [];
  const end = at + listpackBytes(view, at) - 1;
  for (let p = at + LISTPACK_HEADER_BYTES; p < end; ) {
    const next = cursor.read(bytes, view, p);
    if (next !== p + elementBytes(bytes, view, p)) expect.fail('an element is not as long as it says');
    if (previousElement(bytes, next) !== p) expect.fail('an element is not found from behind');
    texts.push(cursor.bytes.toString('latin1', cursor.start, cursor.end));
    p = next;
  }
  if (bytes[end] !== LISTPACK_END) expect.fail('there is no end mark');
  return texts;
}
