import { describe, expect, it } from 'vitest';
import { Budget, DEFAULT_LIMITS, type Surroundings } from './budget.ts';
import { LuaError, ScriptStopped } from './error.ts';

class Fake implements Surroundings {
  ms = 1000;
  live = 0;
  garbage = 0;
  collections = 0;
  nowMs(): number {
    return this.ms;
  }
  heapBytes(): number {
    return this.live + this.garbage;
  }
  collectGarbage(): void {
    this.garbage = 0;
    this.collections++;
  }
}

const MEGABYTE = 2 ** 20;

describe('a budget', () => {
  it('ends a slice by the clock, and the program by the sum of its slices', () => {
    const world = new Fake();
    const budget = new Budget(world, { ...DEFAULT_LIMITS, sliceMs: 5, totalMs: 8 });
    budget.start();
    expect(budget.isSliceOver()).toBe(false);
    world.ms += 5;
    expect(budget.isSliceOver()).toBe(true);
    budget.endSlice();
    world.ms += 100;
    budget.startSlice();
    expect(budget.isSliceOver()).toBe(false);
    world.ms += 4;
    expect(() => budget.isSliceOver()).toThrow(ScriptStopped);
  });

  it('ends a program that was stopped', () => {
    const budget = new Budget(new Fake());
    budget.start();
    budget.stop('killed');
    expect(budget.fuel).toBe(0);
    expect(() => budget.isSliceOver()).toThrow(expect.objectContaining({ reason: 'killed' }));
    budget.start();
    expect(budget.isSliceOver()).toBe(false);
  });

  it('ends a builtin that works for too long', () => {
    const world = new Fake();
    const budget = new Budget(world, { ...DEFAULT_LIMITS, totalMs: 50 });
    budget.start();
    for (let i = 0; i < 100; i++) budget.spend(1000);
    world.ms += 51;
    expect(() => {
      for (let i = 0; i < 100; i++) budget.spend(1000);
    }).toThrow(ScriptStopped);
  });

  it('asks the heap now and then, and counts no garbage', () => {
    const world = new Fake();
    const budget = new Budget(world, { ...DEFAULT_LIMITS, memoryBytes: 100 * MEGABYTE });
    budget.start();
    for (let i = 0; i < 10_000; i++) {
      world.garbage += MEGABYTE;
      budget.allocate(MEGABYTE);
    }
    expect(world.collections).toBeGreaterThan(10);
    expect(world.collections).toBeLessThan(200);
  });

  it('refuses what would be held beyond the limit', () => {
    const world = new Fake();
    world.live = 500 * MEGABYTE;
    const budget = new Budget(world, { ...DEFAULT_LIMITS, memoryBytes: 100 * MEGABYTE });
    budget.start();
    expect(() => {
      for (let i = 0; i < 10_000; i++) {
        budget.allocate(MEGABYTE);
        world.live += MEGABYTE;
      }
    }).toThrow(LuaError);
    expect(world.live).toBeLessThan((500 + 100 + 64) * MEGABYTE);
    expect(() => budget.allocate(101 * MEGABYTE)).toThrow(LuaError);
    expect(() => budget.allocateString(2 ** 30)).toThrow(LuaError);
  });
});
