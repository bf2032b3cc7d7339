/** Distances on the earth, in meters: the haversine formula on Redis's sphere. */
import { preciseAsin, preciseCos, preciseSin } from './precise-trigonometry.ts';

export const EARTH_RADIUS_METERS = 6372797.560856;
const RADIANS = Math.PI / 180;

export function radiansOf(degrees: number): number {
  return degrees * RADIANS;
}

export function degreesOf(radians: number): number {
  return radians / RADIANS;
}

/** The distance of two latitudes. */
export function latitudeDistance(latitude: number, other: number): number {
  return EARTH_RADIUS_METERS * Math.abs(radiansOf(other) - radiansOf(latitude));
}

/** The distance of two positions; its last bit may be wrong. */
export function distanceBetween(longitude: number, latitude: number, x: number, y: number): number {
  const v = Math.sin((radiansOf(x) - radiansOf(longitude)) / 2);
  if (v === 0) return latitudeDistance(latitude, y);
  const from = radiansOf(latitude);
  const to = radiansOf(y);
  const u = Math.sin((to - from) / 2);
  const a = u * u + Math.cos(from) * Math.cos(to) * v * v;
  return 2 * EARTH_RADIUS_METERS * Math.asin(Math.sqrt(a));
}

/** The same with the last bit that Redis gives. */
export function preciseDistance(longitude: number, latitude: number, x: number, y: number): number {
  const v = preciseSin((radiansOf(x) - radiansOf(longitude)) / 2);
  if (v === 0) return latitudeDistance(latitude, y);
  const from = radiansOf(latitude);
  const to = radiansOf(y);
  const u = preciseSin((to - from) / 2);
  const a = u * u + preciseCos(from) * preciseCos(to) * v * v;
  return 2 * EARTH_RADIUS_METERS * preciseAsin(Math.sqrt(a));
}
