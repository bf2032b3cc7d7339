/** What one client wants to know of the keys it keeps copies of: CLIENT TRACKING. */

/** What one prefix takes in memory beside its bytes, about. */
const PREFIX_BYTES = 128;

export class Tracker {
  /** The client's number. */
  readonly client: number;
  /** False before the first CLIENT TRACKING ON and after OFF; what it has read before may still be remembered. */
  isOn = false;
  /** It is told of every key that begins with one of its prefixes (BCAST), not of those it has read. */
  isBroadcast = false;
  /** What it reads is remembered only behind CLIENT CACHING YES; only if not behind CLIENT CACHING NO. */
  isOptIn = false;
  isOptOut = false;
  /** It is not told of what it changes itself. */
  isNoLoop = false;
  /** CLIENT CACHING was said of the command, or transaction, that comes next. */
  isCaching = false;
  /** The number of the client that is told in its place, 0 for none. */
  redirect = 0;
  /** That client was gone when it was to be told. */
  isRedirectBroken = false;
  /** The names of its prefixes. */
  readonly prefixes = new Set<string>();

  constructor(client: number) {
    this.client = client;
  }

  /** Memory that its prefixes take. */
  get bytes(): number {
    let bytes = 0;
    for (const prefix of this.prefixes) bytes += prefix.length + PREFIX_BYTES;
    return bytes;
  }

  /** Whether the keys of the command that has run are to be remembered. */
  get remembersReads(): boolean {
    if (!this.isOn || this.isBroadcast) return false;
    return this.isOptIn ? this.isCaching : !(this.isOptOut && this.isCaching);
  }
}
