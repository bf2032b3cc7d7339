/**
 * The 24 access bits of a record: when it was last used (LRU) or how often (LFU), as Redis keeps them.
 *
 *   LRU   seconds since 1970, low 24 bits
 *   LFU   minutes since 1970, low 16 bits | logarithmic counter, 8 bits
 */

const LRU_BITS_MASK = 0xffffff;
/** The counter a new key begins with, so that it is not evicted before it had a chance. */
const LFU_INITIAL = 5;

export class AccessClock {
  /** True under an LFU policy. */
  lfu = false;
  /** The bits a key touched now gets under LRU. */
  seconds = 0;
  minutes = 0;
  logFactor = 10;
  decayMinutes = 1;
  private readonly random: () => number;

  /** `random` gives unsigned 32-bit numbers. */
  constructor(random: () => number) {
    this.random = random;
  }

  /** Sets the time, in milliseconds since 1970. */
  set(now: number): void {
    this.seconds = Math.floor(now / 1000) & LRU_BITS_MASK;
    this.minutes = Math.floor(now / 60_000) & 0xffff;
  }

  /** The bits of a new key. */
  initial(): number {
    return this.lfu ? (this.minutes << 8) | LFU_INITIAL : this.seconds;
  }

  /** The bits of a key with `bits` that is used now. */
  touched(bits: number): number {
    if (!this.lfu) return this.seconds;
    return (this.minutes << 8) | this.increment(this.frequency(bits));
  }

  /** Seconds since the last use, under LRU. */
  idleSeconds(bits: number): number {
    return (this.seconds - bits) & LRU_BITS_MASK;
  }

  /** The counter as it has decayed until now, under LFU. */
  frequency(bits: number): number {
    const elapsed = (this.minutes - (bits >>> 8)) & 0xffff;
    const decay = this.decayMinutes > 0 ? Math.floor(elapsed / this.decayMinutes) : 0;
    return Math.max(0, (bits & 255) - decay);
  }

  /** The LRU bits of a key idle for so many seconds. */
  bitsForIdle(seconds: number): number {
    return (this.seconds - seconds) & LRU_BITS_MASK;
  }

  /** The LFU bits of a key with this counter, used now. */
  bitsForFrequency(counter: number): number {
    return (this.minutes << 8) | (counter & 255);
  }

  private increment(counter: number): number {
    if (counter === 255) return 255;
    const base = Math.max(0, counter - LFU_INITIAL);
    return this.random() / 4294967296 < 1 / (base * this.logFactor + 1) ? counter + 1 : counter;
  }
}
