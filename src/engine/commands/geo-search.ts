/** Searching among geospatial positions: around a position or a member, in a circle or a box, replied or stored. */

import { writeDistance } from '../../bytes/fixed-decimal.ts';
import { coverArea, GeoArea, ScoreRanges } from '../../bytes/geo-area.ts';
import { latitudeOf, longitudeOf } from '../../bytes/geohash.ts';
import { preciseDistance } from '../../bytes/great-circle.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { EventName } from '../effects/events.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import { EMPTY_LISTPACK_BYTES, ListpackCursor } from '../structures/listpack.ts';
import { encodingForNew, initSortedSet, ScoreChange, setScore } from '../values/sorted-set.ts';
import { ScoreScan } from '../values/sorted-set-scores.ts';
import { replyPosition } from './geo-arguments.ts';
import { GeoPoints } from './geo-points.ts';
import { FALLING, type GeoCommand, GeoQuery, UNSORTED } from './geo-query.ts';
import { ACCESS, DENYOOM, family, type KeySpec, key, OW, READONLY, RO, row, UPDATE, WRITE } from './spec.ts';

export const geoSearches = family('geo', [
  row('GEOSEARCH', geosearch, -7, READONLY, key(1, RO | ACCESS)),
  row('GEOSEARCHSTORE', geosearchstore, -8, WRITE | DENYOOM, [...key(1, OW | UPDATE), ...key(2, RO | ACCESS)]),
  row('GEORADIUS', georadius, -6, WRITE | DENYOOM, storingKeys(6)),
  row('GEORADIUSBYMEMBER', georadiusbymember, -5, WRITE | DENYOOM, storingKeys(5)),
  row('GEORADIUS_RO', georadiusRo, -6, READONLY, key(1, RO | ACCESS)),
  row('GEORADIUSBYMEMBER_RO', georadiusbymemberRo, -5, READONLY, key(1, RO | ACCESS)),
]);

const SEARCH: GeoCommand = { source: 1, options: 2, target: 0, centre: 'option', mayStore: false };
const SEARCH_STORE: GeoCommand = { source: 2, options: 3, target: 1, centre: 'option', mayStore: true };
const RADIUS: GeoCommand = { source: 1, options: 6, target: 0, centre: 'position', mayStore: true };
const RADIUS_READ: GeoCommand = { ...RADIUS, mayStore: false };
const RADIUS_BY_MEMBER: GeoCommand = { source: 1, options: 5, target: 0, centre: 'member', mayStore: true };
const RADIUS_BY_MEMBER_READ: GeoCommand = { ...RADIUS_BY_MEMBER, mayStore: false };

/** The key searched, and the one behind STORE or STOREDIST among the options. */
function storingKeys(startFrom: number): KeySpec[] {
  const find = { last: 0, step: 1, limit: 0 };
  const stored = ['STORE', 'STOREDIST'].map((keyword) => ({
    flags: OW | UPDATE,
    begin: { keyword, startFrom },
    find,
  }));
  return [...key(1, RO | ACCESS), ...stored];
}

/** What the running command asks and found; nothing outlives the call in them. */
const query = new GeoQuery();
const area = new GeoArea();
const ranges = new ScoreRanges();
const scan = new ScoreScan();
const points = new GeoPoints();
const member = new ListpackCursor();
const change = new ScoreChange();

/** Replies with the members in an area. */
function geosearch(call: Call, args: Args, reply: Reply): void {
  search(call, args, reply, SEARCH);
}

/** Stores the members in an area; replies how many. */
function geosearchstore(call: Call, args: Args, reply: Reply): void {
  search(call, args, reply, SEARCH_STORE);
}

/** Replies with the members around a position, or stores them. */
function georadius(call: Call, args: Args, reply: Reply): void {
  search(call, args, reply, RADIUS);
}

/** Replies with the members around a member, or stores them. */
function georadiusbymember(call: Call, args: Args, reply: Reply): void {
  search(call, args, reply, RADIUS_BY_MEMBER);
}

/** Replies with the members around a position. */
function georadiusRo(call: Call, args: Args, reply: Reply): void {
  search(call, args, reply, RADIUS_READ);
}

/** Replies with the members around a member. */
function georadiusbymemberRo(call: Call, args: Args, reply: Reply): void {
  search(call, args, reply, RADIUS_BY_MEMBER_READ);
}

function search(call: Call, args: Args, reply: Reply, command: GeoCommand): void {
  const { database } = call;
  const ref = database.read(args, command.source, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const error = query.read(command, database, ref, args);
  if (error !== undefined) return reply.error(error);
  points.count = 0;
  if (ref !== NO_REF) {
    query.describe(area);
    coverArea(area, ranges);
    points.find(database.arena, ref, area, ranges, scan, query.isAny ? query.count : 0);
  }
  const shown = query.count === 0 ? points.count : Math.min(query.count, points.count);
  // The nearest are meant by a mere COUNT.
  const isSorted = query.order !== UNSORTED || (query.count > 0 && !query.isAny);
  if (isSorted && shown > 0) points.sort(shown, query.order === FALLING);
  if (query.target === 0) replyPoints(call, reply, shown);
  else {
    storePoints(database, args, shown, command === SEARCH_STORE ? 'geosearchstore' : 'georadiusstore');
    reply.integer(shown);
  }
}

function replyPoints(call: Call, reply: Reply, shown: number): void {
  const { bytes, view } = call.scratch;
  const extras = Number(query.hasDistance) + Number(query.hasHash) + Number(query.hasPosition);
  reply.array(shown);
  for (let i = 0; i < shown; i++) {
    const point = points.order[i];
    const score = points.scores[point];
    if (extras > 0) reply.array(1 + extras);
    scan.readMember(points.handles[point], member);
    reply.bulk(member.bytes, member.view, member.start, member.end);
    if (query.hasDistance) {
      reply.bulk(bytes, view, 0, writeDistance(bytes, 0, points.distances[point] / query.unitMeters));
    }
    if (query.hasHash) {
      if (Number.isSafeInteger(score)) reply.integer(score);
      else reply.int64(BigInt(Math.trunc(score)));
    }
    if (query.hasPosition) replyPosition(reply, score);
  }
}

/** Stores the first points under the query's target, whose value they replace; none remove it. */
function storePoints(database: Database, args: Args, shown: number, event: EventName): void {
  const { detached, effects } = database.keyspace;
  if (shown === 0) {
    const old = database.find(args, query.target);
    if (old !== NO_REF) database.remove(old, 'del');
    return;
  }
  const encoding = encodingForNew(detached, shown, 0);
  const empty = detached.create(args, query.target, ZSET, encoding, EMPTY_LISTPACK_BYTES);
  let ref = initSortedSet(detached, empty, encoding);
  for (let i = 0; i < shown; i++) {
    const point = points.order[i];
    scan.readMember(points.handles[point], member);
    const score = query.storesDistance ? exactDistance(points.scores[point]) : points.scores[point];
    ref = setScore(detached, ref, member.bytes, member.view, member.start, member.end, score, 0, change);
  }
  effects.dirty += shown - 1;
  database.putOver(args, query.target, ref, event);
}

/** The distance of a score's position from the centre, in the query's unit. */
function exactDistance(score: number): number {
  const { longitude, latitude } = query.centre;
  return preciseDistance(longitude, latitude, longitudeOf(score), latitudeOf(score)) / query.unitMeters;
}
