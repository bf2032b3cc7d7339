/**
 * Letting requests gather before the next turn, where the server keeps pace with many clients.
 *
 * A server that is about as fast as its clients finds one or two requests a turn, asks the operating system after each turn
 * whether there are more, and is often woken by whoever sends the next. While it sleeps for a moment instead, these gather.
 * Network cards put off their interrupts for the same reason.
 *
 *   request ─ reply ─ request ─ reply ─ sleep … … … request, request, request ─ replies
 *
 * The sleep is worth it only if it brings several requests, and harmful if so many clients wait for their replies meanwhile
 * that none is left to send anything. Both are seen afterwards: the next one comes after twice as many turns then, and soon
 * when it was worth it.
 */

/** Turns that end within this are taken for one behind the other. */
const SOON_MICROS = 40;
/** A sleep that brings no more than so many requests is in vain. */
const FEW_READS = 2;
/** One that holds up more than this part of the clients is harmful. */
const MOST_CLIENTS_SHARE = 1 / 3;
const MOST_PATIENCE = 4096;
/** How long to sleep, in milliseconds: the operating system makes 70 to 100 microseconds of it. */
const SLEEP_MS = 0.02;

export class ReadCoalescing {
  /** Whether it is done at all. */
  enabled = true;
  private readonly sleep: () => void;
  private turnAt = 0;
  private hasSlept = false;
  /** How many turns of one request must follow each other before it sleeps, and how many have. */
  private patience = 1;
  private soon = 0;

  constructor(sleep = sleepBriefly) {
    this.sleep = sleep;
  }

  /** A turn has run `reads` short requests by `now` on the steady clock, in microseconds; so many clients send any. */
  turnEnded(reads: number, now: number, clients: number): void {
    const gap = now - this.turnAt;
    this.turnAt = now;
    if (this.hasSlept) this.learn(reads, clients);
    if (!this.enabled || reads > 1 || gap > SOON_MICROS || ++this.soon < this.patience) return;
    this.soon = 0;
    this.hasSlept = true;
    this.sleep();
  }

  private learn(reads: number, clients: number): void {
    this.hasSlept = false;
    const wasWorthIt = reads > FEW_READS && reads <= clients * MOST_CLIENTS_SHARE;
    this.patience = wasWorthIt ? 1 : Math.min(this.patience * 2, MOST_PATIENCE);
  }
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Nobody ever wakes it: it is the deadline that ends the wait. */
function sleepBriefly(): void {
  Atomics.wait(cell, 0, 0, SLEEP_MS);
}
