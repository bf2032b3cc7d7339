import { expect } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import type { Session } from './session.ts';

/** Clients of one engine that wait, and what they are replied when they are served. */
export interface WaitingClients {
  readonly engine: TestEngine;
  readonly clients: Session[];
  /** What those who waited were replied, in that order, by client. */
  readonly served: [number, string][];
  /** Lets client `i` ask for something that is not there. */
  readonly wait: (i: number, ...words: (string | number)[]) => void;
}

export function waitingClients(count: number): WaitingClients {
  const engine = new TestEngine();
  const clients = Array.from({ length: count }, () => engine.join());
  const served: [number, string][] = [];
  engine.engine.dispatcher.blocking.deliver = (session, write) => {
    const text = engine.written(write);
    if (text !== '') served.push([clients.indexOf(session), text]);
  };
  return {
    engine,
    clients,
    served,
    wait: (i, ...words) => expect(engine.runAs(clients[i], ...words)).toBe(''),
  };
}

/** A reply of bulk strings. */
export function bulks(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
