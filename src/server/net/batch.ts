/**
 * Requests parsed and not yet run: up to `READ_AHEAD` of one connection, so that what they name can be looked for together.
 *
 * The arguments belong to the batch and are used again and again. Only a request that is not complete takes its own along
 * with its connection; a spare takes the place.
 */
import { READ_AHEAD } from '../../engine/keyspace/touch-records.ts';
import { Args } from '../../protocol/args.ts';
import { BROKEN, INCOMPLETE, REQUEST } from '../../protocol/request-parser.ts';
import type { Connection } from './connection.ts';
import { isKept, SpareArgs } from './spare-args.ts';

/** Where the request before the next one begins, when there is none, or it began in an earlier read. */
const UNKNOWN = -1;

export class Batch {
  readonly requests: Args[] = Array.from({ length: READ_AHEAD }, () => new Args());
  /** Where each ends. */
  readonly ends = new Int32Array(READ_AHEAD);
  /** Why parsing ended: REQUEST when the batch is full, INCOMPLETE or BROKEN. */
  outcome = REQUEST;
  private readonly spareArgs = new SpareArgs();

  /** Reads what is next in `bytes[..end)`; returns how many requests there are. */
  parse(connection: Connection, bytes: Buffer, view: DataView, end: number): number {
    const { parser } = connection;
    const { requests, ends } = this;
    if (connection.own !== undefined) {
      this.spareArgs.keep(requests[0]);
      requests[0] = connection.own;
      connection.own = undefined;
    }
    // Before authentication limits are tighter, and the next request may be AUTH.
    const limit = parser.restricted ? 1 : READ_AHEAD;
    let count = 0;
    let from = UNKNOWN;
    while (count < limit) {
      const args = requests[count];
      if (args.bytes !== bytes) args.attach(bytes, view);
      const begin = parser.midway ? UNKNOWN : parser.at;
      const isRepeated = from !== UNKNOWN && parser.repeat(view, end, requests[count - 1], from, args);
      const outcome = isRepeated ? REQUEST : parser.next(bytes, end, args);
      this.outcome = outcome;
      from = begin;
      if (outcome === REQUEST) ends[count++] = parser.at;
      else if (outcome === INCOMPLETE || outcome === BROKEN) {
        if (parser.midway && outcome === INCOMPLETE) {
          connection.own = args;
          requests[count] = this.spareArgs.take();
        }
        return count;
      } else from = UNKNOWN;
    }
    this.outcome = REQUEST;
    return count;
  }

  /** Takes back what was parsed beyond `frame`, where a request begins. */
  rewind(connection: Connection, frame: number): void {
    connection.parser.rewind(frame);
    if (connection.own === undefined) return;
    this.spareArgs.keep(connection.own);
    connection.own = undefined;
  }

  /** Called when the requests were run: gives up the room that an enormous one took. */
  shrink(): void {
    if (!isKept(this.requests[0])) this.requests[0] = new Args();
  }

  /** Points at `bytes`, so that a buffer which its connection has given up is not kept. */
  attach(bytes: Buffer, view: DataView): void {
    for (const args of this.requests) args.attach(bytes, view);
  }
}
