/**
 * The geospatial commands beside a real redis-server: positions all over the map, at its edges and in heaps, then random
 * searches; the same replies byte for byte, in the same order, and the same events, changes and stored sets.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { type Counters, ObservedPeer } from './observed-peer.testing.ts';
import type { Connection, Words } from './redis-peer.testing.ts';

let redis: ObservedPeer;

beforeAll(async () => {
  redis = await ObservedPeer.start();
});
afterAll(() => redis.stop());

/** Both servers; what differs in the replies but for the last bits of stored distances fails. */
class Pair {
  readonly ours: TestEngine;
  private readonly theirs: Connection;
  private readonly events: string[] = [];
  private before: Counters = { dirty: 0, hits: 0, misses: 0 };

  constructor(protocol: 2 | 3) {
    this.ours = new TestEngine([], protocol);
    this.theirs = redis.connections[protocol];
    this.ours.engine.effects.subscribe((changes) => {
      for (const { event, key } of changes) this.events.push(`0 ${event} ${key.toString('latin1')}`);
    });
  }

  async begin(): Promise<void> {
    await this.theirs.ask([['FLUSHALL']]);
    await redis.events();
    this.before = await redis.counters();
  }

  async run(commands: readonly Words[], compare = same): Promise<void> {
    const theirs = await this.theirs.ask(commands);
    commands.forEach((words, i) => {
      const ours = this.ours.run(...words.map((word) => Buffer.from(word, 'latin1')));
      compare(ours, theirs[i], words);
    });
  }

