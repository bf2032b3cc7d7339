import { describe, expect, it } from 'vitest';
import { AccessClock } from './access-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = 1_700_000_000_000;

/** A clock under LFU whose chance always (0) or never (1) lets a counter rise. */
function lfuClock(chance: 0 | 1): AccessClock {
  const clock = new AccessClock(() => chance * (2 ** 32 - 1));
  clock.lfu = true;
  clock.set(START);
  return clock;
}

describe('LRU bits', () => {
  it('are seconds since the last use', () => {
    const clock = new AccessClock(() => 0);
    clock.set(START);
    const bits = clock.initial();
    expect(clock.idleSeconds(bits)).toBe(0);
    clock.set(START + 3600 * SECOND + 999);
    expect(clock.idleSeconds(bits)).toBe(3600);
    expect(clock.idleSeconds(clock.touched(bits))).toBe(0);
    expect(clock.idleSeconds(clock.bitsForIdle(1234))).toBe(1234);
  });

  it('count across the end of their range of 194 days', () => {
    const clock = new AccessClock(() => 0);
    const end = 2 ** 24 * 100 * SECOND;
    clock.set(end - 10 * SECOND);
    const bits = clock.initial();
    expect(bits).toBe(2 ** 24 - 10);
    clock.set(end + 20 * SECOND);
    expect(clock.idleSeconds(bits)).toBe(30);
    expect(clock.idleSeconds(clock.bitsForIdle(25))).toBe(25);
  });

  it('fit 24 bits', () => {
    const clock = new AccessClock(() => 0);
    for (const now of [0, START, 2 ** 24 * SECOND - 1, 2 ** 43]) {
      clock.set(now);
      for (const bits of [clock.initial(), clock.touched(0), clock.bitsForIdle(2 ** 24 - 1)]) {
        expect([bits >= 0, bits < 2 ** 24]).toEqual([true, true]);
      }
    }
  });
});

describe('LFU bits', () => {
  it('begin at five and rise by chance', () => {
    const clock = lfuClock(0);
    let bits = clock.initial();
    expect(clock.frequency(bits)).toBe(5);
    bits = clock.touched(bits);
    expect(clock.frequency(bits)).toBe(6);
    const never = lfuClock(1);
    // Up to the initial value the chance is one.
    expect(never.frequency(never.touched(never.bitsForFrequency(3)))).toBe(4);
    expect(never.frequency(never.touched(never.bitsForFrequency(6)))).toBe(6);
  });

  it('end at 255', () => {
    const clock = lfuClock(0);
    let bits = clock.initial();
    for (let i = 0; i < 1000; i++) bits = clock.touched(bits);
    expect(clock.frequency(bits)).toBe(255);
    expect(bits).toBeLessThan(2 ** 24);
  });

  it('fall by one each period that passes unused', () => {
    const clock = lfuClock(0);
    const bits = clock.bitsForFrequency(100);
    clock.set(START + 30 * MINUTE);
    expect(clock.frequency(bits)).toBe(70);
    clock.decayMinutes = 10;
    expect(clock.frequency(bits)).toBe(97);
    clock.decayMinutes = 0;
    expect(clock.frequency(bits)).toBe(100);
    clock.decayMinutes = 1;
    clock.set(START + 300 * MINUTE);
    expect(clock.frequency(bits)).toBe(0);
    expect(clock.frequency(clock.touched(bits))).toBe(1);
  });

  it('decay across the end of their range of 45 days', () => {
    const clock = lfuClock(0);
    clock.set((2 ** 16 - 1) * MINUTE);
    const bits = clock.bitsForFrequency(50);
    clock.set((2 ** 16 + 4) * MINUTE);
    expect(clock.frequency(bits)).toBe(45);
  });

  it('need about as many uses as Redis documents for its factors', () => {
    let state = 1;
    const clock = new AccessClock(() => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    });
    clock.lfu = true;
    clock.set(START);
    // redis.conf: 100 hits make 104 with factor 0, 18 with factor 1, 10 with factor 10, 8 with factor 100.
    for (const [factor, counter] of [
      [0, 105],
      [1, 18],
      [10, 10],
      [100, 8],
    ]) {
      clock.logFactor = factor;
      let sum = 0;
      for (let key = 0; key < 200; key++) {
        let bits = clock.initial();
        for (let hit = 0; hit < 100; hit++) bits = clock.touched(bits);
        sum += clock.frequency(bits);
      }
      expect(Math.abs(sum / 200 - counter)).toBeLessThan(1.5);
    }
  });
});
