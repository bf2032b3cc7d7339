/**
 * What a geospatial search asks, read from its arguments. Two generations of commands ask the same in different words:
 *
 *   GEOSEARCH        everything named, in any order: FROMLONLAT …, BYRADIUS …
 *   GEORADIUS        centre and radius at fixed places, options behind them
 *
 * A member as the centre is looked up while reading, so the errors come in Redis's order. Where there is no key its member
 * is not looked at, and GEORADIUSBYMEMBER does not even read the radius; the options still must be in order.
 */

import type { GeoArea } from '../../bytes/geo-area.ts';
import { latitudeOf, longitudeOf } from '../../bytes/geohash.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, oneCentre, oneShape } from '../../protocol/errors.ts';
import type { Database } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { scoreOf } from '../values/sorted-set.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { GeoPosition, metersOfUnit, numberAt, readPosition } from './geo-arguments.ts';

/** The commands that search, and where their keys and options stand. */
export interface GeoCommand {
  /** The argument with the key that is searched. */
  readonly source: number;
  /** The first argument that may be an option. */
  readonly options: number;
  /** The argument with the key to store in; 0 where there is none, or an option names it. */
  readonly target: number;
  readonly centre: 'position' | 'member' | 'option';
  readonly mayStore: boolean;
}

export const UNSORTED = 0;
const RISING = 1;
export const FALLING = 2;

const NO_SHAPE = 0;
const CIRCLE = 1;
const BOX = 2;

/** Reused: `read` fills it. */
export class GeoQuery {
  readonly centre = new GeoPosition();
  /** Meters of the unit that lengths are given in. */
  unitMeters = 1;
  order = UNSORTED;
  /** At most so many results; 0 is all. */
  count = 0;
  /** Whichever results are found first. */
  isAny = false;
  hasDistance = false;
  hasHash = false;
  hasPosition = false;
  /** The argument with the key to store in; 0 when the results are replied. */
  target = 0;
  storesDistance = false;
  private shape = NO_SHAPE;
  private radius = 0;
  private width = 0;
  private height = 0;
  private hasMember = false;
  private hasLonLat = false;

  /** Reads the arguments of a search through the sorted set `ref`; returns the error to reply when they are wrong. */
  read(command: GeoCommand, database: Database, ref: Ref, args: Args): string | undefined {
    this.reset(command);
    const error = this.readFixed(command, database, ref, args);
    if (error !== undefined) return error;
    for (let i = command.options; i < args.count; ) {
      const taken = this.readResultOption(args, i) || this.readOption(command, database, ref, args, i);
      if (typeof taken === 'string') return taken;
      if (taken === 0) return ERR.syntax;
      i += taken;
    }
    return this.conflict(command, args);
  }

  /** Describes what is searched, in meters. */
  describe(area: GeoArea): void {
    const { longitude, latitude } = this.centre;
    const { unitMeters, width, height } = this;
    if (this.shape !== BOX) return area.setCircle(longitude, latitude, this.radius * unitMeters);
    const reach = Math.sqrt((width / 2) * (width / 2) + (height / 2) * (height / 2)) * unitMeters;
    area.setBox(longitude, latitude, width * unitMeters, height * unitMeters, reach);
  }

  private reset(command: GeoCommand): void {
    this.unitMeters = 1;
    this.order = UNSORTED;
    this.count = 0;
    this.isAny = false;
    this.hasDistance = false;
    this.hasHash = false;
    this.hasPosition = false;
    this.target = command.target;
    this.storesDistance = false;
    this.shape = NO_SHAPE;
    this.hasMember = false;
    this.hasLonLat = false;
  }

  /** Reads what stands at fixed places. */
  private readFixed({ centre }: GeoCommand, database: Database, ref: Ref, args: Args): string | undefined {
    if (centre === 'position') return readPosition(args, 2, this.centre) ?? this.readCircle(args, 4);
    if (centre === 'option' || ref === NO_REF) return undefined;
    return this.readMember(database, ref, args, 2) ?? this.readCircle(args, 3);
  }

