/**
 * What FUNCTION DUMP replies and FUNCTION RESTORE takes; a snapshot holds libraries in the same form, each behind the opcode:
 *
 *   | 245 | code of a library | 245 | code of a library | … | version, 2 | CRC-64 of all before, 8 |
 */
import { ListpackCursor } from '../structures/listpack.ts';
import { FOOTER_BYTES, writeFooter } from './payload.ts';
import { RdbInput } from './rdb-input.ts';
import type { RdbOutput } from './rdb-output.ts';

const LIBRARY = 245;
/** As release candidates of Redis 7.0 wrote it. */
const OLD_LIBRARY = 246;
/** The oldest version that knows libraries. */
const VERSION = 10;

/** Writes the payload of libraries, given by their codes, into an output that is cleared for it. */
export function writeFunctions(output: RdbOutput, codes: Iterable<string>): void {
  output.clear();
  for (const code of codes) {
    const bytes = Buffer.from(code, 'latin1');
    output.byte(LIBRARY);
    output.text(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
  }
  writeFooter(output, VERSION);
}

/** The codes in a sound payload `bytes[start..end)`, one after the other; a last one may be the error that ends it. */
export function* readFunctions(bytes: Buffer, view: DataView, start: number, end: number): Iterable<string | Error> {
  const input = new RdbInput();
  const text = new ListpackCursor();
  input.begin(bytes, view, start, end - FOOTER_BYTES);
  while (input.left > 0) {
    const type = input.byte();
    if (type === OLD_LIBRARY) return yield new Error('Pre-GA function format not supported');
    if (type !== LIBRARY) return yield new Error('given type is not a function');
    if (!input.text(text)) return yield new Error('failed loading the given functions payload');
    yield text.bytes.toString('latin1', text.start, text.end);
  }
}
