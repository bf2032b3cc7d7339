/** Which commands read keys for client-side caching and which change them, as a redis-server 7.0.15 and Hotset tell. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BothServers } from './conversation.testing.ts';

let servers: BothServers;

beforeAll(async () => {
  servers = await BothServers.start();
});

afterAll(() => servers.stop());

const FLUSHES_AND_LOOKS_AT_KEYS = `
  a HELLO 3
  a CLIENT TRACKING ON
  b MGET a
  b FLUSHALL ASYNC
  b FLUSHDB SYNC
  a GET k
  a TYPE k
  b SET k 1
  a OBJECT ENCODING k
  b SET k 1
  a TTL k
  b SET k 1
  a TOUCH k
  b SET k 1
  b SET k 1
`;

const STRINGS_AND_KEYS = `
  a HELLO 3
  a CLIENT TRACKING ON
  a STRLEN k
  b APPEND k x
  a GETRANGE k 0 1
  b SETRANGE k 0 y
  a GET k
  b PERSIST k
  b EXPIRE k 100
  a GET k
  b PERSIST k
  a GET k
  b GETEX k EX 100
  a GET k
  b GETEX k PERSIST
  a GET k
  b RENAME k k5
  a GET k5
  b RENAMENX k5 k6
  a MGET k6 k7
  b COPY k6 k7
  b MOVE k6 4
`;

const SETS_HYPERLOGLOGS_SORTED_SETS_HASHES = `
  a HELLO 3
  a CLIENT TRACKING ON
  a SCARD z
  b SADD z 1
  b SADD z 1
  a SCARD z
  b SADD z 1
  b SPOP z
  a SINTERCARD 2 z y
  b SADD y 1
  a SORT_RO y
  b SADD y 2
  a PFCOUNT h
  b PFADD h 1
  a PFCOUNT h
  b PFADD h 1
  b PFCOUNT h
  b PFADD h 2
  a ZRANGE q 0 -1
  b ZADD q 1 a
  a ZRANGE q 0 -1
  b ZADD q 1 a
  a HGETALL hh
  b HSET hh f v
  a HGETALL hh
  b HSET hh f v
`;

const STREAMS = `
  a HELLO 3
  a CLIENT TRACKING ON
  a XLEN s
  b XADD s 9-* f v
  a XLEN s
  b XGROUP CREATE s g 0
  b XREADGROUP GROUP g c STREAMS s >
  b XACK s g 1-1
  b XGROUP CREATECONSUMER s g d
  b XCLAIM s g d 0 1-1
  b XGROUP SETID s g 0
  b XAUTOCLAIM s g d 0 0
  b XGROUP DELCONSUMER s g d
  b XGROUP DESTROY s g
  b XTRIM s MAXLEN 0
  a XLEN s
  b XSETID s 99-1
  b XDEL s 1-1
  b XADD s 9-* f v
  a XINFO STREAM nosuch
  b XADD nosuch 1-1 f v
`;

const LISTS_AND_BITS = `
  a HELLO 3
  a CLIENT TRACKING ON
  a EXPIRETIME l
  b RPUSH l a b
  a LLEN l
  b LSET l 0 x
  a LLEN l
  b LREM l 0 nosuch
  b LREM l 0 x
  a LLEN l
  b LTRIM l 0 -1
  a GETBIT bb 0
  b SETBIT bb 0 1
  a GETBIT bb 0
  b SETBIT bb 0 1
  a BITFIELD_RO bb GET u8 0
  b BITFIELD bb SET u8 0 1
  a BITCOUNT bb
  b BITOP AND bb nosuch1 nosuch2
`;

const COUNTERS_GEO_REFUSED_COMMANDS = `
  a HELLO 3
  a CLIENT TRACKING ON
  a GET n
  b INCR n
  a GET n
  b GETDEL n
  a GET n
  b GETSET n 1
  a SUBSTR n 0 1
  b SETNX n 2
  b SETEX n 100 1
  a LCS n m
  b SET m 1
  b RESTORE n 0 x REPLACE
  b DEL n
  a DBSIZE
  b SORT y STORE n
  a GEOPOS ge x
  b GEOADD ge 1 1 x
  a GEOPOS ge x
  b GEOADD ge 1 1 x
  a GEOSEARCH ge FROMLONLAT 1 1 BYRADIUS 1 m
  b GEOSEARCHSTORE ge nosuch FROMLONLAT 1 1 BYRADIUS 1 m
  a GET k UNKNOWN
  a SET k
  a LLEN n
  b DEL n
  a LLEN str
  b SET str 1
  a LLEN str
  b SET str 1
`;

describe('what counts as a read, and what as a change', () => {
  test.each([
    ['flushes and looks at keys', 6, FLUSHES_AND_LOOKS_AT_KEYS],
    ['strings and keys', 10, STRINGS_AND_KEYS],
    ['sets, HyperLogLogs, sorted sets, hashes', 9, SETS_HYPERLOGLOGS_SORTED_SETS_HASHES],
    ['streams', 3, STREAMS],
    ['lists and bits', 7, LISTS_AND_BITS],
    ['counters, geo, refused commands', 10, COUNTERS_GEO_REFUSED_COMMANDS],
  ])('%s', async (_, count, text) => {
    expect(await servers.invalidations(text)).toBe(count);
  });
});
