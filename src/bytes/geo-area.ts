/**
 * An area around a position, a circle or a box, and the geohash cells that cover it.
 *
 *   NW  N  NE        the cell of the centre and its eight neighbours, of so many steps that the area seldom reaches
 *   W   C  E         beyond them; those that the area does not reach are left out
 *   SW  S  SE
 *
 * The cells are Redis's, their order too (C N S E W NE NW SE SW), because what a search finds first depends on them, and at
 * the edges of the map what it finds at all. The members of a cell are those of a range of scores.
 */
import {
  columnOf,
  columnStart,
  interleave,
  LATITUDE_LIMIT,
  LONGITUDE_LIMIT,
  latitudeOf,
  longitudeOf,
  MOST_STEPS,
  rowOf,
  rowStart,
  scoreOfPosition,
} from './geohash.ts';
import { degreesOf, distanceBetween, EARTH_RADIUS_METERS, latitudeDistance, radiansOf } from './great-circle.ts';

/** Half the way around the earth's map, in meters. */
const MAP_METERS = 20037726.37;
const CELLS = 9;
const NORTH = [0, 1, -1, 0, 0, 1, 1, -1, -1];
const EAST = [0, 0, 0, 1, -1, 1, -1, 1, -1];

/**
 * Most members of the cells are outside, and nearly all of those outside a box around the area too. That shows in the first
 * bits of a score, of which every other is the row's: compared in their places, without unravelling them.
 */
const FIRST_BITS = 2 ** -24;
const ROW_BITS = 0x15555555;
const COLUMN_BITS = 0x2aaaaaaa;
const ALL_BITS = 0x3fffffff;
/** The box is wider by this many degrees than it need be: it must not err. */
const MARGIN_DEGREES = 1e-6;

/** What `distanceWithin` answers for a position outside; no distance is negative. */
export const OUTSIDE = -1;

/** A circle or a box around a position, lengths in meters. Reused: `set…` describes another. */
export class GeoArea {
  longitude = 0;
  latitude = 0;
  isBox = false;
  radius = 0;
  width = 0;
  height = 0;
  /** From the centre to what is farthest. */
  reach = 0;
  /** Of the centre. */
  longitudeRadians = 0;
  latitudeRadians = 0;
  latitudeCosine = 0;
  /** The first bits of rows and columns of a box around the area. */
  southBits = 0;
  northBits = 0;
  westBits = 0;
  eastBits = 0;

  setCircle(longitude: number, latitude: number, radius: number): void {
    this.setCentre(longitude, latitude);
    this.isBox = false;
    this.radius = radius;
    this.reach = radius;
    const angle = radius / EARTH_RADIUS_METERS;
    const isPole = Math.abs(this.latitudeRadians) + angle >= Math.PI / 2;
    this.setBounds(angle, isPole ? Math.PI : Math.asin(Math.min(1, Math.sin(angle) / this.latitudeCosine)));
  }

  /** `reach` is handed in because Redis computes it before it converts the lengths to meters. */
  setBox(longitude: number, latitude: number, width: number, height: number, reach: number): void {
    this.setCentre(longitude, latitude);
    this.isBox = true;
    this.width = width;
    this.height = height;
    this.reach = reach;
    const up = height / 2 / EARTH_RADIUS_METERS;
    const across = width / 2 / EARTH_RADIUS_METERS;
    const poleward = Math.abs(this.latitudeRadians) + up;
    const isWide = poleward >= Math.PI / 2 || across >= Math.PI;
    this.setBounds(up, isWide ? Math.PI : 2 * Math.asin(Math.min(1, Math.sin(across / 2) / Math.cos(poleward))));
  }

  /** `up` and `across` are how far the area reaches, in radians. An area beyond the map's edge is not bounded there. */
  private setBounds(up: number, across: number): void {
    const { longitude, latitude } = this;
    const south = latitude - degreesOf(up) - MARGIN_DEGREES;
    const north = latitude + degreesOf(up) + MARGIN_DEGREES;
    const west = longitude - degreesOf(across) - MARGIN_DEGREES;
    const east = longitude + degreesOf(across) + MARGIN_DEGREES;
    const isWithin = west > -LONGITUDE_LIMIT && east < LONGITUDE_LIMIT;
    this.southBits = south > -LATITUDE_LIMIT ? firstBits(scoreOfPosition(0, south)) & ROW_BITS : 0;
    this.northBits = north < LATITUDE_LIMIT ? firstBits(scoreOfPosition(0, north)) & ROW_BITS : ALL_BITS;
    this.westBits = isWithin ? firstBits(scoreOfPosition(west, 0)) & COLUMN_BITS : 0;
    this.eastBits = isWithin ? firstBits(scoreOfPosition(east, 0)) & COLUMN_BITS : ALL_BITS;
  }

  private setCentre(longitude: number, latitude: number): void {
    this.longitude = longitude;
    this.latitude = latitude;
    this.longitudeRadians = radiansOf(longitude);
    this.latitudeRadians = radiansOf(latitude);
    this.latitudeCosine = Math.cos(this.latitudeRadians);
  }
}

/** The bits that tell where about a position is. */
function firstBits(score: number): number {
  return (score * FIRST_BITS) | 0;
}

