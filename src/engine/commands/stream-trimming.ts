/** What XADD and XTRIM read before they act: how to shorten the stream, and the ID of a new entry. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Call } from '../dispatch/call.ts';
import { StreamId } from '../structures/stream-id.ts';
import { KEEP_REFERENCES } from '../values/stream-references.ts';
import { Trim } from '../values/stream-trim.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { isByte, NO_ID, readId, readNewId, TIME_ONLY } from './stream-ids.ts';
import { NO_POLICY, readPolicy } from './stream-policy.ts';

const STAR = 42;
const TILDE = 126;
const EQUALS = 61;

/** Entries removed at once with `~` when the blocks have no limit of entries, and the most then. */
const DEFAULT_LIMIT = 10_000;
const LARGEST_LIMIT = 1_000_000;
/** Blocks removed at once with `~`. */
const LIMIT_BLOCKS = 100;

/** The whole of an ID to be chosen. */
const ANY_ID = 3;

/** Reused: `readOptions` sets it. */
export class StreamOptions {
  readonly trim = new Trim();
  trims = false;
  mayCreate = true;
  readonly id = new StreamId();
  /** WHOLE_ID, TIME_ONLY or ANY_ID. */
  idKind = ANY_ID;
  /** The argument that is the ID. */
  idAt = 0;
  /** The arguments that are the producer and its name for the entry; 0 where there is none, or it is to be made. */
  producerAt = 0;
  nameAt = 0;
  private hasLimit = false;
  private hasReferences = false;

  /** Reads XADD's arguments up to the ID, or all of XTRIM's; answers the error, or ''. */
  read(call: Call, args: Args, isAdd: boolean): string {
    this.begin();
    const { count } = args;
    let i = 2;
    for (; i < count; i++) {
      if (isAdd && isByte(args, i, STAR)) break;
      const hasMore = i + 1 < count;
      if (hasMore && (args.is(i, 'maxlen') || args.is(i, 'minid'))) {
        const problem = this.readStrategy(args, i);
        if (problem !== '') return problem;
        i += this.strategyWords(args, i);
      } else if (hasMore && args.is(i, 'limit')) {
        const problem = this.readLimit(args, ++i);
        if (problem !== '') return problem;
      } else if (isAdd && args.is(i, 'nomkstream')) this.mayCreate = false;
      else if (this.readReferences(args, i)) continue;
      else if (isAdd && this.idempotentWords(args, i) > 0) {
        const words = this.idempotentWords(args, i);
        const problem = this.readIdempotent(args, i, words);
        if (problem !== '') return problem;
        i += words;
      } else if (isAdd) {
        this.idKind = readNewId(args, i, this.id);
        if (this.idKind === NO_ID) return ERR.streamId;
        break;
      } else return ERR.syntax;
    }
    this.idAt = i;
    return this.settle(call, isAdd);
  }

  private begin(): void {
    this.trims = false;
    this.mayCreate = true;
    this.hasLimit = false;
    this.idKind = ANY_ID;
    this.trim.length = Number.NaN;
    this.trim.isApproximate = false;
    this.trim.limit = 0;
    this.trim.references = KEEP_REFERENCES;
    this.hasReferences = false;
    this.producerAt = 0;
    this.nameAt = 0;
  }

  /** Reads what becomes of references; false when argument `i` does not say it, or says it again. */
  private readReferences(args: Args, i: number): boolean {
    const references = this.hasReferences ? NO_POLICY : readPolicy(args, i);
    if (references === NO_POLICY) return false;
    this.trim.references = references;
    this.hasReferences = true;
    return true;
  }

  /** How many arguments belong to IDMP or IDMPAUTO at `i` beside its name; 0 when it is neither. */
  private idempotentWords(args: Args, i: number): number {
    if (i + 1 < args.count && args.is(i, 'idmpauto')) return 1;
    return i + 2 < args.count && args.is(i, 'idmp') ? 2 : 0;
  }

  private readIdempotent(args: Args, i: number, words: number): string {
    if (this.producerAt > 0) return ERR.idempotentTwice;
    if (args.length(i + 1) === 0) return words === 1 ? ERR.autoProducerEmpty : ERR.producerEmpty;
    if (words === 2 && args.length(i + 2) === 0) return ERR.idempotentIdEmpty;
    this.producerAt = i + 1;
    this.nameAt = words === 2 ? i + 2 : 0;
    return '';
  }

  /** How many arguments belong to the strategy at `i` beside its name. */
  private strategyWords(args: Args, i: number): number {
    return i + 2 < args.count && (isByte(args, i + 1, TILDE) || isByte(args, i + 1, EQUALS)) ? 2 : 1;
  }

  private readStrategy(args: Args, i: number): string {
    if (this.trims) return ERR.streamTrimTwice;
    const { trim } = this;
    const at = i + this.strategyWords(args, i);
    trim.isApproximate = at === i + 2 && isByte(args, i + 1, TILDE);
    if (args.is(i, 'minid')) {
      if (!readId(args, at, trim.minimum)) return ERR.streamId;
    } else {
      trim.length = clampedInt64(args, at);
      if (Number.isNaN(trim.length)) return ERR.notInteger;
      if (trim.length < 0) return ERR.streamMaxlen;
    }
    this.trims = true;
    return '';
  }

  private readLimit(args: Args, i: number): string {
    const { trim } = this;
    trim.limit = clampedInt64(args, i);
    if (Number.isNaN(trim.limit)) return ERR.notInteger;
    if (trim.limit < 0) return ERR.streamLimit;
    this.hasLimit = true;
    return '';
  }

  /** Checks the options against each other, and sets the limit that is not given. */
  private settle(call: Call, isAdd: boolean): string {
    const { trim } = this;
    if (trim.limit > 0 && !this.trims) return ERR.streamLimitAlone;
    if (!isAdd && !this.trims) return ERR.streamNoStrategy;
    if (this.producerAt > 0 && this.idKind !== ANY_ID) return ERR.idempotentWithId;
    if (this.hasLimit) return trim.isApproximate ? '' : ERR.streamLimitExact;
    if (trim.isApproximate) {
      const entries = LIMIT_BLOCKS * call.keyspace.encodingLimits.streamNodeMaxEntries;
      trim.limit = entries === 0 ? DEFAULT_LIMIT : Math.min(entries, LARGEST_LIMIT);
    }
    return '';
  }

  /** True when the ID is one that no entry may have. */
  get isMinimumId(): boolean {
    return this.idKind !== ANY_ID && this.idKind !== TIME_ONLY && this.id.isMinimum;
  }
}
