/**
 * What all connections take, and maxmemory-clients: when it is too much, the largest are disconnected until it is not.
 *
 * The total is kept up to date as buffers grow and shrink, which a connection whose requests arrive whole and whose replies
 * are read never does. Redis keeps its clients in lists by size to find the largest; here they are sorted when one must go:
 * that is rare, and sorting ten thousand takes milliseconds.
 */
import type { Config } from '../config/config.ts';
import { collectGarbage } from '../js-heap.ts';
import { BufferGarbage } from './buffer-garbage.ts';
import type { Connection } from './connection.ts';

/** A limit below this would leave nobody who could raise it again. */
const LOWEST_LIMIT_BYTES = 128 * 1024;
/** The peaks that INFO shows are those of so many seconds. */
const PEAK_SECONDS = 8;

export class ClientMemory {
  /** Bytes that all connections take. */
  total = 0;
  readonly garbage = new BufferGarbage(collectGarbage);
  /** Bytes above which clients are evicted. */
  private limit = Number.POSITIVE_INFINITY;
  /** The largest input and output buffer, by second. */
  private readonly inputPeaks = new Float64Array(PEAK_SECONDS);
  private readonly outputPeaks = new Float64Array(PEAK_SECONDS);
  private second = 0;

  /** maxmemory-clients: bytes, or a percentage of maxmemory. */
  apply(config: Config): void {
    const setting = config.integer('maxmemory-clients');
    const maxMemory = config.integer('maxmemory');
    if (setting === 0 || (setting < 0 && maxMemory === 0)) this.limit = Number.POSITIVE_INFINITY;
    else {
      const bytes = setting > 0 ? setting : Math.floor((maxMemory * -setting) / 100);
      this.limit = Math.max(LOWEST_LIMIT_BYTES, bytes);
    }
  }

  get isExceeded(): boolean {
    return this.total > this.limit;
  }

  /** Bytes that come back at the end of the turn, when clients are evicted. */
  get excess(): number {
    return Math.max(0, this.total - this.limit);
  }

  /** Counts what a connection takes now. */
  update(connection: Connection): void {
    const { bytes } = connection;
    const change = bytes - connection.accounted;
    if (change === 0) return;
    this.total += change;
    connection.accounted = bytes;
    if (change < 0) this.garbage.note(-change);
  }

  /** Counts a connection no longer. */
  remove(connection: Connection): void {
    this.total -= connection.accounted;
    this.garbage.note(connection.accounted);
    connection.accounted = 0;
  }

  /** The clients to disconnect, the largest first, so that the limit is kept: those that are not exempt. */
  victims(connections: Iterable<Connection>): Connection[] {
    const all = [...connections];
    // What UNWATCH and the end of a wait give back is not told at once.
    for (const connection of all) this.update(connection);
    const candidates = all.filter(({ noEvict }) => !noEvict).sort((a, b) => b.accounted - a.accounted);
    let { excess } = this;
    const count = candidates.findIndex(({ accounted }) => {
      const enough = excess <= 0;
      excess -= accounted;
      return enough;
    });
    return count < 0 ? candidates : candidates.slice(0, count);
  }

  /** Begins to look for peaks; `now` in milliseconds since 1970. */
  beginPeaks(now: number): void {
    const second = Math.floor(now / 1000) % PEAK_SECONDS;
    if (second === this.second) return;
    this.second = second;
    this.inputPeaks[second] = 0;
    this.outputPeaks[second] = 0;
  }

  notePeaks(connection: Connection): void {
    const { second, inputPeaks, outputPeaks } = this;
    if (connection.inputBytes > inputPeaks[second]) inputPeaks[second] = connection.inputBytes;
    if (connection.outputBytes > outputPeaks[second]) outputPeaks[second] = connection.outputBytes;
  }

  /** Bytes of the largest input buffer that any connection had in the newest seconds. */
  get recentInputPeak(): number {
    return Math.max(...this.inputPeaks);
  }

  get recentOutputPeak(): number {
    return Math.max(...this.outputPeaks);
  }
}