/** How far the position of a score of one of the area's cells is from the centre; OUTSIDE when the area ends before it. */
export function distanceWithin(area: GeoArea, score: number): number {
  const bits = firstBits(score);
  const rowBits = bits & ROW_BITS;
  if (rowBits < area.southBits || rowBits > area.northBits) return OUTSIDE;
  const columnBits = bits & COLUMN_BITS;
  if (columnBits < area.westBits || columnBits > area.eastBits) return OUTSIDE;
  const latitude = latitudeOf(score);
  if (area.isBox) {
    if (latitudeDistance(latitude, area.latitude) > area.height / 2) return OUTSIDE;
    const longitude = longitudeOf(score);
    if (distanceBetween(longitude, latitude, area.longitude, latitude) > area.width / 2) return OUTSIDE;
    return distanceBetween(area.longitude, area.latitude, longitude, latitude);
  }
  const to = radiansOf(latitude);
  const up = to - area.latitudeRadians;
  const v = Math.sin((radiansOf(longitudeOf(score)) - area.longitudeRadians) / 2);
  let distance: number;
  if (v === 0) distance = EARTH_RADIUS_METERS * Math.abs(up);
  else {
    const u = Math.sin(up / 2);
    const a = u * u + area.latitudeCosine * Math.cos(to) * v * v;
    distance = 2 * EARTH_RADIUS_METERS * Math.asin(Math.sqrt(a));
  }
  return distance > area.radius ? OUTSIDE : distance;
}

/** Ranges of scores, `from` up to, not including, `to`. Reused: `coverArea` fills it. */
export class ScoreRanges {
  readonly from = new Float64Array(CELLS);
  readonly to = new Float64Array(CELLS);
  count = 0;
}

/** The edges of an area on the map, in degrees; they may lie beyond the map's. */
interface Edges {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

/** Finds the ranges of scores that hold every position of an area. */
export function coverArea(area: GeoArea, ranges: ScoreRanges): void {
  const { longitude, latitude } = area;
  const edges = edgesOf(area);
  let step = stepsFor(area.reach, latitude);
  if (step > 1 && !isCovered(rowOf(latitude, step), columnOf(longitude, step), step, edges)) step--;
  const row = rowOf(latitude, step);
  const column = columnOf(longitude, step);
  const mask = 2 ** step - 1;
  const isFine = step >= 2;
  const noSouth = isFine && rowStart(row, step) < edges.south;
  const noNorth = isFine && rowStart(row + 1, step) > edges.north;
  const noWest = isFine && columnStart(column, step) < edges.west;
  const noEast = isFine && columnStart(column + 1, step) > edges.east;
  const unit = 2 ** (2 * (MOST_STEPS - step));
  ranges.count = 0;
  let last = 0;
  for (let i = 0; i < CELLS; i++) {
    const north = NORTH[i];
    const east = EAST[i];
    if ((north < 0 && noSouth) || (north > 0 && noNorth) || (east < 0 && noWest) || (east > 0 && noEast)) continue;
    const cellRow = north === 0 ? row : (row + north) & mask;
    const cellColumn = east === 0 ? column : (column + east) & mask;
    const from = interleave(cellRow, cellColumn, 0) * unit;
    // Of a coarse grid neighbours on both sides may be one cell. The centre is not remembered: nothing equals it but itself.
    if (last > 0 && ranges.from[ranges.count - 1] === from) continue;
    ranges.from[ranges.count] = from;
    ranges.to[ranges.count++] = interleave(cellRow, cellColumn, 1) * unit;
    last = i;
  }
}

/** As many steps as let the neighbours of a cell reach so many meters in most cases; fewer where meridians are close. */
function stepsFor(meters: number, latitude: number): number {
  if (meters === 0) return MOST_STEPS;
  let step = 1;
  for (let reach = meters; reach < MAP_METERS; reach *= 2) step++;
  step -= 2;
  const distance = Math.abs(latitude);
  if (distance > 66) step--;
  if (distance > 80) step--;
  return Math.min(MOST_STEPS, Math.max(1, step));
}

/** The bounding box, as wide as the area is on its side that is nearer to a pole. */
function edgesOf({ longitude, latitude, isBox, radius, width, height }: GeoArea): Edges {
  const up = degreesOf((isBox ? height / 2 : radius) / EARTH_RADIUS_METERS);
  const poleward = latitude < 0 ? latitude - up : latitude + up;
  const across = degreesOf((isBox ? width / 2 : radius) / EARTH_RADIUS_METERS / Math.cos(radiansOf(poleward)));
  return { south: latitude - up, north: latitude + up, west: longitude - across, east: longitude + across };
}

/** Whether the area stays within the neighbours of a cell. Those beyond the map's edge are on its other side. */
function isCovered(row: number, column: number, step: number, edges: Edges): boolean {
  const mask = 2 ** step - 1;
  return !(
    rowStart(((row + 1) & mask) + 1, step) < edges.north ||
    rowStart((row - 1) & mask, step) > edges.south ||
    columnStart(((column + 1) & mask) + 1, step) < edges.east ||
    columnStart((column - 1) & mask, step) > edges.west
  );
}
