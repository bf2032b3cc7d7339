/** A whole server's engine without its sockets, for tests that compare what it says with what redis-server says. */
import { Session } from '../../src/engine/dispatch/session.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { Args } from '../../src/protocol/args.ts';
import { OutputBuffer } from '../../src/protocol/output-buffer.ts';
import { Resp2Reply } from '../../src/protocol/resp2-reply.ts';
import { Resp3Reply } from '../../src/protocol/resp3-reply.ts';
import { Config } from '../../src/server/config/config.ts';
import { processDirectory } from '../../src/server/config/working-directory.ts';
import { Log } from '../../src/server/observe/log.ts';
import { Server } from '../../src/server/server.ts';

export class Hotset {
  readonly engine: Engine;
  private readonly out = new OutputBuffer();
  private readonly sessions: Readonly<Record<2 | 3, Session>>;

  constructor() {
    this.engine = new Server(new Config(processDirectory), undefined, new Log('')).engine;
    this.sessions = { 2: new Session(1, new Resp2Reply(this.out)), 3: new Session(2, new Resp3Reply(this.out)) };
  }

  /** The reply to one command, a character a byte. */
  ask(protocol: 2 | 3, words: readonly string[]): string {
    this.out.at = 0;
    this.engine.dispatcher.dispatch(this.sessions[protocol], Args.of(words.map((word) => Buffer.from(word, 'latin1'))));
    return this.out.bytes.toString('latin1', 0, this.out.at);
  }
}
