/**
 * Arguments that no client should send: numbers at the ends of their ranges, counts without what they count, payloads that
 * are none. What comes back is what redis-server answers, what is kept stays as it was, and nothing is allocated for a
 * promise. No difference is left.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../../../test/processes.ts';
import { RawClient } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

const INT64_MAX = '9223372036854775807';
const INT64_MIN = '-9223372036854775808';
const SYNTAX = '-ERR syntax error\r\n';
const NOT_INTEGER = '-ERR value is not an integer or out of range\r\n';
const NOT_FLOAT = '-ERR value is not a valid float\r\n';
const OUT_OF_RANGE = '-ERR value is out of range\r\n';
const OUT_OF_INT64 = `-ERR value is out of range, value must between -${INT64_MAX} and ${INT64_MAX}\r\n`;
const WRONG_TYPE = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';
const NAN_SCORE = '-ERR resulting score is not a number (NaN)\r\n';
const TOO_LONG = '-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n';

let hotset: TestServer;
let redis: ServerProcess;
let ours: RawClient;
let theirs: RawClient;

beforeAll(async () => {
  hotset = await startTestServer();
  redis = await startServer('redis');
  ours = await RawClient.connect(hotset.port);
  theirs = await RawClient.connect(redis.port);
  await both(['FLUSHALL']);
  for (const words of KEPT) await both(words);
});

afterAll(async () => {
  ours.close();
  theirs.close();
  await hotset.stop();
  await redis.stop();
});

type Words = readonly string[];

/** One key of every type, and numbers at the ends of their ranges. */
const KEPT: readonly Words[] = [
  ['SET', 'text', 'hello'],
  ['SET', 'most', INT64_MAX],
  ['SET', 'least', INT64_MIN],
  ['SET', 'float', '1.5'],
  ['SET', 'hyll', 'HYLL'],
  ['RPUSH', 'list', 'a', 'b', 'c'],
  ['HSET', 'hash', 'f', '1', 'max', INT64_MAX, 'float', '1.5', 'word', 'x'],
  ['SADD', 'set', 'a', 'b', 'c'],
  ['ZADD', 'zset', '1', 'a', 'inf', 'b', '-inf', 'c'],
  ['GEOADD', 'geo', '13.361389', '38.115556', 'Palermo'],
  ['PFADD', 'visitors', 'a', 'b'],
];
const READ: readonly Words[] = [
  ['DBSIZE'],
  ['MGET', 'text', 'most', 'least', 'float', 'hyll'],
  ['LRANGE', 'list', '0', '-1'],
  ['HMGET', 'hash', 'f', 'max', 'float', 'word'],
  ['HLEN', 'hash'],
  ['SCARD', 'set'],
  ['ZRANGE', 'zset', '0', '-1', 'WITHSCORES'],
  ['GEOPOS', 'geo', 'Palermo'],
  ['PFCOUNT', 'visitors'],
  ['TTL', 'text'],
];

async function both(words: Words): Promise<[string, string]> {
  return Promise.all([ours.ask(...words), theirs.ask(...words)]);
}

/** Everything kept, the same on both. */
async function kept(): Promise<string> {
  const replies: string[] = [];
  for (const words of READ) {
    const [own, other] = await both(words);
    expect(own, words.join(' ')).toBe(other);
    replies.push(own);
  }
  return replies.join('');
}

/** A command and the error that both must give. */
type Row = [words: string | Words, expected: string];

function refused(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    test.each([...rows])('%j', async (command: string | Words, expected: string) => {
      const words = typeof command === 'string' ? command.split(' ') : command;
      const before = await kept();
      const [own, other] = await both(words);
      expect(own).toBe(expected);
      expect(other).toBe(expected);
      expect(await kept()).toBe(before);
    });
  });
}

const overflow = '-ERR increment or decrement would overflow\r\n';
const wrongExpire = (name: string): string => `-ERR invalid expire time in '${name}' command\r\n`;
const noBits = '-ERR bit offset is not an integer or out of range\r\n';
const bitfieldType =
  '-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.\r\n';
const numKeys = '-ERR numkeys should be greater than 0\r\n';

refused('C1: strings too long', [
  ['SETRANGE text 536870912 x', TOO_LONG],
  [`SETRANGE text ${INT64_MAX} x`, TOO_LONG],
  ['SETRANGE text -1 x', '-ERR offset is out of range\r\n'],
  ['SETRANGE list 0 x', WRONG_TYPE],
]);

refused('C2: bits out of range', [
  ['SETBIT text 4294967296 1', noBits],
  ['SETBIT text -1 1', noBits],
  [`GETBIT text ${INT64_MAX}`, noBits],
  [`BITFIELD text GET u8 #${INT64_MAX}`, noBits],
  ['BITFIELD text GET i65 0', bitfieldType],
  ['BITFIELD text GET u64 0', bitfieldType],
]);

