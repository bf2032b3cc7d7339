/** Where a command's description differs from redis-server 7.0.15's, and why. */
export interface Difference {
  readonly command: string;
  readonly fact: string;
  readonly reason: string;
}

const WAIT = 'since Redis 7.2 a script may call it, and it counts as blocking';
const FROM_SCRIPTS = 'since Redis 7.2 a script may call it';
const WITHSCORE = 'Redis 7.2 adds WITHSCORE';

export const INFO_DIFFERENCES: readonly Difference[] = [
  { command: 'msetnx', fact: 'tips', reason: 'Redis 7.2 has none: its keys must be in one slot' },
  {
    command: 'command|getkeys',
    fact: 'arity',
    reason: 'since Redis 7.2 a command without arguments may be asked about',
  },
  { command: 'command|getkeysandflags', fact: 'arity', reason: 'as for command|getkeys' },
  { command: 'wait', fact: 'flags', reason: WAIT },
  { command: 'wait', fact: 'categories', reason: WAIT },
  ...['blpop', 'brpop', 'blmove', 'brpoplpush', 'bzpopmin', 'bzpopmax'].map((command) => ({
    command,
    fact: 'flags',
    reason: FROM_SCRIPTS,
  })),
  { command: 'zrank', fact: 'arity', reason: WITHSCORE },
  { command: 'zrevrank', fact: 'arity', reason: WITHSCORE },
];

const FULL_COMMAND = 'since Redis 7.2 the arguments are documented';

const POLICIES = 'Redis 8.2 adds KEEPREF, DELREF and ACKED';

const STREAM_COMMANDS = [
  'xadd',
  'xsetid',
  'xread',
  'xreadgroup',
  'xack',
  'xclaim',
  'xgroup|create',
  'xgroup|setid',
  'xgroup|destroy',
  'xgroup|createconsumer',
  'xgroup|delconsumer',
  'xinfo|stream',
  'xinfo|consumers',
];

export const DOCS_DIFFERENCES: readonly Difference[] = [
  ...deprecated('setnx', 'SET has NX since 2.6.12; documented as deprecated since Redis 7.2'),
  ...deprecated('setex', 'SET has EX since 2.6.12; documented as deprecated since Redis 7.2'),
  ...deprecated('psetex', 'SET has PX since 2.6.12; documented as deprecated since Redis 7.2'),
  ...deprecated('quit', 'deprecated in Redis 7.2'),
  { command: 'pfmerge', fact: 'arguments', reason: 'since Redis 7.2 no source is needed' },
  { command: 'client|list', fact: 'history', reason: 'Redis 7.2 adds lib-name and lib-ver' },
  { command: 'command|getkeys', fact: 'arguments', reason: FULL_COMMAND },
  { command: 'command|getkeysandflags', fact: 'arguments', reason: FULL_COMMAND },
  ...['zrank', 'zrevrank'].flatMap((command) =>
    ['arguments', 'history'].map((fact) => ({ command, fact, reason: WITHSCORE })),
  ),
  { command: 'geodist', fact: 'complexity', reason: 'members are found by hash' },
  { command: 'geohash', fact: 'complexity', reason: 'members are found by hash' },
  ...['arguments', 'history'].map((fact) => ({ command: 'hscan', fact, reason: 'Redis 7.4 adds NOVALUES' })),
  { command: 'punsubscribe', fact: 'complexity', reason: 'a client is found in the patterns it has by hash' },
  { command: 'xadd', fact: 'history', reason: POLICIES },
  ...['arguments', 'history'].map((fact) => ({ command: 'xtrim', fact, reason: POLICIES })),
  { command: 'xreadgroup', fact: 'history', reason: 'Redis 8.4 adds CLAIM' },
  ...STREAM_COMMANDS.map((command) => ({ command, fact: 'arguments', reason: 'Redis 7.2 names arguments otherwise' })),
  ...['xack', 'xgroup|destroy', 'xgroup|delconsumer', 'xinfo|stream'].map((command) => ({
    command,
    fact: 'complexity',
    reason: 'what is pending is in a tree of IDs and freed lazily',
  })),
  ...['xinfo|stream', 'xinfo|consumers'].map((command) => ({
    command,
    fact: 'history',
    reason: 'Redis 7.2 tells when a consumer was active',
  })),
  { command: 'sort', fact: 'arguments', reason: 'Redis 7.2 names the patterns apart' },
  { command: 'sort_ro', fact: 'arguments', reason: 'Redis 7.2 names the patterns apart' },
];

function deprecated(command: string, reason: string): Difference[] {
  return ['doc_flags', 'deprecated_since'].map((fact) => ({ command, fact, reason }));
}

/** Commands that take calls redis-server refuses. */
export const CALL_DIFFERENCES: Readonly<Record<string, string>> = { zrank: WITHSCORE, zrevrank: WITHSCORE };

/** Commands whose keys are found but said to be used otherwise. */
export const KEY_FLAG_DIFFERENCES: Readonly<Record<string, string>> = {};
