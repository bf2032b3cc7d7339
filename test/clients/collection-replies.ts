/** The replies of collections as a library hands them on raw, in RESP2 and RESP3; each library's test file runs it. */
import { expect, it } from 'vitest';
import type { LibraryClient } from './client-suite.ts';

/** Bytes as text, maps as the list of their pairs: what is left is the shape of the reply. */
function plain(reply: unknown): unknown {
  if (reply instanceof Uint8Array) return String(Buffer.from(reply));
  if (Array.isArray(reply)) return reply.map(plain);
  if (reply instanceof Set) return [...reply].map(plain);
  if (reply instanceof Map) return [...reply].flatMap(([key, value]) => [plain(key), plain(value)]);
  if (typeof reply === 'object' && reply !== null) {
    return Object.entries(reply).flatMap(([key, value]) => [key, plain(value)]);
  }
  return reply;
}

/** `hasNumbers`: RESP3's doubles reach the caller as numbers, not as text. */
export function testCollections(client: () => LibraryClient, protocol: 2 | 3, hasNumbers: boolean): void {
  const ask = async (...words: string[]) => plain(await client().call(...words));
  testHashesListsAndSets(client, ask, protocol);
  testScores(client, ask, protocol, hasNumbers);
  testDerived(client, ask);
}

type Ask = (...words: string[]) => Promise<unknown>;

function testHashesListsAndSets(client: () => LibraryClient, ask: Ask, protocol: 2 | 3): void {
  it('keeps hashes', async () => {
    await client().call('DEL', 'h');
    expect(await ask('HSET', 'h', 'name', 'Alice', 'age', '29')).toBe(2);
    expect(await ask('HGET', 'h', 'name')).toBe('Alice');
    expect(await ask('HMGET', 'h', 'age', 'missing')).toEqual(['29', null]);
    expect(await ask('HGETALL', 'h')).toEqual(['name', 'Alice', 'age', '29']);
    expect(await ask('HINCRBYFLOAT', 'h', 'age', '0.5')).toBe('29.5');
    const pairs = await ask('HRANDFIELD', 'h', '2', 'WITHVALUES');
    expect((pairs as unknown[]).flat().sort()).toEqual(['29.5', 'Alice', 'age', 'name']);
    expect(pairs).toHaveLength(protocol === 3 ? 2 : 4);
  });

  it('keeps lists', async () => {
    await client().call('DEL', 'l', 'other');
    expect(await ask('RPUSH', 'l', 'a', 'b', 'c')).toBe(3);
    expect(await ask('LRANGE', 'l', '0', '-1')).toEqual(['a', 'b', 'c']);
    expect(await ask('LMOVE', 'l', 'other', 'LEFT', 'RIGHT')).toBe('a');
    expect(await ask('LMPOP', '2', 'missing', 'l', 'RIGHT', 'COUNT', '5')).toEqual(['l', ['c', 'b']]);
    expect(await ask('LPOP', 'l')).toBeNull();
    expect(await ask('LMPOP', '1', 'l', 'LEFT')).toBeNull();
  });

  it('keeps sets', async () => {
    await client().call('DEL', 's', 't');
    expect(await ask('SADD', 's', '1', '2', '3')).toBe(3);
    expect(await ask('SADD', 't', '3', 'x')).toBe(2);
    expect(await ask('SMEMBERS', 's')).toEqual(['1', '2', '3']);
    expect(await ask('SINTER', 's', 't')).toEqual(['3']);
    expect(await ask('SMISMEMBER', 's', '1', '9')).toEqual([1, 0]);
    expect(await ask('SUNIONSTORE', 's', 's', 't')).toBe(4);
  });
}

/** Sorted sets and places: what has doubles in its replies. */
function testScores(client: () => LibraryClient, ask: Ask, protocol: 2 | 3, hasNumbers: boolean): void {
  /** A double as the caller gets it. */
  const score = (value: number) => (hasNumbers ? value : `${value}`);

  it('keeps sorted sets', async () => {
    await client().call('DEL', 'z');
    expect(await ask('ZADD', 'z', '1500', 'ann', '2000.5', 'bob')).toBe(2);
    expect(await ask('ZSCORE', 'z', 'bob')).toBe(score(2000.5));
    expect(await ask('ZADD', 'z', 'INCR', '1', 'ann')).toBe(score(1501));
    const ranked = [
      ['bob', score(2000.5)],
      ['ann', score(1501)],
    ];
    expect(await ask('ZRANGE', 'z', '0', '9', 'REV', 'WITHSCORES')).toEqual(protocol === 3 ? ranked : ranked.flat());
    expect(await ask('ZMSCORE', 'z', 'ann', 'nobody')).toEqual([score(1501), null]);
    expect(await ask('ZRANK', 'z', 'nobody')).toBeNull();
    expect(await ask('ZPOPMAX', 'z')).toEqual(ranked[0]);
    expect(await ask('ZMPOP', '1', 'z', 'MIN')).toEqual(['z', [ranked[1]]]);
    expect(await ask('EXISTS', 'z')).toBe(0);
  });

  it('finds places', async () => {
    await client().call('DEL', 'g');
    expect(await ask('GEOADD', 'g', '13.361389', '38.115556', 'Palermo', '15.087269', '37.502669', 'Catania')).toBe(2);
    expect(await ask('GEODIST', 'g', 'Palermo', 'Catania', 'km')).toBe('166.2742');
    const [[longitude, latitude], nowhere] = (await ask('GEOPOS', 'g', 'Palermo', 'nowhere')) as [unknown[], null];
    expect([typeof longitude, nowhere]).toEqual([hasNumbers ? 'number' : 'string', null]);
    expect(Number(longitude)).toBeCloseTo(13.361389, 5);
    expect(Number(latitude)).toBeCloseTo(38.115556, 5);
    const search = ['GEOSEARCH', 'g', 'FROMLONLAT', '15', '37', 'BYRADIUS', '200', 'km', 'ASC', 'WITHDIST'];
    expect(await ask(...search)).toEqual([
      ['Catania', '56.4413'],
      ['Palermo', '190.4424'],
    ]);
  });
}

function testDerived(client: () => LibraryClient, ask: Ask): void {
  it('counts distinct elements', async () => {
    await client().call('DEL', 'p', 'q');
    expect(await ask('PFADD', 'p', 'a', 'b', 'a')).toBe(1);
    expect(await ask('PFADD', 'q', 'b', 'c')).toBe(1);
    expect(await ask('PFCOUNT', 'p', 'q')).toBe(3);
    expect(await ask('PFMERGE', 'p', 'q')).toBe('OK');
    expect(await ask('PFCOUNT', 'p')).toBe(3);
  });

  it('sorts, and carries values over', async () => {
    await client().call('DEL', 'n', 'copy');
    await client().call('RPUSH', 'n', '30', '4', '11');
    expect(await ask('SORT', 'n')).toEqual(['4', '11', '30']);
    const payload = (await client().call('DUMP', 'n')) as Buffer;
    expect(plain(await client().call('RESTORE', 'copy', '0', payload))).toBe('OK');
    expect(await ask('LRANGE', 'copy', '0', '-1')).toEqual(['30', '4', '11']);
  });
}
