/**
 * Connections for which something stands in the output buffers, first come first: a list through a field of theirs, for one
 * list at a time. An array that is emptied every turn gives its memory back and grows again every turn.
 */
import type { Connection } from './connection.ts';

export class ReceiverList {
  private first: Connection | undefined = undefined;
  private last: Connection | undefined = undefined;

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  get areSeveral(): boolean {
    return this.first !== this.last;
  }

  /** Adds a connection that is in no list. */
  add(connection: Connection): void {
    if (this.last === undefined) this.first = connection;
    else this.last.nextReceiver = connection;
    this.last = connection;
  }

  /** Takes out the first; undefined when there is none. */
  take(): Connection | undefined {
    const { first } = this;
    if (first === undefined) return undefined;
    this.first = first.nextReceiver;
    if (this.first === undefined) this.last = undefined;
    first.nextReceiver = undefined;
    return first;
  }
}