refused('C3: integers that would overflow', [
  ['INCR most', overflow],
  ['DECR least', overflow],
  [`INCRBY most ${INT64_MAX}`, overflow],
  [`DECRBY text ${INT64_MIN}`, '-ERR decrement would overflow\r\n'],
  ['HINCRBY hash max 1', overflow],
  [`HINCRBY hash f ${INT64_MAX}`, overflow],
  ['HINCRBY hash f 9223372036854775808', NOT_INTEGER],
  ['HINCRBY hash word 1', '-ERR hash value is not an integer\r\n'],
]);

refused('C4: no number', [
  ['INCRBYFLOAT float nan', NOT_FLOAT],
  ['INCRBYFLOAT float inf', '-ERR increment would produce NaN or Infinity\r\n'],
  ['HINCRBYFLOAT hash float nan', NOT_FLOAT],
  ['HINCRBYFLOAT hash float inf', '-ERR value is NaN or Infinity\r\n'],
  ['HINCRBYFLOAT hash word 1', '-ERR hash value is not a float\r\n'],
  ['ZADD zset nan a', NOT_FLOAT],
  ['ZADD zset 1 d nan e', NOT_FLOAT],
  ['ZADD zset INCR -inf b', NAN_SCORE],
  ['ZINCRBY zset -inf b', NAN_SCORE],
  ['ZINCRBY zset inf c', NAN_SCORE],
  ['ZINCRBY zset nan a', NOT_FLOAT],
  ['ZRANGEBYSCORE zset nan 1', '-ERR min or max is not a float\r\n'],
  ['ZUNIONSTORE out 1 zset WEIGHTS nan', '-ERR weight value is not a float\r\n'],
  ['GEOADD geo nan 1 x', NOT_FLOAT],
  ['GEOADD geo inf 1 x', '-ERR invalid longitude,latitude pair inf,1.000000\r\n'],
  ['GEOADD geo 1 1 x 1 86 y', '-ERR invalid longitude,latitude pair 1.000000,86.000000\r\n'],
  ['GEOSEARCH geo FROMMEMBER Palermo BYRADIUS nan m', '-ERR need numeric radius\r\n'],
  ['GEOSEARCH geo FROMMEMBER Palermo BYBOX 1 -inf m', '-ERR height or width cannot be negative\r\n'],
]);

test('C4: opposite infinities add up to 0, and infinity times nothing is 0', async () => {
  for (const words of [
    ['ZADD', 'plus', 'inf', 'x'],
    ['ZADD', 'minus', '-inf', 'x'],
    ['ZUNION', '2', 'plus', 'minus', 'WITHSCORES'],
    ['ZINTER', '1', 'plus', 'WEIGHTS', '0', 'WITHSCORES'],
    ['ZUNIONSTORE', 'out', '1', 'plus', 'WEIGHTS', '0'],
    ['ZSCORE', 'out', 'x'],
    ['DEL', 'plus', 'minus', 'out'],
  ]) {
    const [own, other] = await both(words);
    expect(own).toBe(other);
    if (/SCORE/.test(words.join(' '))) expect(own).toMatch(/\$1\r\n0\r\n$/);
  }
});

test('C5: numbers of 80 bits are summed as redis-server does', async () => {
  const [own, other] = await both(['INCRBYFLOAT', 'huge', '1e400']);
  expect(own).toBe(other);
  expect(own).toMatch(/^\$401\r\n1\d{400}\r\n$/);
  await both(['DEL', 'huge']);
});

refused('C6: as many as no server makes', [
  [`SRANDMEMBER set ${INT64_MIN}`, OUT_OF_INT64],
  [`HRANDFIELD hash ${INT64_MIN}`, OUT_OF_INT64],
  ['HRANDFIELD hash -4611686018427387905 WITHVALUES', OUT_OF_RANGE],
  [`ZRANDMEMBER zset ${INT64_MIN}`, OUT_OF_INT64],
  [`ZRANDMEMBER zset ${INT64_MIN} WITHSCORES`, OUT_OF_INT64],
  ['SPOP set -1', '-ERR value is out of range, must be positive\r\n'],
  ['LPOP list -1', '-ERR value is out of range, must be positive\r\n'],
  ['SRANDMEMBER set 9223372036854775808', NOT_INTEGER],
]);

