import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Database } from '../keyspace/database.ts';
import type { Call } from './call.ts';
import type { Command } from './command.ts';
import type { Timed } from './deadlines.ts';
import type { Session } from './session.ts';
import { Place } from './wait-queue.ts';

/** Waits of longer requests are not used again. */
const KEPT_BYTES = 1024;
const KEPT_ARGUMENTS = 32;

/** What a command waits for. */
export interface Wish {
  /** The keys: `count` arguments from `first` on. */
  readonly first: number;
  readonly count: number;
  /** What the keys must hold before it is worth while to look again. */
  readonly type: number;
  /** Milliseconds since 1970; Infinity: for ever. */
  readonly deadline: number;
  /** Looks again as well when a key is gone or holds something else (XREADGROUP). */
  readonly wakesWhenGone?: boolean;
  /** Looks again at this time too, whether a key changed or not; milliseconds since 1970. */
  readonly lookAgain?: number;
  /** What it gets at the deadline, instead of a null. */
  readonly late?: (reply: Reply) => void;
}

/**
 * A request that waits. When it has ended its session keeps it for the next: who has waited once waits again and again, and
 * each time would otherwise leave a kilobyte of garbage. It is never another session's.
 */
export class Wait implements Timed {
  readonly session: Session;
  readonly args: Args;
  command: Command;
  database: Database;
  wish: Wish;
  /** When it is due: at the deadline of the wish, or before, when it is to look again. */
  deadline = Number.POSITIVE_INFINITY;
  place = -1;
  /** Where it stands in the queues of its keys: the first `placeCount`; the others are to be used again. */
  readonly places: Place<Wait>[] = [];
  placeCount = 0;

  /** The arguments become the wait's own. */
  constructor({ session, command, database }: Call, args: Args, wish: Wish) {
    this.session = session;
    this.args = args;
    this.command = command;
    this.database = database;
    this.wish = wish;
  }

  /** Begins anew, for another request of the session, whose arguments are copied. */
  again({ command, database }: Call, args: Args, wish: Wish): Wait {
    args.detach(this.args);
    this.command = command;
    this.database = database;
    this.wish = wish;
    return this;
  }

  /** A place that is in no queue yet; it is the wait's next when `placeCount` is raised. */
  newPlace(): Place<Wait> {
    const place = this.places[this.placeCount] ?? new Place<Wait>(this);
    this.places[this.placeCount] = place;
    return place;
  }

  /** False when it has taken too much memory to be kept for the next request. */
  get isKept(): boolean {
    return this.args.bytes.length <= KEPT_BYTES && this.args.start.length <= KEPT_ARGUMENTS;
  }
}
