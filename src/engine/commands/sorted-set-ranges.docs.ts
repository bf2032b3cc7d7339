import { type Argument, argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

const RANGE_COST = 'O(log(N)+M), N members in the sorted set, M returned';
const REMOVAL_COST = 'O(log(N)+M), N members in the sorted set, M removed';
const COUNT_COST = 'O(log(N)), N members in the sorted set';
const WITH_SCORES = token('WITHSCORES', { optional: true });
const OFFSET_COUNT = [argument('offset', 'integer'), argument('count', 'integer')];
const LIMIT = limit({});
const RANKS = [argument('start', 'integer'), argument('stop', 'integer')];
const SCORES = [argument('min', 'double'), argument('max', 'double')];
const TEXTS = [argument('min', 'string'), argument('max', 'string')];

function limit(since: { since?: string }): Argument {
  return block('offset_count', OFFSET_COUNT, { token: 'LIMIT', ...since, optional: true });
}

/** Kind, direction and limit of a range, all optional. */
function rangeOptions(since: { since?: string }): Argument[] {
  return [
    oneOf('sortby', [token('BYSCORE'), token('BYLEX')], { ...since, optional: true }),
    token('REV', { ...since, optional: true }),
    limit(since),
  ];
}

function replacedBy(options: string): { since: string; replacedBy: string } {
  return { since: '6.2.0', replacedBy: `\`ZRANGE\` with ${options}` };
}

/** The docs of sorted-set-ranges.ts. */
export const sortedSetRangesDocs: Docs = {
  zrange: {
    summary: 'Returns members of a sorted set from one rank, score or text to another.',
    since: '1.2.0',
    complexity: RANGE_COST,
    history: [['6.2.0', 'Options REV, BYSCORE, BYLEX and LIMIT.']],
    arguments: [
      keyArgument(),
      argument('start', 'string'),
      argument('stop', 'string'),
      ...rangeOptions({ since: '6.2.0' }),
      WITH_SCORES,
    ],
  },
  zrevrange: {
    summary: 'Returns members of a sorted set from one rank to another, the greatest score first.',
    since: '1.2.0',
    complexity: RANGE_COST,
    deprecated: replacedBy('the `REV` argument'),
    arguments: [keyArgument(), ...RANKS, WITH_SCORES],
  },
  zrangebyscore: {
    summary: 'Returns members of a sorted set from one score to another.',
    since: '1.0.5',
    complexity: RANGE_COST,
    history: [['2.0.0', 'Option WITHSCORES.']],
    deprecated: replacedBy('the `BYSCORE` argument'),
    arguments: [keyArgument(), ...SCORES, token('WITHSCORES', { since: '2.0.0', optional: true }), LIMIT],
  },
  zrevrangebyscore: {
    summary: 'Returns members of a sorted set from one score down to another.',
    since: '2.2.0',
    complexity: RANGE_COST,
    history: [['2.1.6', 'Exclusive bounds.']],
    deprecated: replacedBy('the `REV` and `BYSCORE` arguments'),
    arguments: [keyArgument(), ...SCORES.toReversed(), WITH_SCORES, LIMIT],
  },
  zrangebylex: {
    summary: 'Returns members of a sorted set of equal scores from one text to another.',
    since: '2.8.9',
    complexity: RANGE_COST,
    deprecated: replacedBy('the `BYLEX` argument'),
    arguments: [keyArgument(), ...TEXTS, LIMIT],
  },
  zrevrangebylex: {
    summary: 'Returns members of a sorted set of equal scores from one text down to another.',
    since: '2.8.9',
    complexity: RANGE_COST,
    deprecated: replacedBy('the `REV` and `BYLEX` arguments'),
    arguments: [keyArgument(), ...TEXTS.toReversed(), LIMIT],
  },
  zrangestore: {
    summary: 'Stores a range of one sorted set as another and returns how many members that has.',
    since: '6.2.0',
    complexity: 'O(log(N)+M), N members in the sorted set, M stored',
    arguments: [keyArgument('dst', 0), keyArgument('src', 1), ...TEXTS, ...rangeOptions({})],
  },
  zcount: {
    summary: 'Returns how many members of a sorted set have scores within bounds.',
    since: '2.0.0',
    complexity: COUNT_COST,
    arguments: [keyArgument(), ...SCORES],
  },
  zlexcount: {
    summary: 'Returns how many members of a sorted set of equal scores stand within bounds of text.',
    since: '2.8.9',
    complexity: COUNT_COST,
    arguments: [keyArgument(), ...TEXTS],
  },
  zremrangebyrank: {
    summary: 'Removes the members of a sorted set from one rank to another and returns how many.',
    since: '2.0.0',
    complexity: REMOVAL_COST,
    arguments: [keyArgument(), ...RANKS],
  },
  zremrangebyscore: {
    summary: 'Removes the members of a sorted set with scores within bounds and returns how many.',
    since: '1.2.0',
    complexity: REMOVAL_COST,
    arguments: [keyArgument(), ...SCORES],
  },
  zremrangebylex: {
    summary: 'Removes the members of a sorted set of equal scores within bounds of text and returns how many.',
    since: '2.8.9',
    complexity: REMOVAL_COST,
    arguments: [keyArgument(), ...TEXTS],
  },
};
