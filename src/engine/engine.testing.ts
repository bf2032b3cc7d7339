/** An engine for tests: a clock that stands still until it is moved, chance from a seed, replies as bytes. */
import { Args } from '../protocol/args.ts';
import { OutputBuffer } from '../protocol/output-buffer.ts';
import { Resp2Reply } from '../protocol/resp2-reply.ts';
import { Resp3Reply } from '../protocol/resp3-reply.ts';
import type { Family } from './commands/spec.ts';
import { POSTPONED } from './dispatch/dispatch.ts';
import { Session } from './dispatch/session.ts';
import { Engine } from './engine.ts';

export class TestEngine {
  readonly engine: Engine;
  readonly session: Session;
  /** Milliseconds since 1970; move it to let time pass. */
  now = 1_700_000_000_000;
  private readonly out = new OutputBuffer();
  private seed = 42;
  private sessions = 1;

  constructor(families: readonly Family[] = [], protocol: 2 | 3 = 2) {
    this.session = new Session(1, protocol === 2 ? new Resp2Reply(this.out) : new Resp3Reply(this.out));
    this.session.protocol = protocol;
    const clock = { now: () => this.now, micros: () => this.now * 1000 };
    const options = { clock, random: () => this.random(), databases: 16, families, guards: [] };
    this.engine = new Engine(options, this.session);
  }

  /** Another client of the same engine. */
  join(protocol: 2 | 3 = 2): Session {
    const session = new Session(++this.sessions, protocol === 2 ? new Resp2Reply(this.out) : new Resp3Reply(this.out));
    session.protocol = protocol;
    return session;
  }

  /** Runs one command and returns the bytes of its reply, a character a byte. */
  run(...parts: (string | number | Uint8Array)[]): string {
    return this.runParts(this.session, parts);
  }

  /** As `run`, of another client. */
  runAs(session: Session, ...parts: (string | number | Uint8Array)[]): string {
    return this.runParts(session, parts);
  }

  /** Parts may be many: passed on one by one, they would overflow the stack. */
  private runParts(session: Session, parts: readonly (string | number | Uint8Array)[]): string {
    this.out.at = 0;
    this.engine.dispatcher.beginTurn();
    const { copies } = this.engine.keyspace;
    const args = argsOf(parts);
    while (this.engine.dispatcher.dispatch(session, args) === POSTPONED) copies.step(() => true);
    this.engine.dispatcher.settle();
    return this.out.bytes.toString('latin1', 0, this.out.at);
  }

  /** Arguments of their own; text is a character a byte. */
  args(...parts: (string | number | Uint8Array)[]): Args {
    return argsOf(parts);
  }

  /** What `write` replies, taken out of the running command's reply. */
  written(write: () => void): string {
    const from = this.out.at;
    write();
    const text = this.out.bytes.toString('latin1', from, this.out.at);
    this.out.at = from;
    return text;
  }

  /** xorshift32: the same numbers in every run. */
  private random(): number {
    this.seed ^= this.seed << 13;
    this.seed ^= this.seed >>> 17;
    this.seed ^= this.seed << 5;
    return this.seed >>> 0;
  }
}

function argsOf(parts: readonly (string | number | Uint8Array)[]): Args {
  return Args.of(parts.map((part) => (part instanceof Uint8Array ? part : Buffer.from(String(part), 'latin1'))));
}
