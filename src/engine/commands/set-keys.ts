import type { Args } from '../../protocol/args.ts';
import { ACCESS, type KeyPosition, OW, RW, UPDATE } from './spec.ts';

/**
 * The key of SET: only written, unless GET among the options makes SET read it. As in Redis any argument after the value
 * that reads GET counts, whatever it stands for: a user who may only write must not come to read.
 */
export function setKeys(args: Args, out: KeyPosition[]): boolean {
  let flags = OW | UPDATE;
  for (let i = 3; i < args.count; i++) if (args.is(i, 'get')) flags = RW | ACCESS | UPDATE;
  out.push({ index: 1, flags });
  return true;
}
