import { argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

/** The units of lengths. */
export const UNITS = [token('M'), token('KM'), token('FT'), token('MI')];

/** The docs of geo.ts. */
export const geoDocs: Docs = {
  geoadd: {
    summary: 'Adds members with positions to a sorted set, or moves them.',
    since: '3.2.0',
    complexity: 'O(log(N)) for each member given, N members in the set',
    history: [['6.2.0', 'The options `CH`, `NX` and `XX`.']],
    arguments: [
      keyArgument(),
      oneOf('condition', [token('NX'), token('XX')], { since: '6.2.0', optional: true }),
      { ...token('CH', { since: '6.2.0', optional: true }), name: 'change' },
      block(
        'longitude_latitude_member',
        [argument('longitude', 'double'), argument('latitude', 'double'), argument('member', 'string')],
        { multiple: true },
      ),
    ],
  },
  geopos: {
    summary: 'Returns the longitudes and latitudes of members.',
    since: '3.2.0',
    complexity: 'O(N), N members asked for',
    arguments: [keyArgument(), argument('member', 'string', { multiple: true })],
  },
  geodist: {
    summary: 'Returns the distance of two members.',
    since: '3.2.0',
    complexity: 'O(1)',
    arguments: [
      keyArgument(),
      argument('member1', 'string'),
      argument('member2', 'string'),
      oneOf('unit', UNITS, { optional: true }),
    ],
  },
  geohash: {
    summary: 'Returns the standard geohashes of members.',
    since: '3.2.0',
    complexity: 'O(N), N members asked for',
    arguments: [keyArgument(), argument('member', 'string', { multiple: true })],
  },
};
