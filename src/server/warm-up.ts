/**
 * The first requests after a start would be interpreted, some twenty times slower than compiled ones: when fifty clients
 * come at once, everybody waits more than ten milliseconds. So before the server listens, an engine of its own, thrown
 * away afterwards, runs pipelines of the commonest commands until V8 has compiled what they run through. Data, statistics
 * and log of the server are not touched.
 *
 * Rejected: a snapshot of the heap or a code cache, which hold no compiled code.
 */
import { Session } from '../engine/dispatch/session.ts';
import { Engine } from '../engine/engine.ts';
import { ReadAhead } from '../engine/keyspace/read-ahead.ts';
import { READ_AHEAD } from '../engine/keyspace/touch-records.ts';
import { Args } from '../protocol/args.ts';
import { OutputBuffer } from '../protocol/output-buffer.ts';
import { REQUEST, RequestParser } from '../protocol/request-parser.ts';
import { Resp2Reply } from '../protocol/resp2-reply.ts';
import { collectGarbage } from './js-heap.ts';
import { systemClock } from './system-clock.ts';

/** Enough for the optimizing compiler to come to the functions below the commands. */
const PIPELINES = 1500;
/** So many keys that the tables grow several times, and that reading ahead begins. */
const KEYS = 22_000;
const VALUE = 'x'.repeat(16);

/** Takes about a tenth of a second. */
export function warmUp(): void {
  runPipelines();
  collectGarbage();
}

function runPipelines(): void {
  const out = new OutputBuffer();
  const session = new Session(0, new Resp2Reply(out));
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed;
  };
  const engine = new Engine({ clock: systemClock, random, databases: 1, families: [], guards: [] }, session);
  const { dispatcher, keyspace } = engine;
  const pipelines = [
    new Pipeline((i, key) => (i % 3 === 2 ? ['GET', key] : ['SET', key, VALUE])),
    new Pipeline((_, key) => ['INCR', `n${key}`]),
  ];
  const readAhead = new ReadAhead();
  for (let i = 0; i < PIPELINES; i++) {
    const { batch } = pipelines[i % 4 === 3 ? 1 : 0].withKeys(() => random() % KEYS);
    dispatcher.beginTurn();
    readAhead.look(keyspace.databases[0], batch, READ_AHEAD);
    for (const args of batch) dispatcher.dispatch(session, args);
    dispatcher.settle();
    out.at = 0;
  }
  if (session.reply.errors > 0) throw new Error(`warming up ended in errors: ${session.reply.lastError}`);
}

/** The bytes of requests whose keys are numbers of one length, which are written anew each time. */
class Pipeline {
  readonly batch = Array.from({ length: READ_AHEAD }, () => new Args());
  private readonly bytes: Buffer;
  private readonly view: DataView;

  constructor(words: (i: number, key: string) => string[]) {
    const requests = Array.from({ length: READ_AHEAD }, (_, i) => requestOf(words(i, DIGITS)));
    this.bytes = Buffer.from(requests.join(''), 'latin1');
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  /** Parses the requests after giving each the key that `next` says. */
  withKeys(next: () => number): this {
    const parser = new RequestParser();
    for (const args of this.batch) {
      args.attach(this.bytes, this.view);
      if (parser.next(this.bytes, this.bytes.length, args) !== REQUEST)
        throw new Error('warming up with what is no request');
      let left = next();
      for (let at = args.end[1] - 1; at >= args.end[1] - DIGITS.length; at--) {
        this.bytes[at] = 0x30 + (left % 10);
        left = Math.trunc(left / 10);
      }
    }
    return this;
  }
}

const DIGITS = '00000';

function requestOf(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
