/** Where a command's description differs from redis-server 7.0.15's, and why. */
export interface Difference {
  readonly command: string;
  readonly fact: string;
  readonly reason: string;
}

export const INFO_DIFFERENCES: readonly Difference[] = [
  { command: 'msetnx', fact: 'tips', reason: 'Redis 7.2 has none: its keys must be in one slot' },
  {
    command: 'command|getkeys',
    fact: 'arity',
    reason: 'since Redis 7.2 a command without arguments may be asked about',
  },
  { command: 'command|getkeysandflags', fact: 'arity', reason: 'as for command|getkeys' },
];

const FULL_COMMAND = 'since Redis 7.2 the arguments are documented';

export const DOCS_DIFFERENCES: readonly Difference[] = [
  ...deprecated('setnx', 'SET has NX since 2.6.12; documented as deprecated since Redis 7.2'),
  ...deprecated('setex', 'SET has EX since 2.6.12; documented as deprecated since Redis 7.2'),
  ...deprecated('psetex', 'SET has PX since 2.6.12; documented as deprecated since Redis 7.2'),
  ...deprecated('quit', 'deprecated in Redis 7.2'),
  { command: 'pfmerge', fact: 'arguments', reason: 'since Redis 7.2 no source is needed' },
  { command: 'client|list', fact: 'history', reason: 'Redis 7.2 adds lib-name and lib-ver' },
  { command: 'command|getkeys', fact: 'arguments', reason: FULL_COMMAND },
  { command: 'command|getkeysandflags', fact: 'arguments', reason: FULL_COMMAND },
];

function deprecated(command: string, reason: string): Difference[] {
  return ['doc_flags', 'deprecated_since'].map((fact) => ({ command, fact, reason }));
}

/** Commands whose keys are found but said to be used otherwise. */
export const KEY_FLAG_DIFFERENCES: Readonly<Record<string, string>> = {};
