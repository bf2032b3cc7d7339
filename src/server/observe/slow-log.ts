/**
 * The slow log: the newest commands that took long, with who sent them.
 *
 * Entries are kept by id, which grows by one each, in a map: it remembers the order, so the oldest is found and removed
 * in no time whatever the length. What an entry keeps is bounded: 32 arguments of 128 bytes.
 */
import type { Args } from '../../protocol/args.ts';
import { REDACTED } from './redaction.ts';

const ARGUMENT_LIMIT = 32;
const ARGUMENT_LIMIT_BYTES = 128;

export interface SlowCommand {
  /** Grows by one with every entry, also after a reset. */
  readonly id: number;
  readonly unixSeconds: number;
  readonly micros: number;
  /** Cut to what may be kept and shown. */
  readonly words: readonly Buffer[];
  /** The client's address and name. */
  readonly address: string;
  readonly clientName: string;
}

export class SlowLog {
  private readonly entries = new Map<number, SlowCommand>();
  private nextId = 0;
  private limit = 0;

  get length(): number {
    return this.entries.size;
  }

  /** Keeps no more than `limit` entries from now on. */
  setLimit(limit: number): void {
    this.limit = limit;
    this.trim();
  }

  add(entry: Omit<SlowCommand, 'id'>): void {
    const id = this.nextId++;
    this.entries.set(id, { id, ...entry });
    this.trim();
  }

  clear(): void {
    this.entries.clear();
  }

  /** Up to `count` entries, the newest first. */
  newest(count: number): SlowCommand[] {
    const first = Math.max(0, this.entries.size - count);
    return [...this.entries.values()].slice(first).reverse();
  }

  private trim(): void {
    for (const id of this.entries.keys()) {
      if (this.entries.size <= this.limit) return;
      this.entries.delete(id);
    }
  }
}

/** The arguments of a command as the slow log keeps them, `hidden` ones blotted out. Copies. */
export function slowLogWords(args: Args, hidden: readonly number[]): Buffer[] {
  const cut = args.count > ARGUMENT_LIMIT;
  const shown = cut ? ARGUMENT_LIMIT - 1 : args.count;
  const words: Buffer[] = [];
  for (let i = 0; i < shown; i++) words.push(hidden.includes(i) ? Buffer.from(REDACTED) : wordOf(args, i));
  if (cut) words.push(Buffer.from(`... (${args.count - shown} more arguments)`));
  return words;
}

function wordOf(args: Args, i: number): Buffer {
  const excess = args.length(i) - ARGUMENT_LIMIT_BYTES;
  if (excess <= 0) return args.copy(i);
  const start = args.bytes.subarray(args.start[i], args.start[i] + ARGUMENT_LIMIT_BYTES);
  return Buffer.concat([start, Buffer.from(`... (${excess} more bytes)`)]);
}
