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
import { systemClock } from './system-clock.ts';

/** Enough for the optimizing compiler to come to the functions below the commands. */
const PIPELINES = 1500;
/** So many keys that the tables grow several times, and that reading ahead begins. */
const KEYS = 30_000;

/** Takes some tens of milliseconds. */
export function warmUp(): void {
  const out = new OutputBuffer();
  const session = new Session(0, new Resp2Reply(out));
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed;
  };
  const engine = new Engine({ clock: systemClock, random, databases: 1, families: [], guards: [] }, session);
  const batch = Array.from({ length: READ_AHEAD }, () => new Args());
  const readAhead = new ReadAhead();
  const value = 'x'.repeat(64);
  for (let i = 0; i < PIPELINES; i++) {
    const pipeline = Array.from({ length: READ_AHEAD }, (_, n) => {
      const key = `key:${String(random() % KEYS).padStart(12, '0')}`;
      if (i % 4 === 3) return requestOf('INCR', `counter:${key}`);
      return n % 3 === 2 ? requestOf('GET', key) : requestOf('SET', key, value);
    });
    const bytes = Buffer.from(pipeline.join(''), 'latin1');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const parser = new RequestParser();
    let count = 0;
    for (const args of batch) {
      args.attach(bytes, view);
      if (parser.next(bytes, bytes.length, args) === REQUEST) count++;
    }
    engine.dispatcher.beginTurn();
    readAhead.look(engine.keyspace.databases[0], batch, count);
    for (let n = 0; n < count; n++) engine.dispatcher.dispatch(session, batch[n]);
    engine.dispatcher.settle();
    out.at = 0;
  }
  if (session.reply.errors > 0) throw new Error(`warming up ended in errors: ${session.reply.lastError}`);
}

function requestOf(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
