/** What a connection may call itself: its fields in CLIENT LIST are separated by spaces and lines. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';

/** Redis knows no limit; every name is kept and shown in CLIENT LIST, so there must be one. */
const LONGEST_NAME_BYTES = 1024;

/** Why argument `i` cannot be a connection's name; undefined when it can. The empty name is none. */
export function refuseName(args: Args, i: number): string | undefined {
  if (args.length(i) > LONGEST_NAME_BYTES) return ERR.clientNameLength;
  return isPrintable(args, i) ? undefined : ERR.clientName;
}

/** True when argument `i` is short and has only printable ASCII characters, none of them a space. */
export function isPrintable(args: Args, i: number): boolean {
  if (args.length(i) > LONGEST_NAME_BYTES) return false;
  for (let at = args.start[i]; at < args.end[i]; at++) if (args.bytes[at] < 33 || args.bytes[at] > 126) return false;
  return true;
}
