/** What the geospatial commands read and say alike: positions, lengths with their units. */
import { formatCoordinate } from '../../bytes/fixed-decimal.ts';
import { LATITUDE_LIMIT, LONGITUDE_LIMIT, latitudeOf, longitudeOf } from '../../bytes/geohash.ts';
import { parseDouble } from '../../bytes/parse-double.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, invalidPosition } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';

/** Reused by whoever reads positions. */
export class GeoPosition {
  longitude = 0;
  latitude = 0;
}

/** Reads the position at arguments `i` and `i + 1`; returns the error to reply when they are none. */
export function readPosition(args: Args, i: number, position: GeoPosition): string | undefined {
  const longitude = numberAt(args, i);
  const latitude = Number.isNaN(longitude) ? Number.NaN : numberAt(args, i + 1);
  if (Number.isNaN(latitude)) return ERR.notFloat;
  if (Math.abs(longitude) > LONGITUDE_LIMIT || Math.abs(latitude) > LATITUDE_LIMIT) {
    return invalidPosition(longitude, latitude);
  }
  position.longitude = longitude;
  position.latitude = latitude;
  return undefined;
}

/** Argument `i` as a number; NaN when it is none. */
export function numberAt(args: Args, i: number): number {
  return parseDouble(args.bytes, args.start[i], args.end[i]);
}

/** How many meters the unit of argument `i` has; 0 when it is no unit. */
export function metersOfUnit(args: Args, i: number): number {
  if (args.is(i, 'm')) return 1;
  if (args.is(i, 'km')) return 1000;
  if (args.is(i, 'ft')) return 0.3048;
  return args.is(i, 'mi') ? 1609.34 : 0;
}

/** Replies with the position of a score. */
export function replyPosition(reply: Reply, score: number): void {
  reply.array(2);
  reply.decimal(formatCoordinate(longitudeOf(score)));
  reply.decimal(formatCoordinate(latitudeOf(score)));
}
