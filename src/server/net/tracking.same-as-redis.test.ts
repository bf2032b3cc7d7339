/** Client-side caching on several connections, with a redis-server 7.0.15 and with Hotset. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BothServers } from './conversation.testing.ts';

let servers: BothServers;

beforeAll(async () => {
  servers = await BothServers.start();
});

afterAll(() => servers.stop());

const WHAT_WAS_READ_IS_TOLD = `
  a HELLO 3
  a CLIENT TRACKING ON
  b SET k 1
  a GET k
  b SET k 2
  b SET k 3
  a GET k
  a SET k 4
  a SET k 4
  a MULTI | SET m 1 | GET m | SET n 1 | EXEC
  b SET m 2
  b SET n 2
  a GET k
  b FLUSHALL
  a GET k
  a FLUSHDB
  a MULTI | GET x | FLUSHALL | GET y | FLUSHDB | EXEC
  b MULTI | FLUSHDB | SELECT 1 | FLUSHDB | FLUSHALL | SELECT 0 | EXEC
  b SET x 1
  b SET y 1
  a MGET a b c a
  b MSET c 1 b 2 a 1 d 5
  a EXISTS a b
  b DEL a b
  a GET a
  b SELECT 3
  b SET a 1
  a GET a
  b SWAPDB 0 3
  b SET a 2
  a CLIENT TRACKINGINFO
  a CLIENT TRACKING ON BCAST
  a CLIENT TRACKING OFF
  a GET z
  a CLIENT TRACKING ON
  b SET a 3
  a HELLO 2
  a GET q
  b SET q 1
  a HELLO 3
  a GET q
  b SET q 3
  a RESET
  a CLIENT TRACKINGINFO
`;

const BCAST_PREFIXES_IN_ONE_MESSAGE = `
  r HELLO 3
  a HELLO 3
  n HELLO 3
  a CLIENT TRACKING ON BCAST PREFIX a: PREFIX b: PREFIX zz
  n CLIENT TRACKING ON BCAST NOLOOP
  b MSET b:2 1 a:1 2 a:0 1 c 1 zz 1 aa 1 '' 2
  a SET a:1 2
  n SET a:1 2
  n SET a:2 2 | SET a:3 3 | SET a:2 1
  n MULTI | SET a:2 2 | SET b:3 3 | SET c 1 | EXEC
  a MULTI | SET a:2 2 | SET b:3 3 | SET c 1 | EXEC
  a CLIENT TRACKINGINFO
  n CLIENT TRACKINGINFO
  a CLIENT TRACKING ON BCAST PREFIX a
  a CLIENT TRACKING ON BCAST PREFIX a:x
  a CLIENT TRACKING ON BCAST PREFIX a:
  a CLIENT TRACKING ON BCAST PREFIX q PREFIX r
  a CLIENT TRACKINGINFO
  b MSET q 1 r 2 a:1 1
  a CLIENT TRACKING ON BCAST
  b MSET q 1 r 2 a:1 1
  a CLIENT TRACKINGINFO
  a CLIENT TRACKING ON BCAST PREFIX v PREFIX x
  n CLIENT TRACKING ON BCAST PREFIX x
  a CLIENT TRACKING OFF
  b MSET q 1 r 2 a:1 1
`;

const OPTIONS_THAT_ARE_REFUSED = `
  r HELLO 3
  a HELLO 3
  b PING
  a CLIENT TRACKING ON BCAST PREFIX foo PREFIX foobar
  a CLIENT TRACKING ON BCAST PREFIX foobar PREFIX foo
  a CLIENT TRACKING ON PREFIX foo
  a CLIENT TRACKING ON BCAST OPTIN
  a CLIENT TRACKING ON BCAST OPTOUT
  a CLIENT TRACKING ON OPTIN OPTOUT
  a CLIENT TRACKING ON OPTIN
  a CLIENT TRACKING ON OPTOUT
  a CLIENT TRACKING ON
  a CLIENT TRACKINGINFO
  a CLIENT TRACKING ON OPTOUT
  a CLIENT TRACKING ON OPTIN
  a CLIENT TRACKINGINFO
  a CLIENT TRACKING
  a CLIENT TRACKING YES
  a CLIENT TRACKING ON XX
  a CLIENT TRACKING ON REDIRECT
  a CLIENT TRACKING ON REDIRECT x
  a CLIENT TRACKING ON REDIRECT 0
  a CLIENT TRACKING ON REDIRECT -1
  a CLIENT TRACKING ON REDIRECT 99999999999
  a CLIENT TRACKING ON REDIRECT 99999999999999999999
  a CLIENT TRACKING ON REDIRECT #b REDIRECT #r
  a CLIENT TRACKING ON PREFIX
  a CLIENT TRACKING OFF PREFIX x REDIRECT #b
  a CLIENT TRACKING OFF XX
  a CLIENT TRACKING MAYBE REDIRECT 99999
`;

const OPTIN_AND_OPTOUT_CLIENT_CACHING = `
  a HELLO 3
  a CLIENT CACHING YES
  a CLIENT TRACKING ON OPTIN
  a CLIENT CACHING NO
  a CLIENT CACHING MAYBE
  a CLIENT CACHING
  a CLIENT CACHING YES
  a CLIENT TRACKINGINFO
  a GET k1
  a CLIENT TRACKINGINFO
  a GET k2
  b MSET k1 1 k2 2
  a CLIENT CACHING YES
  a CLIENT ID NO
  a CLIENT GETREDIR
  a MULTI | GET k1 | GET k2 | EXEC
  a GET k3
  b MSET k1 1 k2 2 k3 3
  a MULTI | CLIENT CACHING YES | GET k1 | GET k2 | EXEC
  a GET k3
  b MSET k1 1 k2 2 k3 3
  a CLIENT CACHING YES
  a NOSUCH
  a GET k3
  b SET k3 1
  a CLIENT CACHING YES
  a GET
  a GET k3
  b SET k3 1
  a CLIENT CACHING YES
  a SET k4 1
  a GET k3
  b SET k3 1
  a CLIENT CACHING YES
  a CLIENT
  a GET k3
  b SET k3 1
  a CLIENT CACHING YES
  a CLIENT NOSUCH
  a GET k3
  b SET k3 1
  a CLIENT CACHING YES | MULTI | NOSUCH | EXEC
  a GET k3
  b SET k3 1
  a CLIENT TRACKING OFF
  a CLIENT TRACKING ON OPTOUT
  a GET k1
  a CLIENT CACHING NO
  a CLIENT TRACKINGINFO
  a GET k2
  a GET k3
  b MSET k1 1 k2 2 k3 3
  a CLIENT TRACKING ON OPTOUT NOLOOP
  a CLIENT TRACKINGINFO
  a MGET k1 k2 k3
  a SET k1 2
  b MSET k1 1 k2 1
  a CLIENT TRACKING OFF
  a CLIENT TRACKINGINFO
  a CLIENT GETREDIR
`;

const CLIENTS_THAT_WAIT_ARE_TOLD = `
  a HELLO 3
  w HELLO 3
  a CLIENT TRACKING ON
  w CLIENT TRACKING ON
  b RPUSH l2 a
  a LRANGE l2 0 -1
  w LRANGE l2 0 -1
  w BLMOVE l1 l2 LEFT LEFT 0
  b RPUSH l1 x
  w LRANGE l2 0 -1
  a LRANGE l2 0 -1
  b MULTI | RPUSH l1 x | LPOP l1 | EXEC
`;

const DEADLINES = `
  a HELLO 3
  a CLIENT TRACKING ON
  a DEBUG SET-ACTIVE-EXPIRE 0
  a SET e 1 PX 200
  a GET e
  c sleep 260
  a GET e
  a SET e 1 PX 200
  a GET e
  b SET e 2
  a DEBUG SET-ACTIVE-EXPIRE 1
`;

const NOLOOP_NOBODY_IS_TOLD_OF = `
  a HELLO 3
  a CLIENT TRACKING ON NOLOOP
  a GET k
  a SET k 1
  b SET k 2
  a GET k
  b SET k 2
  a MULTI | GET k | SET k 3 | GET k | EXEC
  b SET k 2
  a DEBUG SET-ACTIVE-EXPIRE 0
  a MULTI | SET k 1 PX 5 | GET k | EXEC
  c sleep 30
  a GET k
  a DEBUG SET-ACTIVE-EXPIRE 1
  b SET k 1
`;

const CLIENT_REPLY_SILENCES_NO_INVALIDATION = `
  a HELLO 3
  a CLIENT TRACKING ON
  a GET k
  a CLIENT REPLY OFF
  b SET k 3
  a CLIENT REPLY ON
  b FLUSHALL
  a GET k
  a CLIENT REPLY SKIP
  b SET k 4
  a GET k
  a GET k
  a CLIENT REPLY SKIP | GET k | GET k
  a CLIENT REPLY OFF | SET k 1 | GET k | CLIENT REPLY ON
  b SET k 5
`;

const REDIRECT_ANOTHER_IS_TOLD_UNTIL = `
  r HELLO 3
  a HELLO 3
  a CLIENT TRACKING ON REDIRECT #r
  a GET k
  b SET k 1
  a CLIENT TRACKINGINFO
  a CLIENT GETREDIR
  r CLIENT REPLY OFF
  a GET k
  a SET k 1
  a MULTI | GET k | SET k 1 | EXEC
  b FLUSHDB
  r gone
  a GET k
  a CLIENT TRACKINGINFO
  b SET k 1
  a CLIENT TRACKINGINFO
  a GET k
  a SET k 1
  a CLIENT TRACKING ON
  a CLIENT TRACKINGINFO
  a CLIENT TRACKING ON REDIRECT #a
  a GET k
  a SET k 1
`;

const SCRIPTS = `
  a HELLO 3
  n HELLO 3
  m HELLO 3
  a CLIENT TRACKING ON
  n CLIENT TRACKING ON NOLOOP
  m CLIENT TRACKING ON BCAST NOLOOP
  a EVAL redis.call('set','k','v') 1 k
  b SET k 1
  a EVAL return(redis.call('get','k')) 1 k
  b SET k 1
  a EVAL_RO return(redis.call('get','k')) 1 k
  b SET k 1
  a EVAL return(redis.call('get','k')) 1 k
  a EVAL redis.call('set','k','w') 1 k
  n EVAL redis.call('get','k');redis.call('set','k','w') 1 k
  n GET k
  n EVAL redis.call('set','k','w') 1 k
  n GET k
  b EVAL redis.call('set','k','w') 1 k
  a MGET k l
  m EVAL redis.call('set','k','w');redis.call('set','l','w') 2 k l
  a MULTI | GET k | EVAL return{redis.call('set','k','w'),redis.call('get','k')} 1 k | EXEC
  b SET k 1
  a CLIENT TRACKING OFF
  a CLIENT TRACKING ON OPTIN
  a EVAL return(redis.call('get','k')) 1 k
  b SET k 1
  a CLIENT CACHING YES
  a EVAL return(redis.call('get','k')) 1 k
  b SET k 1
  a EVAL redis.call('get','k');return(redis.call('flushall')) 1 k
`;

describe('client-side caching', () => {
  test.each([
    ['what was read is told when it changes, until it is read again', 18, WHAT_WAS_READ_IS_TOLD],
    ['BCAST: prefixes, in one message each', 23, BCAST_PREFIXES_IN_ONE_MESSAGE],
    ['options that are refused', 0, OPTIONS_THAT_ARE_REFUSED],
    ['OPTIN and OPTOUT: CLIENT CACHING is of the next command or transaction', 8, OPTIN_AND_OPTOUT_CLIENT_CACHING],
    ['clients that wait are told behind their reply', 2, CLIENTS_THAT_WAIT_ARE_TOLD],
    ['deadlines', 3, DEADLINES],
    ['NOLOOP: nobody is told of what it changes itself', 3, NOLOOP_NOBODY_IS_TOLD_OF],
    ['CLIENT REPLY silences no invalidation', 5, CLIENT_REPLY_SILENCES_NO_INVALIDATION],
    ['scripts: what they do, their caller does', 25, SCRIPTS],
    ['REDIRECT: another is told, until it is gone', 5, REDIRECT_ANOTHER_IS_TOLD_UNTIL],
  ])('%s', async (_, count, text) => {
    expect(await servers.invalidations(text)).toBe(count);
  });
});
