/** Arguments that no request has now, kept so that the next incomplete one allocates none. */
import { Args } from '../../protocol/args.ts';

/** Longer ones are not kept. */
const KEPT_ARGUMENTS = 4096;
const KEPT_SPARES = 64;

/** False for arguments with too much room to be kept for the next request. */
export function isKept(args: Args): boolean {
  return args.start.length <= KEPT_ARGUMENTS;
}

export class SpareArgs {
  private readonly spares: Args[] = [];

  take(): Args {
    return this.spares.pop() ?? new Args();
  }

  /** Keeps arguments for a later request, unless they are large or there are many. */
  keep(args: Args): void {
    if (isKept(args) && this.spares.length < KEPT_SPARES) this.spares.push(args);
  }
}
