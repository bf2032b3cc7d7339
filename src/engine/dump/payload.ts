/**
 * What DUMP replies and RESTORE takes:
 *
 *   | RDB type | value | version, 2 | CRC-64 of all before, 8 |
 *
 * The version is the oldest that knows the type, so that older servers take what they can hold.
 */
import { Crc64 } from '../../bytes/crc64.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import type { RdbOutput } from './rdb-output.ts';
import { NEWEST_VERSION, oldestVersionOf } from './rdb-types.ts';
import { rdbTypeOf, writeValue } from './write-value.ts';

export const FOOTER_BYTES = 10;
const CHECKSUM_BYTES = 8;

/** Writes a value's payload into an output that is cleared for it. */
export function writePayload(output: RdbOutput, arena: Arena, ref: Ref): void {
  const type = rdbTypeOf(arena, ref);
  output.clear();
  output.byte(type);
  writeValue(output, arena, ref);
  writeFooter(output, oldestVersionOf(type));
}

/** Writes version and checksum behind all that the output holds. */
export function writeFooter(output: RdbOutput, version: number): void {
  if (!output.reserve(FOOTER_BYTES)) return;
  output.byte(version);
  output.byte(0);
  const crc = new Crc64();
  crc.add(output.bytes, output.view, 0, output.at);
  output.view.setInt32(output.at, crc.low, true);
  output.view.setInt32(output.at + 4, crc.high, true);
  output.at += CHECKSUM_BYTES;
}

/** True when `bytes[start..end)` has a footer of a known version and, if it is to be checked, the right checksum. */
export function isSound(bytes: Buffer, view: DataView, start: number, end: number, checksChecksum: boolean): boolean {
  if (end - start < FOOTER_BYTES || view.getUint16(end - FOOTER_BYTES, true) > NEWEST_VERSION) return false;
  if (!checksChecksum) return true;
  const crc = new Crc64();
  crc.add(bytes, view, start, end - CHECKSUM_BYTES);
  return view.getInt32(end - CHECKSUM_BYTES, true) === crc.low && view.getInt32(end - 4, true) === crc.high;
}
