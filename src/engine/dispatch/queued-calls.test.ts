import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Args } from '../../protocol/args.ts';
import type { Command } from './command.ts';
import { QueuedCalls } from './queued-calls.ts';

const commands = Array.from({ length: 4 }, (_, i) => ({ fullName: `command ${i}` }) as Command);

function partsOf(args: Args): Buffer[] {
  return Array.from({ length: args.count }, (_, i) => args.copy(i));
}

const part = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 190, maxLength: 3000 }));
const call = fc.record({
  command: fc.constantFrom(...commands),
  parts: fc.array(part, { minLength: 1, maxLength: 90 }),
});

describe('queued calls', () => {
  it('give back commands and arguments in order, also when they were cleared before', () => {
    fc.assert(
      fc.property(fc.array(fc.array(call, { maxLength: 60 }), { maxLength: 4 }), (rounds) => {
        let queue = new QueuedCalls();
        const args = new Args();
        for (const calls of rounds) {
          for (const { command, parts } of calls) queue.add(command, Args.of(parts));
          expect(queue.length).toBe(calls.length);
          for (const [i, { command, parts }] of calls.entries()) {
            queue.read(i, args);
            expect(queue.command(i)).toBe(command);
            expect(partsOf(args)).toEqual(parts.map((bytes) => Buffer.from(bytes)));
          }
          expect(queue.bytes).toBeGreaterThanOrEqual(queue.usedBytes / 4);
          if (!queue.clear()) queue = new QueuedCalls();
          expect(queue.length).toBe(0);
          expect(queue.usedBytes).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('do not keep much memory for the next transaction', () => {
    const small = new QueuedCalls();
    small.add(commands[0], Args.of([Buffer.from('GET'), Buffer.from('key')]));
    expect(small.clear()).toBe(true);
    const large = new QueuedCalls();
    large.add(commands[0], Args.of([Buffer.from('SET'), Buffer.from('key'), Buffer.alloc(100_000)]));
    expect(large.bytes).toBeGreaterThan(100_000);
    expect(large.clear()).toBe(false);
  });
});
