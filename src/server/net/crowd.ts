import type { Connection } from './connection.ts';

/** Up to so many clients, one's replies are written before another's requests are read. Measured with 1 to 50. */
const FEW_CLIENTS = 4;
/** The clients are those heard in so many reads. */
const PERIOD_READS = 64;

/** Whether many clients send: counted are those that do, not those that are connected. */
export class Crowd {
  /** How many they are, as far as one period can tell. */
  size = 0;
  /** The number of the period, how many clients were heard in it, and how often. */
  private period = 1;
  private clients = 0;
  private reads = 0;

  /** So many were heard that a turn should wait for the requests of all of them. */
  get isLarge(): boolean {
    return this.size > FEW_CLIENTS;
  }

  /** A client has sent something. */
  hear(connection: Connection): void {
    if (connection.heardIn !== this.period) {
      connection.heardIn = this.period;
      this.clients++;
    }
    if (++this.reads < PERIOD_READS) return;
    this.size = this.clients;
    this.period++;
    this.clients = 0;
    this.reads = 0;
  }
}
