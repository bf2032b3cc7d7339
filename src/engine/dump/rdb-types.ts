/** The types of values in RDB, by Redis's own numbers. */

export const RDB_STRING = 0;
export const RDB_LIST = 1;
export const RDB_SET = 2;
/** Scores as digits. */
export const RDB_ZSET = 3;
export const RDB_HASH = 4;
/** Scores as doubles. */
export const RDB_ZSET_2 = 5;
export const RDB_HASH_ZIPMAP = 9;
export const RDB_LIST_ZIPLIST = 10;
export const RDB_SET_INTSET = 11;
export const RDB_ZSET_ZIPLIST = 12;
export const RDB_HASH_ZIPLIST = 13;
/** Nodes are ziplists. */
export const RDB_LIST_QUICKLIST = 14;
export const RDB_HASH_LISTPACK = 16;
export const RDB_ZSET_LISTPACK = 17;
/** Nodes are listpacks, or elements of their own. */
export const RDB_LIST_QUICKLIST_2 = 18;
export const RDB_STREAM = 15;
/** A stream with the first ID, the greatest deleted and counters. */
export const RDB_STREAM_2 = 19;
export const RDB_SET_LISTPACK = 20;
/** The same with when consumers were active. */
export const RDB_STREAM_3 = 21;
/** Fields with deadlines, each counted from the earliest. */
export const RDB_HASH_TIMED = 24;
/** The same as a listpack of field, value, deadline. */
export const RDB_HASH_TIMED_LISTPACK = 25;

/** How a node of RDB_LIST_QUICKLIST_2 is kept. */
export const NODE_PLAIN = 1;
export const NODE_PACKED = 2;

/** The newest version of the format that is read. */
export const NEWEST_VERSION = 12;

/** The oldest version of the format that knows a type we write. */
export function oldestVersionOf(type: number): number {
  switch (type) {
    case RDB_ZSET_2:
      return 8;
    case RDB_HASH_LISTPACK:
    case RDB_ZSET_LISTPACK:
    case RDB_LIST_QUICKLIST_2:
    case RDB_STREAM_2:
      return 10;
    case RDB_STREAM_3:
      return 11;
    case RDB_HASH_TIMED:
    case RDB_HASH_TIMED_LISTPACK:
      return 12;
    default:
      return 6;
  }
}
