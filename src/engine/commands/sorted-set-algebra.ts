/**
 * Union, intersection and difference of sorted sets, made aside: sorted sets in no table, named by their headers, which the
 * caller stores or frees.
 *
 * Scores are put together in the order of the sources from the smallest to the largest, as Redis does: sums of doubles
 * depend on their order.
 */
import type { Database } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { hashText, tableCount, tableFind } from '../structures/hashtable.ts';
import { tableEach } from '../structures/hashtable-walk.ts';
import {
  addRecord,
  dropRecord,
  findMember,
  indexRecord,
  insertMember,
  memberTable,
  newIndexedSet,
  recordScore,
  writeScore,
} from '../values/sorted-set-index.ts';
import { eachScore, type Source, scoreIn } from './sorted-set-sources.ts';

/** Puts two scores of a member together. */
export type Aggregate = (score: number, other: number) => number;

/** Opposite infinities make 0. */
export const sum: Aggregate = (score, other) => {
  const total = score + other;
  return Number.isNaN(total) ? 0 : total;
};

/** The lower score. */
export const minimum: Aggregate = (score, other) => (other < score ? other : score);

/** The higher score. */
export const maximum: Aggregate = (score, other) => (other > score ? other : score);

/** A weighted score; an infinite one of weight 0 counts 0. */
function weighted(score: number, weight: number): number {
  const product = score * weight;
  return Number.isNaN(product) ? 0 : product;
}

function smallestFirst(sources: readonly Source[]): Source[] {
  return sources.toSorted((a, b) => a.length - b.length);
}

/** Every member of any source, with its scores put together. */
export function unite(database: Database, sources: readonly Source[], aggregate: Aggregate): Ref {
  const { arena } = database;
  const { seed } = database.keyspace;
  const header = newIndexedSet(arena);
  for (const source of smallestFirst(sources)) {
    eachScore(database, source, (bytes, view, start, end, found) => {
      const score = weighted(found, source.weight);
      const record = findMember(arena, header, seed, bytes, view, start, end);
      if (record === NO_REF) addRecord(arena, header, seed, bytes, view, start, end, score);
      else writeScore(arena, record, aggregate(recordScore(arena, record), score));
      return true;
    });
  }
  indexAll(database, header);
  return header;
}

/** The members that all sources have, with their scores put together. */
export function intersect(database: Database, sources: readonly Source[], aggregate: Aggregate): Ref {
  const { arena } = database;
  const { seed } = database.keyspace;
  const header = newIndexedSet(arena);
  const [first, ...others] = smallestFirst(sources);
  eachScore(database, first, (bytes, view, start, end, found) => {
    let score = weighted(found, first.weight);
    for (const other of others) {
      const value = other.ref === first.ref ? found : scoreIn(database, other, bytes, view, start, end);
      if (Number.isNaN(value)) return true;
      score = aggregate(score, value * other.weight);
    }
    insertMember(arena, header, seed, bytes, view, start, end, score);
    return true;
  });
  return header;
}

/** How many members all sources have; `limit` when there are more, unless it is 0. */
export function countShared(database: Database, sources: readonly Source[], limit: number): number {
  const [first, ...others] = smallestFirst(sources);
  let count = 0;
  eachScore(database, first, (bytes, view, start, end) => {
    for (const other of others) {
      if (Number.isNaN(scoreIn(database, other, bytes, view, start, end))) return true;
    }
    return ++count !== limit;
  });
  return count;
}

/** The members of the first source that no other has, with their scores. */
export function subtract(database: Database, sources: readonly Source[]): Ref {
  const [first, ...others] = sources;
  if (first.length === 0 || others.some(({ ref }) => ref === first.ref)) return newIndexedSet(database.arena);
  let total = 0;
  for (const { length } of sources) total += length;
  // Looking each member up in every other source, or taking the members of the others out: whatever is less work.
  const lookups = (first.length * sources.length) / 2;
  return lookups <= total ? subtractByLookup(database, first, others) : subtractByRemoval(database, first, others);
}

function subtractByLookup(database: Database, first: Source, others: readonly Source[]): Ref {
  const header = newIndexedSet(database.arena);
  const { seed } = database.keyspace;
  const largestFirst = smallestFirst(others).reverse();
  eachScore(database, first, (bytes, view, start, end, score) => {
    for (const other of largestFirst) {
      if (!Number.isNaN(scoreIn(database, other, bytes, view, start, end))) return true;
    }
    insertMember(database.arena, header, seed, bytes, view, start, end, score);
    return true;
  });
  return header;
}

function subtractByRemoval(database: Database, first: Source, others: readonly Source[]): Ref {
  const { arena } = database;
  const { seed } = database.keyspace;
  const header = newIndexedSet(arena);
  const table = memberTable(arena, header);
  eachScore(database, first, (bytes, view, start, end, score) => {
    addRecord(arena, header, seed, bytes, view, start, end, score);
    return true;
  });
  for (const other of others) {
    eachScore(database, other, (bytes, view, start, end) => {
      const hash = hashText(bytes, view, start, end, seed);
      const record = tableFind(arena, table, hash, bytes, view, start, end - start);
      if (record !== NO_REF) dropRecord(arena, header, seed, record, hash);
      return tableCount(arena, table) > 0;
    });
  }
  indexAll(database, header);
  return header;
}

/** Puts all records of the table into the index. */
function indexAll({ arena }: Database, header: Ref): void {
  tableEach(arena, memberTable(arena, header), (record) => indexRecord(arena, header, record));
}
