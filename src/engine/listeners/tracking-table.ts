/**
 * Which clients have read which keys since they were changed last.
 *
 * A hash table of records in an arena of its own: that lets go of everything at once when the data is flushed, and what it
 * takes is known to the byte. A million keys in JavaScript's Map would be a million strings for the garbage collector, and
 * one more with every read.
 *
 *   record   | words of every record | key | a double for each client's number, ascending | room for more |
 *
 * A client that has left stays in the records of what it has read until these need its room: to look for it in all of them
 * would take as long as it has read keys.
 */
import { Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import {
  type HashSeed,
  hashOf,
  hashText,
  newTable,
  tableCount,
  tableFind,
  tableInsert,
  tableRemove,
  tableReplace,
} from '../structures/hashtable.ts';
import { tableRandom } from '../structures/hashtable-draws.ts';
import { copyRecord, keyBytes, keyLength, keyStart, newRecord } from '../structures/record.ts';

/** Bytes of a client's number. */
const NUMBER_BYTES = 8;

/** A key and who has read it. */
export interface Readers {
  readonly key: Buffer;
  readonly clients: readonly number[];
}

export class TrackingTable {
  /** How many clients stand in it, each once for every key. */
  items = 0;
  /** Only its checker looks into it, too. */
  readonly arena = new Arena();
  private readonly seed: HashSeed;
  private readonly isGone: (client: number) => boolean;
  private table: Ref;

  /** `seed` keys the hashes that are handed in; `isGone` tells who need not be remembered any more. */
  constructor(seed: HashSeed, isGone: (client: number) => boolean) {
    this.seed = seed;
    this.isGone = isGone;
    this.table = newTable(this.arena);
  }

  get keys(): number {
    return tableCount(this.arena, this.table);
  }

  /** Memory that it takes. */
  get bytes(): number {
    return this.arena.used;
  }

  /** Remembers that a client has read the key `bytes[start..end)`, whose hash is known. */
  add(bytes: Buffer, view: DataView, start: number, end: number, hash: number, client: number): void {
    const { arena, table } = this;
    const known = tableFind(arena, table, hash, bytes, view, start, end - start);
    if (known !== NO_REF) {
      this.addClient(known, hash, client);
      return;
    }
    const ref = newRecord(arena, 0, bytes, view, start, end, NUMBER_BYTES);
    this.writeClients(ref, [client]);
    tableInsert(arena, table, hash, ref, this.seed);
  }

  /** Forgets a key; answers who has read it, undefined when nobody has. */
  take(key: Buffer): Readers | undefined {
    const { arena, table, seed } = this;
    const view = new DataView(key.buffer, key.byteOffset, key.length);
    const hash = hashText(key, view, 0, key.length, seed);
    const ref = tableFind(arena, table, hash, key, view, 0, key.length);
    return ref === NO_REF ? undefined : this.remove(ref, hash, key);
  }

  /** Forgets a key chosen by chance; undefined when there is none. */
  takeAny(random: () => number): Readers | undefined {
    const ref = tableRandom(this.arena, this.table, random);
    return ref === NO_REF ? undefined : this.remove(ref, hashOf(this.arena, ref, this.seed), keyBytes(this.arena, ref));
  }

  /** Forgets everything. */
  clear(): void {
    this.arena.clear();
    this.table = newTable(this.arena);
    this.items = 0;
  }

  private remove(ref: Ref, hash: number, key: Buffer): Readers {
    const clients = this.clientsOf(ref);
    tableRemove(this.arena, this.table, hash, ref, this.seed);
    this.arena.free(ref);
    this.items -= clients.length;
    return { key, clients };
  }

  private addClient(known: Ref, hash: number, client: number): void {
    const { arena } = this;
    if (this.placeOf(known, client) < 0) return;
    const ref = this.withRoom(known, hash);
    const segment = segmentOf(ref);
    const place = this.placeOf(ref, client);
    const end = this.endOf(ref);
    arena.bytes[segment].copyWithin(place + NUMBER_BYTES, place, end);
    arena.views[segment].setFloat64(place, client, true);
    arena.words[segment][wordOf(ref) + VALUE_LENGTH] += NUMBER_BYTES;
    this.items++;
  }

  /** Where a client's number belongs in a record, a position in its segment; -1 when it is there. */
  private placeOf(ref: Ref, client: number): number {
    const view = this.arena.views[segmentOf(ref)];
    const start = this.startOf(ref);
    let low = 0;
    let high = (this.endOf(ref) - start) / NUMBER_BYTES;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = view.getFloat64(start + middle * NUMBER_BYTES, true);
      if (found === client) return -1;
      if (found < client) low = middle + 1;
      else high = middle;
    }
    return start + low * NUMBER_BYTES;
  }

  /** The record with room for one more number: without those that are gone, or in a larger block. */
  private withRoom(ref: Ref, hash: number): Ref {
    const { arena } = this;
    if (this.hasRoom(ref)) return ref;
    this.writeClients(
      ref,
      this.clientsOf(ref).filter((client) => !this.isGone(client)),
    );
    if (this.hasRoom(ref)) return ref;
    const used = this.endOf(ref) - this.startOf(ref);
    const fresh = copyRecord(arena, ref, false, used * 2, used);
    tableReplace(arena, this.table, hash, ref, fresh);
    arena.free(ref);
    return fresh;
  }

  private hasRoom(ref: Ref): boolean {
    return this.endOf(ref) + NUMBER_BYTES <= (wordOf(ref) << 2) + this.arena.sizeOf(ref);
  }

  private clientsOf(ref: Ref): number[] {
    const view = this.arena.views[segmentOf(ref)];
    const clients: number[] = [];
    for (let at = this.startOf(ref); at < this.endOf(ref); at += NUMBER_BYTES) clients.push(view.getFloat64(at, true));
    return clients;
  }

  /** Makes these, for whom there is room, a record's clients. */
  private writeClients(ref: Ref, clients: readonly number[]): void {
    const { views, words } = this.arena;
    const start = this.startOf(ref);
    const before = this.endOf(ref) - start;
    for (const [i, client] of clients.entries()) {
      views[segmentOf(ref)].setFloat64(start + i * NUMBER_BYTES, client, true);
    }
    words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH] = clients.length * NUMBER_BYTES;
    this.items += clients.length - before / NUMBER_BYTES;
  }

  /** Where a record's numbers begin and end in its segment. */
  private startOf(ref: Ref): number {
    return keyStart(this.arena, ref) + keyLength(this.arena, ref);
  }

  private endOf(ref: Ref): number {
    return this.startOf(ref) + this.arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH];
  }
}
