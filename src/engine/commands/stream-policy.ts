/** KEEPREF, DELREF and ACKED: what becomes of consumer groups' references to an entry that goes. */
import type { Args } from '../../protocol/args.ts';
import { DROP_REFERENCES, KEEP_REFERENCES, UNREFERENCED_ONLY } from '../values/stream-references.ts';

/** What `readPolicy` answers when an argument says none. */
export const NO_POLICY = -1;

export function readPolicy(args: Args, i: number): number {
  if (args.is(i, 'keepref')) return KEEP_REFERENCES;
  if (args.is(i, 'delref')) return DROP_REFERENCES;
  return args.is(i, 'acked') ? UNREFERENCED_ONLY : NO_POLICY;
}
