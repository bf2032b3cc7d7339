import { argument, type Docs, keyArgument } from './docs.ts';

const MEMBER = argument('member', 'string');
const MEMBERS = argument('member', 'string', { multiple: true });
const SETS = keyArgument('key', 0, { multiple: true });
const STORED = [keyArgument('destination'), keyArgument('key', 1, { multiple: true })];
const SEVERAL_MEMBERS = [['2.4.0', 'Several members at once.']] as const;

const INTERSECTION = 'O(N*M), N members of the smallest set, M sets';
const ALL_MEMBERS = 'O(N), N members of all sets';

/** The docs of sets.ts, set-draws.ts and set-algebra.ts. */
export const setsDocs: Docs = {
  sadd: {
    summary: 'Adds members to a set and returns how many of them are new.',
    since: '1.0.0',
    complexity: 'O(1) for each member given',
    history: SEVERAL_MEMBERS,
    arguments: [keyArgument(), MEMBERS],
  },
  srem: {
    summary: 'Removes members of a set, and the key with the last of them.',
    since: '1.0.0',
    complexity: 'O(N), N members given',
    history: SEVERAL_MEMBERS,
    arguments: [keyArgument(), MEMBERS],
  },
  smove: {
    summary: 'Moves a member from one set to another.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument('source'), keyArgument('destination', 1), MEMBER],
  },
  sismember: {
    summary: 'Tells whether something is a member of a set.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), MEMBER],
  },
  smismember: {
    summary: 'Tells of several things whether they are members of a set.',
    since: '6.2.0',
    complexity: 'O(N), N members asked for',
    arguments: [keyArgument(), MEMBERS],
  },
  scard: {
    summary: 'Returns how many members a set has.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  smembers: {
    summary: 'Returns all members of a set.',
    since: '1.0.0',
    complexity: 'O(N), N members in the set',
    arguments: [keyArgument()],
  },
  sscan: {
    summary: 'Walks through the members of a set, some at each call.',
    since: '2.8.0',
    complexity: 'O(1) for a call, O(N) for the whole walk, N members',
    arguments: [
      keyArgument(),
      argument('cursor', 'integer'),
      argument('pattern', 'pattern', { token: 'MATCH', optional: true }),
      argument('count', 'integer', { token: 'COUNT', optional: true }),
    ],
  },
  spop: {
    summary: 'Removes members of a set drawn by chance and returns them.',
    since: '1.0.0',
    complexity: 'Depends on the count: O(1) without, O(N) for N members',
    history: [['3.2.0', 'Several members at once, with `count`.']],
    arguments: [keyArgument(), argument('count', 'integer', { since: '3.2.0', optional: true })],
  },
  srandmember: {
    summary: 'Returns members of a set drawn by chance.',
    since: '1.0.0',
    complexity: 'Depends on the count: O(1) without, O(N) for N members',
    history: [['2.6.0', 'Several members at once, with `count`.']],
    arguments: [keyArgument(), argument('count', 'integer', { since: '2.6.0', optional: true })],
  },
  sinter: {
    summary: 'Returns the members that all of several sets have.',
    since: '1.0.0',
    complexity: INTERSECTION,
    arguments: [SETS],
  },
  sintercard: {
    summary: 'Returns how many members all of several sets have.',
    since: '7.0.0',
    complexity: INTERSECTION,
    arguments: [argument('numkeys', 'integer'), SETS, argument('limit', 'integer', { token: 'LIMIT', optional: true })],
  },
  sinterstore: {
    summary: 'Stores the members that all of several sets have, and returns how many.',
    since: '1.0.0',
    complexity: INTERSECTION,
    arguments: STORED,
  },
  sunion: {
    summary: 'Returns the members of any of several sets.',
    since: '1.0.0',
    complexity: ALL_MEMBERS,
    arguments: [SETS],
  },
  sunionstore: {
    summary: 'Stores the members of any of several sets, and returns how many.',
    since: '1.0.0',
    complexity: ALL_MEMBERS,
    arguments: STORED,
  },
  sdiff: {
    summary: 'Returns the members of a set that none of several others has.',
    since: '1.0.0',
    complexity: ALL_MEMBERS,
    arguments: [SETS],
  },
  sdiffstore: {
    summary: 'Stores the members of a set that none of several others has, and returns how many.',
    since: '1.0.0',
    complexity: ALL_MEMBERS,
    arguments: STORED,
  },
};
