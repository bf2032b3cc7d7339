import { argument, type CommandDocs, type Docs, keyArgument, token } from './docs.ts';

const RESTORE: Omit<CommandDocs, 'summary' | 'since'> = {
  complexity:
    'O(1) to make the key and O(N) for the bytes of the payload; a sorted set adds O(M*log(M)) for its M members.',
  history: [
    ['3.0.0', 'REPLACE.'],
    ['5.0.0', 'ABSTTL.'],
    ['5.0.0', 'IDLETIME and FREQ.'],
  ],
  arguments: [
    keyArgument(),
    argument('ttl', 'integer'),
    argument('serialized-value', 'string'),
    token('REPLACE', { optional: true, since: '3.0.0' }),
    token('ABSTTL', { optional: true, since: '5.0.0' }),
    argument('seconds', 'integer', { token: 'IDLETIME', optional: true, since: '5.0.0' }),
    argument('frequency', 'integer', { token: 'FREQ', optional: true, since: '5.0.0' }),
  ],
  differences: [
    'Every payload is checked to its last byte, whatever sanitize-dump-payload says.',
    'A sorted set whose members are out of order in the payload is put in order.',
  ],
};

/** The docs of dump.ts. */
export const dumpDocs: Docs = {
  dump: {
    summary: 'Returns the value at a key as bytes that RESTORE takes.',
    since: '2.6.0',
    complexity: 'O(1) to find the key and O(N) for the bytes of its value.',
    arguments: [keyArgument()],
    differences: [
      'The payload names the oldest version of the format that knows its type, so that older servers take it.',
      'A set kept as a listpack is written member by member, which Redis 7.0 and older understand too.',
    ],
  },
  restore: { summary: 'Makes a key of the bytes that DUMP returned.', since: '2.6.0', ...RESTORE },
  'restore-asking': {
    summary: 'RESTORE for a slot that is being moved between nodes of a cluster.',
    since: '3.0.0',
    isSystem: true,
    ...RESTORE,
  },
};
