/** Geospatial positions, kept as the scores of a sorted set: adding them, and telling of them one by one. */
import { writeDistance } from '../../bytes/fixed-decimal.ts';
import { geohashText, latitudeOf, longitudeOf, scoreOfPosition } from '../../bytes/geohash.ts';
import { distanceBetween } from '../../bytes/great-circle.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import { ONLY_NEW, ONLY_THERE, scoreOf } from '../values/sorted-set.ts';
import { GeoPosition, metersOfUnit, readPosition, replyPosition } from './geo-arguments.ts';
import { COUNT_CHANGED, scoresFor, setScores } from './sorted-set-scoring.ts';
import { ACCESS, DENYOOM, family, key, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';

export const geo = family('geo', [
  row('GEOADD', geoadd, -5, WRITE | DENYOOM, key(1, RW | UPDATE)),
  row('GEOPOS', geopos, -2, READONLY, key(1, RO | ACCESS)),
  row('GEODIST', geodist, -4, READONLY, key(1, RO | ACCESS)),
  row('GEOHASH', geohash, -2, READONLY, key(1, RO | ACCESS)),
]);

/** Where the running command is. */
const position = new GeoPosition();

const CONTRARY = ONLY_NEW | ONLY_THERE;

/** Adds members at positions, or moves them; replies how many are new, with CH also those moved. */
function geoadd(call: Call, args: Args, reply: Reply): void {
  let flags = 0;
  let first = 2;
  for (; first < args.count; first++) {
    if (args.is(first, 'nx')) flags |= ONLY_NEW;
    else if (args.is(first, 'xx')) flags |= ONLY_THERE;
    else if (args.is(first, 'ch')) flags |= COUNT_CHANGED;
    else break;
  }
  const count = (args.count - first) / 3;
  if (count === 0 || !Number.isInteger(count) || (flags & CONTRARY) === CONTRARY) return reply.error(ERR.syntax);
  const scores = scoresFor(count);
  for (let i = 0; i < count; i++) {
    const error = readPosition(args, first + i * 3, position);
    if (error !== undefined) return reply.error(error);
    scores[i] = scoreOfPosition(position.longitude, position.latitude);
  }
  setScores(call, args, reply, scores, first + 2, 3, flags);
}

/** Replies with the positions of members. */
function geopos(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) {
    const score = memberScore(database, ref, args, i);
    if (Number.isNaN(score)) reply.nullArray();
    else replyPosition(reply, score);
  }
}

/** Replies with the distance of two members, in meters or another unit. */
function geodist(call: Call, args: Args, reply: Reply): void {
  if (args.count > 5) return reply.error(ERR.syntax);
  const meters = args.count === 5 ? metersOfUnit(args, 4) : 1;
  if (meters === 0) return reply.error(ERR.geoUnit);
  const { database, scratch } = call;
  const ref = database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const one = memberScore(database, ref, args, 2);
  const other = memberScore(database, ref, args, 3);
  if (Number.isNaN(one) || Number.isNaN(other)) return reply.null();
  const distance = distanceBetween(longitudeOf(one), latitudeOf(one), longitudeOf(other), latitudeOf(other)) / meters;
  reply.bulk(scratch.bytes, scratch.view, 0, writeDistance(scratch.bytes, 0, distance));
}

/** Replies with the standard geohashes of members. */
function geohash(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) {
    const score = memberScore(database, ref, args, i);
    if (Number.isNaN(score)) reply.null();
    else reply.text(geohashText(score));
  }
}

/** The score of the member that argument `i` names; NaN when it is not there. */
function memberScore(database: Database, ref: Ref, args: Args, i: number): number {
  return ref === NO_REF ? Number.NaN : scoreOf(database, ref, args.bytes, args.view, args.start[i], args.end[i]);
}
