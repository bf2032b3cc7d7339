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
import { columnOf, columnStart, interleave, latitudeOf, longitudeOf, MOST_STEPS, rowOf, rowStart } from './geohash.ts';
import { degreesOf, distanceBetween, EARTH_RADIUS_METERS, latitudeDistance, radiansOf } from './great-circle.ts';

/** Half the way around the earth's map, in meters. */
const MAP_METERS = 20037726.37;
const CELLS = 9;
const NORTH = [0, 1, -1, 0, 0, 1, 1, -1, -1];
const EAST = [0, 0, 0, 1, -1, 1, -1, 1, -1];

/** A quick look may leave out only what is farther than the area reaches by this factor and a little: it must not err. */
const QUICK_FACTOR = 1 + 1e-9;
const QUICK_METERS = 1e-6;

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
  /** Of the centre; `quick…` are bounds of what need be computed exactly. */
  longitudeRadians = 0;
  latitudeRadians = 0;
  latitudeCosine = 0;
  quickRadians = 0;
  quickHaversine = 0;

  setCircle(longitude: number, latitude: number, radius: number): void {
    this.setCentre(longitude, latitude);
    this.isBox = false;
    this.radius = radius;
    this.reach = radius;
    const angle = (radius * QUICK_FACTOR + QUICK_METERS) / EARTH_RADIUS_METERS;
    this.quickRadians = angle;
    this.quickHaversine = Math.sin(Math.min(angle, Math.PI) / 2) ** 2 * QUICK_FACTOR;
  }

  /** `reach` is handed in because Redis computes it before it converts the lengths to meters. */
  setBox(longitude: number, latitude: number, width: number, height: number, reach: number): void {
    this.setCentre(longitude, latitude);
    this.isBox = true;
    this.width = width;
    this.height = height;
    this.reach = reach;
  }

  private setCentre(longitude: number, latitude: number): void {
    this.longitude = longitude;
    this.latitude = latitude;
    this.longitudeRadians = radiansOf(longitude);
    this.latitudeRadians = radiansOf(latitude);
    this.latitudeCosine = Math.cos(this.latitudeRadians);
  }
}

/** How far the position of a score is from the centre; OUTSIDE when the area does not reach it. */
export function distanceWithin(area: GeoArea, score: number): number {
  const latitude = latitudeOf(score);
  if (area.isBox) {
    if (latitudeDistance(latitude, area.latitude) > area.height / 2) return OUTSIDE;
    const longitude = longitudeOf(score);
    if (distanceBetween(longitude, latitude, area.longitude, latitude) > area.width / 2) return OUTSIDE;
    return distanceBetween(area.longitude, area.latitude, longitude, latitude);
  }
  const to = radiansOf(latitude);
  const up = to - area.latitudeRadians;
  if (Math.abs(up) > area.quickRadians) return OUTSIDE;
  const v = Math.sin((radiansOf(longitudeOf(score)) - area.longitudeRadians) / 2);
  let distance: number;
  if (v === 0) distance = EARTH_RADIUS_METERS * Math.abs(up);
  else {
    const u = Math.sin(up / 2);
    const a = u * u + area.latitudeCosine * Math.cos(to) * v * v;
    if (a > area.quickHaversine) return OUTSIDE;
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