  /** Reads an option that says what the results are; returns how many arguments it takes, 0 for another, or an error. */
  private readResultOption(args: Args, i: number): number | string {
    if (args.is(i, 'withdist')) this.hasDistance = true;
    else if (args.is(i, 'withhash')) this.hasHash = true;
    else if (args.is(i, 'withcoord')) this.hasPosition = true;
    else if (args.is(i, 'any')) this.isAny = true;
    else if (args.is(i, 'asc')) this.order = RISING;
    else if (args.is(i, 'desc')) this.order = FALLING;
    else if (args.is(i, 'count') && i + 1 < args.count) {
      this.count = clampedInt64(args, i + 1);
      if (Number.isNaN(this.count)) return ERR.notInteger;
      return this.count > 0 ? 2 : ERR.geoCount;
    } else return 0;
    return 1;
  }

  /** Reads an option that only some of the commands have. */
  private readOption(command: GeoCommand, database: Database, ref: Ref, args: Args, i: number): number | string {
    if (command.centre === 'option') {
      if (command.target === 0 || !args.is(i, 'storedist')) return this.readArea(database, ref, args, i);
      this.storesDistance = true;
      return 1;
    }
    const storesDistance = args.is(i, 'storedist');
    if (!command.mayStore || !(storesDistance || args.is(i, 'store')) || i + 1 >= args.count) return 0;
    this.storesDistance = storesDistance;
    this.target = i + 1;
    return 2;
  }

  /** Reads an option that says where to search. */
  private readArea(database: Database, ref: Ref, args: Args, i: number): number | string {
    const behind = args.count - i - 1;
    if (args.is(i, 'frommember') && behind >= 1 && !this.hasLonLat) {
      this.hasMember = true;
      return (ref === NO_REF ? undefined : this.readMember(database, ref, args, i + 1)) ?? 2;
    }
    if (args.is(i, 'fromlonlat') && behind >= 2 && !this.hasMember) {
      this.hasLonLat = true;
      return readPosition(args, i + 1, this.centre) ?? 3;
    }
    if (args.is(i, 'byradius') && behind >= 2 && this.shape !== BOX) return this.readCircle(args, i + 1) ?? 3;
    if (args.is(i, 'bybox') && behind >= 3 && this.shape !== CIRCLE) return this.readBox(args, i + 1) ?? 4;
    return 0;
  }

  private readMember(database: Database, ref: Ref, args: Args, i: number): string | undefined {
    const score = scoreOf(database, ref, args.bytes, args.view, args.start[i], args.end[i]);
    if (Number.isNaN(score)) return ERR.geoMember;
    this.centre.longitude = longitudeOf(score);
    this.centre.latitude = latitudeOf(score);
    return undefined;
  }

  private readCircle(args: Args, i: number): string | undefined {
    this.shape = CIRCLE;
    this.radius = numberAt(args, i);
    if (Number.isNaN(this.radius)) return ERR.geoRadius;
    return this.radius < 0 ? ERR.geoRadiusNegative : this.readUnit(args, i + 1);
  }

  private readBox(args: Args, i: number): string | undefined {
    this.shape = BOX;
    this.width = numberAt(args, i);
    if (Number.isNaN(this.width)) return ERR.geoWidth;
    this.height = numberAt(args, i + 1);
    if (Number.isNaN(this.height)) return ERR.geoHeight;
    return this.width < 0 || this.height < 0 ? ERR.geoBoxNegative : this.readUnit(args, i + 2);
  }

  private readUnit(args: Args, i: number): string | undefined {
    this.unitMeters = metersOfUnit(args, i);
    return this.unitMeters === 0 ? ERR.geoUnit : undefined;
  }

  /** What is missing, or cannot be together. */
  private conflict({ centre }: GeoCommand, args: Args): string | undefined {
    const isNamed = centre === 'option';
    if (this.target !== 0 && (this.hasDistance || this.hasHash || this.hasPosition)) {
      return isNamed ? ERR.geoSearchStore : ERR.geoRadiusStore;
    }
    if (isNamed && !this.hasMember && !this.hasLonLat) return oneCentre(args.text(0));
    if (isNamed && this.shape === NO_SHAPE) return oneShape(args.text(0));
    return this.isAny && this.count === 0 ? ERR.geoAny : undefined;
  }
}
