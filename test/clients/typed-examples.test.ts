/**
 * Examples as people find them in articles and books, typed into redis-cli line by line: each works, and what is printed is
 * what redis-server prints.
 */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { redisCli, SERVERS, same, useServers } from './redis-cli-runner.ts';

const LOCK_LUA =
  "if redis.call('SETNX', KEYS[1], ARGV[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1 else return 0 end";
const LOCK_SHA = createHash('sha1').update(LOCK_LUA).digest('hex');

useServers();

beforeEach(async () => {
  for (const name of SERVERS) await redisCli(name, ['FLUSHALL']);
});

const EXAMPLES: readonly [title: string, typed: string, printed: string][] = [
  [
    'strings',
    `SET user:12345:name "Alice" EX 60
INCR page:views:home`,
    `OK
(integer) 1`,
  ],
  [
    'hashes',
    `HMSET user:12345 name "Alice" email "alice@example.com" age 29
HGET user:12345 email
HGETALL user:12345`,
    `OK
"alice@example.com"
1) "name"
2) "Alice"
3) "email"
4) "alice@example.com"
5) "age"
6) "29"`,
  ],
  [
    'lists',
    `LPUSH recent:log "User 12345 logged in"
LTRIM recent:log 0 99
LRANGE recent:log 0 -1`,
    `(integer) 1
OK
1) "User 12345 logged in"`,
  ],
  [
    'sets',
    `SADD online_users 12345
SISMEMBER online_users 12345`,
    `(integer) 1
(integer) 1`,
  ],
  [
    'sorted sets',
    `ZADD leaderboard 1500 "player:42"
ZADD leaderboard 2000 "player:17"
ZRANGE leaderboard 0 -1 WITHSCORES LIMIT 0 10
ZRANGE leaderboard 0 9 REV WITHSCORES
ZREVRANGE leaderboard 0 9 WITHSCORES`,
    // Often printed so, and refused: LIMIT wants BYSCORE or BYLEX.
    `(integer) 1
(integer) 1
(error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
1) "player:17"
2) "2000"
3) "player:42"
4) "1500"
1) "player:17"
2) "2000"
3) "player:42"
4) "1500"`,
  ],
  [
    'bitmaps',
    `SETBIT dau:2024-04-01 12345 1
GETBIT dau:2024-04-01 12345
BITCOUNT dau:2024-04-01`,
    `(integer) 0
(integer) 1
(integer) 1`,
  ],
  [
    'HyperLogLog',
    `PFADD uv:2024-04-01 "user:12345" "user:54321"
PFCOUNT uv:2024-04-01`,
    `(integer) 1
(integer) 2`,
  ],
  [
    'geo',
    `GEOADD places 13.361389 38.115556 "Palermo"
GEOADD places 15.087269 37.502669 "Catania"
GEORADIUS places 13.361389 38.115556 100 km
GEOSEARCH places FROMMEMBER "Palermo" BYRADIUS 200 km ASC`,
    `(integer) 1
(integer) 1
1) "Palermo"
1) "Palermo"
2) "Catania"`,
  ],
  [
    'streams',
    `XGROUP CREATE orders:stream order_processors $ MKSTREAM
XADD orders:stream 1-1 order_id 9876 amount 250 status "created"
XREADGROUP GROUP order_processors consumer1 COUNT 10 BLOCK 2000 STREAMS orders:stream >
XACK orders:stream order_processors 1-1`,
    `OK
"1-1"
1) 1) "orders:stream"
   2) 1) 1) "1-1"
         2) 1) "order_id"
            2) "9876"
            3) "amount"
            4) "250"
            5) "status"
            6) "created"
(integer) 1`,
  ],
  [
    'a lock by EVAL and EVALSHA',
    `SCRIPT LOAD "${LOCK_LUA}"
EVAL "${LOCK_LUA}" 1 lock:resource "uuid-1234" 5000
EVALSHA ${LOCK_SHA} 1 lock:resource "uuid-1234" 5000
EVALSHA 0123456789012345678901234567890123456789 1 lock:resource "uuid-1234" 5000
GET lock:resource`,
    `"${LOCK_SHA}"
(integer) 1
(integer) 0
(error) NOSCRIPT No matching script. Please use EVAL.
"uuid-1234"`,
  ],
  [
    'hash tags',
    `SET user:{42}:profile '{"name":"Bob"}'
SET user:{42}:settings '{"theme":"dark"}'
GET user:{42}:profile`,
    String.raw`OK
OK
"{\"name\":\"Bob\"}"`,
  ],
];

describe.each(EXAMPLES)('%s', (_, typed, printed) => {
  it('all at once', async () => {
    expect((await same(['--no-raw'], `${typed}\n`)).output).toBe(`${printed}\n`);
  });

  it('a command a run, and RESP3', async () => {
    for (const line of typed.split('\n')) await same(['--no-raw', '-3'], `${line}\n`);
  });
});
