import { beforeEach, expect, it } from 'vitest';
import { ReadCoalescing } from './read-coalescing.ts';

const CLIENTS = 50;

let now = 1_000_000;
let sleeps = 0;
let coalescing: ReadCoalescing;

beforeEach(() => {
  sleeps = 0;
  coalescing = new ReadCoalescing(() => {
    sleeps++;
  });
  turn(1, 10_000);
});

/** A turn that ends so long after the last one. True when it slept then. */
function turn(reads: number, gap = 10, clients = CLIENTS): boolean {
  const before = sleeps;
  now += gap;
  coalescing.turnEnded(reads, now, clients);
  return sleeps > before;
}

/** How many turns of one request it takes until it sleeps, at most `most`. */
function turnsUntilSleep(most = 10_000): number {
  for (let turns = 1; turns <= most; turns++) if (turn(1)) return turns;
  return Number.POSITIVE_INFINITY;
}

it('sleeps after a turn of one request right behind another', () => {
  expect(turn(1)).toBe(true);
});

it('does not where turns bring several requests', () => {
  expect(turn(2)).toBe(false);
  expect(turn(30)).toBe(false);
});

it('does not where requests come now and then', () => {
  for (let i = 0; i < 100; i++) expect(turn(1, 41)).toBe(false);
});

it('does not when it is switched off', () => {
  coalescing.enabled = false;
  expect(turnsUntilSleep(100)).toBe(Number.POSITIVE_INFINITY);
});

it('goes on as long as each sleep brings several requests', () => {
  for (let i = 0; i < 10; i++) {
    expect(turn(1)).toBe(true);
    turn(7, 150);
  }
});

it('waits twice as long after each sleep in vain, and no longer after one that was worth it', () => {
  expect(turn(1)).toBe(true);
  turn(2, 120);
  expect(turnsUntilSleep()).toBe(2);
  turn(2, 120);
  expect(turnsUntilSleep()).toBe(4);
  turn(3, 120);
  expect(turnsUntilSleep()).toBe(1);
});

it('takes a sleep that holds up more than a third of the clients for one in vain', () => {
  expect(turn(1)).toBe(true);
  turn(16, 150);
  expect(turnsUntilSleep()).toBe(1);
  turn(17, 150);
  expect(turnsUntilSleep()).toBe(2);
  turn(7, 150, 20);
  expect(turnsUntilSleep()).toBe(4);
});

it('tries again after some thousand turns at the latest', () => {
  expect(turn(1)).toBe(true);
  let longest = 0;
  for (let i = 0; i < 20; i++) {
    turn(2, 120);
    longest = Math.max(longest, turnsUntilSleep());
  }
  expect(longest).toBe(4096);
});
