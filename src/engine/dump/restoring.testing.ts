/** Payloads given to RESTORE, and what became of them. */
import { expect } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { TestEngine } from '../engine.testing.ts';
import { eachMember } from '../values/set-walk.ts';
import { type Bytes, payload } from './payloads.testing.ts';

const MALFORMED = '-ERR Bad data format\r\n';

/** The bulk strings of a reply. */
export function bulks(reply: string): string[] {
  return [...reply.matchAll(/\$(\d+)\r\n([\s\S]*?)\r\n/g)].map(([, , content]) => content);
}

/** An engine with the value restored under `k`; fails when it is refused. */
export function restored(type: number, body: Bytes, version?: number): TestEngine {
  const engine = new TestEngine();
  expect(engine.run('RESTORE', 'k', 0, payload(type, body, version))).toBe('+OK\r\n');
  return engine;
}

/** What OBJECT ENCODING says of `k`. */
export function encoding(engine: TestEngine): string {
  return bulks(engine.run('OBJECT', 'ENCODING', 'k'))[0];
}

const refusing = new TestEngine();

/** Fails unless the value is refused and leaves nothing behind. */
export function expectRefused(type: number, body: Bytes): void {
  const engine = refusing;
  const before = engine.engine.keyspace.arena.used;
  expect(engine.run('RESTORE', 'k', 0, payload(type, body))).toBe(MALFORMED);
  engine.engine.keyspace.lazyFree.finish();
  expect(engine.engine.keyspace.arena.used).toBe(before);
  expect(engine.run('EXISTS', 'k')).toBe(':0\r\n');
}

/** The members of the set at `k`. */
export function membersOf(engine: TestEngine): string[] {
  const { arena, databases } = engine.engine.keyspace;
  const members: string[] = [];
  eachMember(arena, databases[0].find(Args.of([Buffer.from('k')]), 0), (bytes, _view, start, end) => {
    members.push(bytes.toString('latin1', start, end));
  });
  return members;
}
