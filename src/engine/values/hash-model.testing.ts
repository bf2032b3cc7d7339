/** Hashes in a keyspace beside Maps that say what must be in them. */
import { expect } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { Effects } from '../effects/effects.ts';
import type { Database } from '../keyspace/database.ts';
import { expectLive, expectWhole } from '../keyspace/keyspace.testing.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { HASH } from '../memory/layout.ts';
import { EMPTY_LISTPACK_BYTES, ListpackCursor } from '../structures/listpack.ts';
import { LISTPACK } from './encoding.ts';
import { hashLength, liveLength, readField, removeField, setField } from './hash.ts';
import { fieldDeadline, NO_FIELD, setFieldDeadline, startTimer } from './hash-deadlines.ts';
import { eachLiveField, randomField, randomFields, scanFields } from './hash-walk.ts';
import { initListpack } from './inline-listpack.ts';

const START = 1_700_000_000_000;
export const NONE = Number.POSITIVE_INFINITY;

interface Entry {
  value: string;
  deadline: number;
}

const field = new ListpackCursor();
const value = new ListpackCursor();
const text = (cursor: ListpackCursor) => cursor.bytes.toString('latin1', cursor.start, cursor.end);

/** Databases with hashes under a few keys, and what must be in them. */
export class HashModel {
  readonly keyspace: Keyspace;
  readonly maps: Map<string, Map<string, Entry>>[] = [new Map(), new Map()];
  readonly events: string[] = [];
  private seed = 99;

  constructor(maxEntries: number, maxValue: number) {
    const effects = new Effects();
    this.keyspace = new Keyspace(effects, () => this.random(), START, this.maps.length);
    this.keyspace.encodingLimits.hashMaxListpackEntries = maxEntries;
    this.keyspace.encodingLimits.hashMaxListpackValue = maxValue;
    effects.subscribe((changes) => {
      for (const { event, key } of changes) this.events.push(`${event} ${key.toString('latin1')}`);
    });
  }

  set(d: number, key: string, name: string, content: string, keepDeadline: boolean): void {
    const database = this.keyspace.databases[d];
    const args = argsOf(key, name, content);
    const { bytes, view, start, end } = args;
    const ref = setField(
      database,
      this.openOrCreate(database, args),
      bytes,
      view,
      start[2],
      end[2],
      bytes,
      view,
      start[3],
      end[3],
      keepDeadline,
    );
    database.close(ref, 'hset');
    const map = this.maps[d].get(key) ?? new Map<string, Entry>();
    const deadline = keepDeadline ? (this.entry(map, name)?.deadline ?? NONE) : NONE;
    map.set(name, { value: content, deadline });
    this.maps[d].set(key, map);
  }

  remove(d: number, key: string, name: string): void {
    const database = this.keyspace.databases[d];
    const args = argsOf(key, name);
    const ref = database.open(args, 1, HASH);
    const map = this.live(d, key);
    if (ref === NO_REF) return expect(map?.size ?? 0).toBe(0);
    const left = removeField(database, ref, args.bytes, args.view, args.start[2], args.end[2]);
    expect(left !== NO_REF).toBe(map?.delete(name) ?? false);
    if (left !== NO_REF && hashLength(database.arena, left) === 0) database.remove(left, 'del');
  }

  /** Sets a deadline so much from now, or none. */
  setDeadline(d: number, key: string, name: string, wait: number): void {
    const database = this.keyspace.databases[d];
    const args = argsOf(key, name);
    const found = database.open(args, 1, HASH);
    if (found === NO_REF) return;
    const ref = startTimer(database, found);
    const { bytes, view, start, end } = args;
    const entry = this.entry(this.maps[d].get(key), name);
    same(fieldDeadline(database, ref, bytes, view, start[2], end[2]), entry?.deadline ?? NO_FIELD);
    if (entry === undefined) return;
    entry.deadline = this.keyspace.now + wait;
    setFieldDeadline(database, ref, bytes, view, start[2], end[2], entry.deadline);
  }

  /** Lets time pass; the wheel then does its work, or not yet. */
  pass(millis: number, reclaim: boolean): void {
    this.keyspace.setTime(this.keyspace.now + millis);
    if (!reclaim) return;
    this.keyspace.expireDue(() => true);
    expect(this.keyspace.nextDeadline).toBeGreaterThan(this.keyspace.now);
    for (const database of this.keyspace.databases) {
      for (const key of this.maps[database.index].keys()) {
        const ref = database.find(argsOf(key), 1);
        const left = this.live(database.index, key)?.size ?? 0;
        expect(ref === NO_REF ? 0 : hashLength(database.arena, ref)).toBe(left);
      }
    }
  }

  rename(d: number, from: string, to: string): void {
    const database = this.keyspace.databases[d];
    const ref = database.open(argsOf(from), 1, HASH);
    if (ref === NO_REF || from === to) return;
    const replaced = database.open(argsOf(to), 1, HASH);
    if (replaced !== NO_REF) database.discard(replaced);
    database.rename(ref, argsOf(to), 1);
    this.maps[d].set(to, this.maps[d].get(from) ?? new Map());
    this.maps[d].delete(from);
  }

