import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { BusyPoll } from './busy-poll.ts';

const MICROS = 100;

let now = 1_000_000;
let poll: BusyPoll;

const clock = { now: () => 0, micros: () => now };

beforeEach(() => {
  poll = new BusyPoll(clock, 2);
  poll.micros = MICROS;
});

/** A request that comes so many microseconds after the last one. */
function request(gap: number): boolean {
  now += gap;
  poll.answered(now);
  return poll.isLooking;
}

/** Lets time pass, and the event loop turn. */
async function pass(micros: number): Promise<void> {
  now += micros;
  await nextTurn();
  await nextTurn();
}

it('looks out after a request that came soon, until nothing has come for a while', async () => {
  expect(request(MICROS * 10)).toBe(false);
  expect(request(20)).toBe(true);
  await pass(MICROS - 1);
  expect(poll.isLooking).toBe(true);
  request(0);
  await pass(MICROS - 1);
  expect(poll.isLooking).toBe(true);
  await pass(1);
  expect(poll.isLooking).toBe(false);
});

it('sleeps after a request that came late', () => {
  for (let i = 0; i < 10; i++) expect(request(MICROS + 1)).toBe(false);
});

it('having looked out in vain, waits for twice as many requests that come soon', async () => {
  request(MICROS * 10);
  for (let patience = 1; patience < 1000; patience = Math.min(patience * 2, 64)) {
    for (let i = 1; i < patience; i++) expect(request(1)).toBe(false);
    expect(request(1)).toBe(true);
    await pass(MICROS);
    expect(poll.isLooking).toBe(false);
    expect(request(1)).toBe(false);
    if (patience === 64) break;
  }
  // Each that comes while it looks out halves that again.
  for (let i = 1; i < 64; i++) request(1);
  for (let i = 0; i < 7; i++) expect(request(1)).toBe(true);
  await pass(MICROS);
  request(1);
  expect(request(1)).toBe(false);
  expect(request(1)).toBe(true);
  await pass(MICROS);
});

it('does not when told not to, nor where client and server share one processor', () => {
  poll.micros = 0;
  request(1);
  expect(request(1)).toBe(false);
  poll = new BusyPoll(clock, 1);
  poll.micros = MICROS;
  request(1);
  expect(request(1)).toBe(false);
});