test('C6: a count of 2^63 - 1 gives all there are', async () => {
  for (const words of [
    ['SRANDMEMBER', 'set', INT64_MAX],
    ['HRANDFIELD', 'hash', INT64_MAX],
    ['ZRANDMEMBER', 'zset', INT64_MAX],
    ['LRANGE', 'list', INT64_MIN, INT64_MAX],
    ['ZRANGE', 'zset', INT64_MIN, INT64_MAX],
    ['GEOSEARCH', 'geo', 'FROMMEMBER', 'Palermo', 'BYRADIUS', '1', 'm', 'COUNT', INT64_MAX, 'ANY'],
  ]) {
    const [own, other] = await both(words);
    expect(own.split('\r\n')[0], words.join(' ')).toBe(other.split('\r\n')[0]);
  }
});

refused('C7: times that are none', [
  [`EXPIRE text ${INT64_MAX}`, wrongExpire('expire')],
  [`PEXPIRE text ${INT64_MAX}`, wrongExpire('pexpire')],
  [`EXPIRE text ${INT64_MIN}`, wrongExpire('expire')],
  ['SET text x EX 0', wrongExpire('set')],
  ['SET text x PXAT -1', wrongExpire('set')],
  [`SET text x EX ${INT64_MAX}`, wrongExpire('set')],
  ['GETEX text EX 0', wrongExpire('getex')],
  ['EXPIRE list 1.5', NOT_INTEGER],
]);

refused('C10: numbers of keys', [
  ['ZUNIONSTORE out 0 zset', "-ERR at least 1 input key is needed for 'zunionstore' command\r\n"],
  ['ZUNION -1 zset', "-ERR at least 1 input key is needed for 'zunion' command\r\n"],
  ['ZUNIONSTORE out 3 zset set', SYNTAX],
  [`ZUNIONSTORE out ${INT64_MAX} zset`, SYNTAX],
  ['ZINTER x zset', NOT_INTEGER],
  [`ZDIFF ${INT64_MAX} zset`, SYNTAX],
  ['SINTERCARD 0 set', numKeys],
  ['SINTERCARD x set', numKeys],
  ['SINTERCARD 2 set', "-ERR Number of keys can't be greater than number of args\r\n"],
  [`SINTERCARD ${INT64_MAX} set`, "-ERR Number of keys can't be greater than number of args\r\n"],
  ['SINTERCARD 1 set LIMIT -1', "-ERR LIMIT can't be negative\r\n"],
  ['ZINTERCARD 1 zset LIMIT -1', "-ERR LIMIT can't be negative\r\n"],
  ['LMPOP 0 list LEFT', numKeys],
  [`LMPOP ${INT64_MAX} list LEFT`, SYNTAX],
  ['LMPOP 1 list LEFT COUNT 0', '-ERR count should be greater than 0\r\n'],
  ['ZMPOP -1 zset MIN', numKeys],
  ['ZMPOP 2 zset MIN', SYNTAX],
]);

describe('C11: cursors and counts', () => {
  for (const [name, ...key] of [['SCAN'], ['HSCAN', 'hash'], ['SSCAN', 'set'], ['ZSCAN', 'zset']]) {
    const words = [name, ...key];
    refused(name, [
      [[...words, 'abc'], '-ERR invalid cursor\r\n'],
      [[...words, '18446744073709551616'], '-ERR invalid cursor\r\n'],
      [[...words, '0', 'COUNT', '0'], SYNTAX],
      [[...words, '0', 'COUNT', 'x'], NOT_INTEGER],
      [[...words, '0', 'MATCH'], SYNTAX],
    ]);

    test(`${name}: any cursor and count of 64 bits give a bounded slice`, async () => {
      for (const cursor of ['18446744073709551615', INT64_MAX]) {
        expect((await ours.ask(...words, cursor))[0]).toBe('*');
      }
      const [own, other] = await both([...words, '0', 'COUNT', INT64_MAX]);
      expect(own.length).toBe(other.length);
    });
  }
});

test('C12: LCS of two long strings is refused before it takes the memory', async () => {
  await both(['SETRANGE', 'long', '70000', 'x']);
  const [own, other] = await both(['LCS', 'long', 'long']);
  expect(own).toBe('-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len\r\n');
  expect(own).toBe(other);
  await both(['DEL', 'long']);
});

const badPayload = '-ERR DUMP payload version or checksum are wrong\r\n';
const notHyll = '-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n';