  copy(d: number, from: string, to: string): void {
    const source = this.keyspace.databases[d];
    const target = this.keyspace.databases[1 - d];
    const ref = source.open(argsOf(from), 1, HASH);
    const replaced = target.open(argsOf(to), 1, HASH);
    if (ref === NO_REF) return;
    if (replaced !== NO_REF) target.discard(replaced);
    source.copyTo(target, ref, argsOf(to), 1, NO_REF);
    const entries = [...(this.live(d, from) ?? [])].map(([name, entry]) => [name, { ...entry }] as const);
    this.maps[1 - d].set(to, new Map(entries));
  }

  move(d: number, key: string): void {
    const source = this.keyspace.databases[d];
    const target = this.keyspace.databases[1 - d];
    const ref = source.open(argsOf(key), 1, HASH);
    if (ref === NO_REF || target.open(argsOf(key), 1, HASH) !== NO_REF) return;
    source.take(ref);
    target.put(ref);
    this.maps[1 - d].set(key, this.maps[d].get(key) ?? new Map());
    this.maps[d].delete(key);
  }

  swap(): void {
    const [first, second] = this.keyspace.databases;
    this.keyspace.swap(first, second);
    this.maps.reverse();
  }

  discard(d: number, key: string): void {
    const database = this.keyspace.databases[d];
    const ref = database.open(argsOf(key), 1, HASH);
    if (ref !== NO_REF) database.discard(ref);
    this.maps[d].delete(key);
  }

  /** Gives the key a deadline of its own, or takes it away: the record moves, the timer must know. */
  keyDeadline(d: number, key: string, has: boolean): void {
    const database = this.keyspace.databases[d];
    const ref = database.open(argsOf(key), 1, HASH);
    if (ref === NO_REF) return;
    if (has) database.setDeadline(ref, START + 10 ** 9);
    else database.persist(ref);
  }

  flush(d: number): void {
    this.keyspace.flush([this.keyspace.databases[d]], true);
    this.maps[d].clear();
  }

  /** A field that is not gone; one that is, is forgotten. */
  entry(map: Map<string, Entry> | undefined, name: string): Entry | undefined {
    const entry = map?.get(name);
    if (entry === undefined || entry.deadline > this.keyspace.now) return entry;
    map?.delete(name);
    return undefined;
  }

  /** The fields of a key that are not gone; the others are forgotten. */
  live(d: number, key: string): Map<string, Entry> | undefined {
    const map = this.maps[d].get(key);
    for (const [name, { deadline }] of map ?? []) if (deadline <= this.keyspace.now) map?.delete(name);
    return map;
  }

  check(): void {
    for (const database of this.keyspace.databases) {
      for (const key of this.maps[database.index].keys()) this.checkHash(database, key);
    }
  }

  finish(): void {
    this.keyspace.lazyFree.finish();
    expectWhole(this.keyspace);
    expectLive(this.keyspace);
  }

  private checkHash(database: Database, key: string): void {
    const map = this.live(database.index, key) ?? new Map<string, Entry>();
    const ref = database.find(argsOf(key), 1);
    if (ref === NO_REF) return expect(map.size).toBe(0);
    same(liveLength(database, ref), map.size);
    const wanted = [...map].map(([name, entry]) => `${name}=${entry.value}`).sort();
    const seen: string[] = [];
    const see = () => seen.push(`${text(field)}=${text(value)}`);
    eachLiveField(database, ref, field, value, see);
    same(seen.splice(0).sort().join(), wanted.join());
    let cursor = 0;
    do cursor = scanFields(database, ref, cursor, 3, field, value, see);
    while (cursor !== 0);
    same([...new Set(seen.splice(0))].sort().join(), wanted.join());
    for (const [name, entry] of map) {
      const { bytes, view, start, end } = argsOf(key, name);
      same(readField(database, ref, bytes, view, start[2], end[2], value), true);
      same(text(value), entry.value);
      same(fieldDeadline(database, ref, bytes, view, start[2], end[2]), entry.deadline);
    }
    same(randomField(database, ref, field, value), map.size > 0);
    if (map.size === 0) return;
    same(map.get(text(field))?.value, text(value));
    const some = map.size >> 1;
    if (some > 0) randomFields(database, ref, some, field, value, see);
    same(`${seen.length} ${new Set(seen).size}`, `${some} ${some}`);
    same(
      seen.every((pair) => wanted.includes(pair)),
      true,
    );
  }

  private openOrCreate(database: Database, args: Args): Ref {
    const found = database.open(args, 1, HASH);
    if (found !== NO_REF) return found;
    const ref = database.create(args, 1, HASH, LISTPACK, EMPTY_LISTPACK_BYTES);
    initListpack(database.arena, ref);
    return ref;
  }

  private random(): number {
    this.seed ^= this.seed << 13;
    this.seed ^= this.seed >>> 17;
    this.seed ^= this.seed << 5;
    return this.seed >>> 0;
  }
}

/** Cheaper than `expect`, of which there would be millions. */
function same(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) expect(actual).toBe(wanted);
}

export function argsOf(...words: string[]): Args {
  return Args.of(['x', ...words].map((word) => Buffer.from(word, 'latin1')));
}
