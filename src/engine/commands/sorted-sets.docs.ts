import { argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

const MEMBER = argument('member', 'string');
const MEMBERS = argument('member', 'string', { multiple: true });
const WITH_SCORE = token('WITHSCORE', { since: '7.2.0', optional: true });

/** The docs of sorted-sets.ts. */
export const sortedSetsDocs: Docs = {
  zadd: {
    summary: 'Adds members to a sorted set, or changes their scores, and returns how many are new.',
    since: '1.2.0',
    complexity: 'O(log(N)) for each member given, N members in the sorted set',
    history: [
      ['2.4.0', 'Several members at once.'],
      ['3.0.2', 'Options XX, NX, CH and INCR.'],
      ['6.2.0', 'Options GT and LT.'],
    ],
    arguments: [
      keyArgument(),
      oneOf('condition', [token('NX'), token('XX')], { since: '3.0.2', optional: true }),
      oneOf('comparison', [token('GT'), token('LT')], { since: '6.2.0', optional: true }),
      { ...token('CH', { since: '3.0.2', optional: true }), name: 'change' },
      { ...token('INCR', { since: '3.0.2', optional: true }), name: 'increment' },
      block('score_member', [argument('score', 'double'), MEMBER], { multiple: true }),
    ],
  },
  zincrby: {
    summary: "Adds to a member's score and returns it.",
    since: '1.2.0',
    complexity: 'O(log(N)), N members in the sorted set',
    arguments: [keyArgument(), argument('increment', 'integer'), MEMBER],
  },
  zrem: {
    summary: 'Removes members of a sorted set, and the key with the last of them.',
    since: '1.2.0',
    complexity: 'O(M*log(N)), N members in the sorted set, M given',
    history: [['2.4.0', 'Several members at once.']],
    arguments: [keyArgument(), MEMBERS],
  },
  zcard: {
    summary: 'Returns how many members a sorted set has.',
    since: '1.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  zscore: {
    summary: "Returns a member's score.",
    since: '1.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), MEMBER],
  },
  zmscore: {
    summary: 'Returns the scores of several members.',
    since: '6.2.0',
    complexity: 'O(N), N members asked for',
    arguments: [keyArgument(), MEMBERS],
  },
  zrank: {
    summary: 'Returns how many members stand before one, in rising order of scores.',
    since: '2.0.0',
    complexity: 'O(log(N)), N members in the sorted set',
    history: [['7.2.0', 'Option WITHSCORE.']],
    arguments: [keyArgument(), MEMBER, WITH_SCORE],
  },
  zrevrank: {
    summary: 'Returns how many members stand before one, in falling order of scores.',
    since: '2.0.0',
    complexity: 'O(log(N)), N members in the sorted set',
    history: [['7.2.0', 'Option WITHSCORE.']],
    arguments: [keyArgument(), MEMBER, WITH_SCORE],
  },
};