refused('C13: payloads that are none', [
  ['RESTORE out 0 garbage', badPayload],
  [['RESTORE', 'out', '0', ''], badPayload],
  [['RESTORE', 'out', '0', '\x00\x01a\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x01'], badPayload],
  ['RESTORE out -1 garbage', '-ERR Invalid TTL value, must be >= 0\r\n'],
  ['RESTORE text 0 garbage', '-BUSYKEY Target key name already exists.\r\n'],
  ['RESTORE out 0 garbage IDLETIME -1', '-ERR Invalid IDLETIME value, must be >= 0\r\n'],
  ['RESTORE out 0 garbage FREQ 256', '-ERR Invalid FREQ value, must be >= 0 and <= 255\r\n'],
  ['PFCOUNT hyll', notHyll],
  ['PFCOUNT text', notHyll],
  ['PFADD text x', notHyll],
  ['PFMERGE visitors hyll', notHyll],
  ['PFCOUNT list', WRONG_TYPE],
]);

test('C13: a HyperLogLog with its bytes changed is refused or counted, and the server goes on', async () => {
  const hyll = (await ours.ask('GET', 'visitors')).replace(/^\$\d+\r\n/, '').slice(0, -2);
  for (let i = 0; i < hyll.length; i++) {
    for (const byte of ['\x00', '\x7f', '\xff']) {
      await both(['SET', 'broken', hyll.slice(0, i) + byte + hyll.slice(i + 1)]);
      const [own, other] = await both(['PFCOUNT', 'broken']);
      expect(own[0], `byte ${i}`).toBe(other[0]);
      await ours.ask('PFMERGE', 'merged', 'broken');
    }
  }
  await both(['DEL', 'broken', 'merged']);
  await theirs.ask('DEL', 'merged');
});

refused('SORT with what is no number', [
  ['SORT set', "-ERR One or more scores can't be converted into double\r\n"],
  ['SORT text', WRONG_TYPE],
  ['SORT list LIMIT 0', SYNTAX],
  ['SORT list LIMIT x 1', NOT_INTEGER],
  ['SORT list LIMIT 0 9223372036854775808', NOT_INTEGER],
]);

test('SORT with the ends of 64 bits as its limits gives what there is', async () => {
  for (const [from, count] of [
    ['0', INT64_MAX],
    [INT64_MIN, INT64_MAX],
    ['1', INT64_MIN],
    [INT64_MAX, '1'],
    ['-1', '-1'],
  ]) {
    const [own, other] = await both(['SORT', 'list', 'ALPHA', 'LIMIT', from, count]);
    expect(own, `${from} ${count}`).toBe(other);
  }
});

describe('N1: no name is special', () => {
  const names = ['__proto__', 'constructor', 'hasOwnProperty', '', '\xff\xfe', '\xed\xa0\x80', 'a\0b', 'l\r\nn'];

  test.each(names)('%j as key, field, member, element', async (name) => {
    for (const words of [
      ['HSET', name, name, name],
      ['HGETALL', name],
      ['HEXISTS', name, 'toString'],
      ['DEL', name],
      ['RPUSH', name, name, name],
      ['LRANGE', name, '0', '-1'],
      ['LPOS', name, name],
      ['SORT', name, 'ALPHA', 'GET', '#', 'GET', '*'],
      ['DEL', name],
      ['SADD', name, name, 'x'],
      ['SISMEMBER', name, name],
      ['SINTERCARD', '2', name, name],
      ['SISMEMBER', name, 'valueOf'],
      ['DEL', name],
      ['ZADD', name, '1', name],
      ['ZRANGE', name, '0', '-1', 'WITHSCORES'],
      ['ZSCORE', name, 'toString'],
      ['ZUNIONSTORE', name, '2', name, name],
      ['ZSCORE', name, name],
      ['DEL', name],
      ['GEOADD', name, '1', '2', name],
      ['GEOSEARCH', name, 'FROMMEMBER', name, 'BYRADIUS', '1', 'm', 'WITHDIST'],
      ['GEOSEARCHSTORE', name, name, 'FROMMEMBER', name, 'BYRADIUS', '1', 'm'],
      ['GEOPOS', name, name, 'valueOf'],
      ['DEL', name],
      ['PFADD', name, name],
      ['PFCOUNT', name],
      ['DEL', name],
    ]) {
      const [own, other] = await both(words);
      expect(own, words.join(' ')).toBe(other);
    }
  });

  test('all at once in one hash and one set', async () => {
    await both(['HSET', 'names', ...names.flatMap((name, i) => [name, `${i}`])]);
    await both(['ZADD', 'scores', ...names.flatMap((name, i) => [`${i}`, name])]);
    for (const words of [
      ['HMGET', 'names', ...names, 'toString'],
      ['ZMSCORE', 'scores', ...names, 'toString'],
      ['ZRANGE', 'scores', '0', '-1'],
      ['HLEN', 'names'],
      ['DEL', 'names', 'scores'],
    ]) {
      const [own, other] = await both(words);
      expect(own, words.join(' ')).toBe(other);
    }
  });
});