  async end(stored: readonly string[]): Promise<void> {
    const { effects, keyspace } = this.ours.engine;
    expect({ dirty: effects.dirty, hits: keyspace.hits, misses: keyspace.misses }).toEqual(
      await redis.countersSince(this.before),
    );
    expect(this.events).toEqual(await redis.events());
    await this.run(stored.map((key) => ['OBJECT', 'ENCODING', key]));
    await this.run(
      stored.map((key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES']),
      sameScores,
    );
  }
}

function same(ours: string, theirs: string, words: Words): void {
  if (ours !== theirs) expect(ours, JSON.stringify(words)).toBe(theirs);
}

/** The same members with scores that may differ in their last bits; of members that are so near either may be first. */
function sameScores(ours: string, theirs: string, words: Words): void {
  if (ours === theirs) return;
  const [a, b] = [scoresOf(ours), scoresOf(theirs)];
  expect([...a.keys()].sort(), JSON.stringify(words)).toEqual([...b.keys()].sort());
  for (const [name, score] of a) {
    const other = Number(b.get(name));
    expect(Math.abs(score - other), `${name} ${score}`).toBeLessThanOrEqual(Math.abs(other) * 2 ** -50);
  }
}

/** By member the score, from a reply of either protocol. */
function scoresOf(reply: string): Map<string, number> {
  const words = reply.split('\r\n').filter((line) => /^[^*$]/.test(line));
  const scores = new Map<string, number>();
  for (let i = 0; i < words.length; i += 2) scores.set(words[i], Number(words[i + 1].replace(/^,/, '')));
  return scores;
}

const LIMIT = 85.05112878;
const EDGES = [-180, -179.999999, -90, -1e-9, 0, 1e-9, 13.361389, 45, 90, 179.999999, 180];
const LATITUDES = [-LIMIT, -85.0511287, -80.5, -66.1, -1e-9, 0, 38.115556, 66.1, 80.5, 85, LIMIT];
const longitude = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(...EDGES));
const latitude = fc.oneof(fc.double({ min: -LIMIT, max: LIMIT, noNaN: true }), fc.constantFrom(...LATITUDES));
/** Positions of a heap: few different ones, so that distances are equal. */
const near = fc.integer({ min: 0, max: 6 }).map((n) => 13 + n / 100);
const position = fc.oneof(fc.tuple(longitude, latitude), fc.tuple(near, near), fc.constant([13.361389, 38.115556]));
const positions = (most: number) => fc.array(position, { minLength: 1, maxLength: most });
const unit = fc.constantFrom('m', 'km', 'ft', 'mi', 'KM', 'Mi');
const length = fc.oneof(
  fc.constantFrom(0, 1, 0.5, 1e-10, 1e7, 2e7, 3e7, 1e30, 1e308),
  fc.integer({ min: 0, max: 24 }).map((n) => 2 ** n),
  fc.double({ min: 0, max: 1e7, noNaN: true }),
);
const flag = (...words: string[]) => fc.subarray(words);
const count = fc.oneof(
  fc.constant([]),
  fc.integer({ min: 1, max: 120 }).map((n) => ['COUNT', `${n}`]),
  fc.integer({ min: 1, max: 20 }).map((n) => ['COUNT', `${n}`, 'ANY']),
);
const order = fc.constantFrom([], ['ASC'], ['DESC']);
const extras = flag('WITHCOORD', 'WITHDIST', 'WITHHASH');
const member = fc.integer({ min: 0, max: 9 }).map((n) => `m${n}`);
const centre = fc.oneof(
  fc.tuple(fc.constant('FROMMEMBER'), member),
  position.map(([x, y]) => ['FROMLONLAT', `${x}`, `${y}`]),
);
const shape = fc.oneof(
  fc.tuple(length, unit).map(([r, u]) => ['BYRADIUS', `${r}`, u]),
  fc.tuple(length, length, unit).map(([w, h, u]) => ['BYBOX', `${w}`, `${h}`, u]),
);

const search = fc.oneof(
  fc.tuple(centre, shape, count, order, extras).map((parts) => ['GEOSEARCH', 'g', ...parts.flat()]),
  fc
    .tuple(position, length, unit, count, order, extras)
    .map(([[x, y], r, u, ...rest]) => ['GEORADIUS', 'g', `${x}`, `${y}`, `${r}`, u, ...rest.flat()]),
  fc
    .tuple(member, length, unit, count, order, extras)
    .map(([m, r, u, ...rest]) => ['GEORADIUSBYMEMBER_RO', 'g', m, `${r}`, u, ...rest.flat()]),
);
const storing = fc.oneof(
  fc
    .tuple(centre, shape, count, order, flag('STOREDIST'))
    .map((parts) => ['GEOSEARCHSTORE', 'stored', 'g', ...parts.flat()]),
  fc
    .tuple(position, length, unit, count, order, fc.constantFrom('STORE', 'STOREDIST'))
    .map(([[x, y], r, u, n, o, word]) => ['GEORADIUS', 'g', `${x}`, `${y}`, `${r}`, u, ...n, ...o, word, 'far']),
);
const asking = fc.oneof(
  fc.tuple(fc.constantFrom('GEOPOS', 'GEOHASH'), fc.constant('g'), member, member),
  fc.tuple(fc.constant('GEODIST'), fc.constant('g'), member, member),
  fc.tuple(fc.constant('GEODIST'), fc.constant('g'), member, member, unit),
);
const adding = fc
  .tuple(flag('NX', 'XX', 'CH'), positions(4))
  .map(([flags, all]) => ['GEOADD', 'g', ...flags, ...all.flatMap(([x, y], i) => [`${x}`, `${y}`, `m${i}`])]);

describe.each([2, 3] as const)('RESP%i', (protocol) => {
  test.each([100, 700])('the same from up to %i positions', async (most) => {
    await fc.assert(
      fc.asyncProperty(
        positions(most),
        fc.array(fc.oneof({ weight: 6, arbitrary: search }, storing, asking, adding), { maxLength: 60 }),
        async (places, commands) => {
          const pair = new Pair(protocol);
          await pair.begin();
          const points = places.flatMap(([x, y], i) => [`${x}`, `${y}`, `m${i}`]);
          await pair.run([['GEOADD', 'g', ...points], ...(commands as string[][])]);
          await pair.end(['g', 'stored', 'far']);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('scores that no position has are read as positions', async () => {
    const pair = new Pair(protocol);
    await pair.begin();
    const scores = [
      '-1',
      '-1.5',
      '1e19',
      '-1e19',
      'inf',
      '-inf',
      '1e18',
      '9223372036854775808',
      '18446744073709551616',
    ];
    const more = [
      '4503599627370495.5',
      '9007199254740991',
      '9007199254740993',
      '13510798882111488',
      '0',
      '0.9',
      '-0.9',
    ];
    const members = [...scores, ...more];
    await pair.run([
      ['ZADD', 'g', ...members.flatMap((score, i) => [score, `m${i}`])],
      ['GEOPOS', 'g', ...members.map((_, i) => `m${i}`)],
      ['GEOHASH', 'g', ...members.map((_, i) => `m${i}`)],
      ...members.map((_, i) => ['GEORADIUSBYMEMBER', 'g', `m${i}`, '100', 'km', 'WITHHASH', 'WITHCOORD']),
      ...members.map((_, i) => ['GEODIST', 'g', 'm3', `m${i}`]),
    ]);
  });

  test('what is refused, and in which order', async () => {
    const pair = new Pair(protocol);
    await pair.begin();
    await pair.run([['SET', 'text', 'x'], ['GEOADD', 'g', '13.36', '38.11', 'm0'], ...REFUSED]);
    await pair.end(['g']);
  });
});

const REFUSED: readonly Words[] = `
GEOADD g 1 1
GEOADD g 1 1 a 2
GEOADD g NX XX 1 1 a
GEOADD g CH CH CH
GEOADD g NX 1 1 a CH
GEOADD g x 1 a
GEOADD g 1 x a
GEOADD g nan 1 a
GEOADD g 180.0078125 1 a
GEOADD g 180.0234375 1 a
GEOADD g -1e300 inf a
GEOADD g 1 85.06 a
GEOADD g 1 1 a 1 86 b
GEOADD text 1 86 a
GEOADD text 1 1 a
GEOADD missing XX 1 1 a
GEOPOS g
GEOPOS missing
GEOPOS missing a b
GEOPOS g a m0
GEOPOS text a
GEOHASH g
GEOHASH missing a
GEOHASH text a
GEODIST g m0
GEODIST g m0 m0 x
GEODIST g m0 m0 km x
GEODIST text m0 m0 x
GEODIST text m0 m0
GEODIST missing m0 m0
GEODIST g m0 a
GEOSEARCH text FROMLONLAT x 1 BYRADIUS 1 km
GEOSEARCH g FROMLONLAT x 1 BYRADIUS 1 km
GEOSEARCH g FROMLONLAT 1 100 BYRADIUS 1 km
GEOSEARCH g FROMMEMBER a BYRADIUS 1 km
GEOSEARCH missing FROMMEMBER a BYRADIUS 1 km
GEOSEARCH missing FROMMEMBER a BYRADIUS x km
GEOSEARCH missing FROMMEMBER a FROMMEMBER b BYBOX 1 1 km
GEOSEARCH g FROMMEMBER a FROMLONLAT 1 1 BYRADIUS 1 km
GEOSEARCH g FROMMEMBER m0 FROMLONLAT 1 1 BYRADIUS 1 km
GEOSEARCH g FROMLONLAT 1 1 FROMMEMBER m0 BYRADIUS 1 km
GEOSEARCH g FROMLONLAT 1 1 FROMLONLAT 13 38 BYRADIUS 1 m BYRADIUS 100 km
GEOSEARCH g FROMLONLAT 1 1 BYBOX 1 1 km BYRADIUS 1 km
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km BYBOX 1 1 km
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 x
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS x x
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS -1 x
GEOSEARCH g FROMLONLAT 1 1 BYBOX x -1 x
GEOSEARCH g FROMLONLAT 1 1 BYBOX 1 x x
GEOSEARCH g FROMLONLAT 1 1 BYBOX 1 -1 x
GEOSEARCH g FROMLONLAT 1 1 BYBOX 1 1 x
GEOSEARCH g FROMLONLAT 1 1 ASC DESC COUNT 1
geoSearch g BYRADIUS 1 km ASC DESC COUNT 1
geoSearch g FROMLONLAT 1 1 ASC ASC
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km COUNT 0
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km COUNT -1
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km COUNT x
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km COUNT 9223372036854775808
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km COUNT 9223372036854775807 ANY
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km COUNT
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km ANY
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km STORE a
GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km STOREDIST
GEOSEARCHSTORE d g FROMLONLAT 1 1 BYRADIUS 1 km WITHDIST
GEOSEARCHSTORE d g BYRADIUS 1 km ASC DESC ASC WITHDIST
GEOSEARCHSTORE text missing FROMMEMBER a BYRADIUS 1 km
GEOSEARCHSTORE d text FROMLONLAT 1 1 BYRADIUS 1 km
GEOSEARCHSTORE d g BYRADIUS 1 km ASC DESC ASC
GEORADIUS g 1 1 1
GEORADIUS g 1 1 1 x
GEORADIUS g 1 100 x x
GEORADIUS g 1 1 x x
GEORADIUS g 1 1 -1 km
GEORADIUS missing 1 1 x km
GEORADIUS g 1 1 1 km STORE
GEORADIUS g 1 1 1 km STORE a WITHHASH
GEORADIUS g 1 1 1 km STOREDIST a STORE b
GEORADIUS g 1 1 1 km FROMLONLAT 1 1
GEORADIUS_RO g 1 1 1 km STORE a
GEORADIUSBYMEMBER missing m x x
GEORADIUSBYMEMBER missing m x x BOGUS
GEORADIUSBYMEMBER missing m x x STORE text
GEORADIUSBYMEMBER g a 1 km
GEORADIUSBYMEMBER g m0 x km
GEORADIUSBYMEMBER g m0 1 km ASC BYRADIUS 1 km
GEORADIUSBYMEMBER_RO g m0 1 km STOREDIST a
GEORADIUSBYMEMBER g m0 1 km STOREDIST g`
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
