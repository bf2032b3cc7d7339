import { argument, type Docs, keyArgument, oneOf, token } from './docs.ts';

/** The docs of expiry.ts. */
export const expiryDocs: Docs = {
  expire: {
    summary: 'Makes a key expire after some seconds.',
    since: '1.0.0',
    complexity: 'O(1)',
    history: [['7.0.0', 'Options NX, XX, GT and LT.']],
    arguments: [
      keyArgument(),
      argument('seconds', 'integer'),
      oneOf('condition', [token('NX'), token('XX'), token('GT'), token('LT')], { since: '7.0.0', optional: true }),
    ],
  },
  pexpire: {
    summary: 'Makes a key expire after some milliseconds.',
    since: '2.6.0',
    complexity: 'O(1)',
    history: [['7.0.0', 'Options NX, XX, GT and LT.']],
    arguments: [
      keyArgument(),
      argument('milliseconds', 'integer'),
      oneOf('condition', [token('NX'), token('XX'), token('GT'), token('LT')], { since: '7.0.0', optional: true }),
    ],
  },
  expireat: {
    summary: 'Makes a key expire at a Unix time in seconds.',
    since: '1.2.0',
    complexity: 'O(1)',
    history: [['7.0.0', 'Options NX, XX, GT and LT.']],
    arguments: [
      keyArgument(),
      argument('unix-time-seconds', 'unix-time'),
      oneOf('condition', [token('NX'), token('XX'), token('GT'), token('LT')], { since: '7.0.0', optional: true }),
    ],
  },
  pexpireat: {
    summary: 'Makes a key expire at a Unix time in milliseconds.',
    since: '2.6.0',
    complexity: 'O(1)',
    history: [['7.0.0', 'Options NX, XX, GT and LT.']],
    arguments: [
      keyArgument(),
      argument('unix-time-milliseconds', 'unix-time'),
      oneOf('condition', [token('NX'), token('XX'), token('GT'), token('LT')], { since: '7.0.0', optional: true }),
    ],
  },
  ttl: {
    summary: 'Returns how many seconds a key has left.',
    since: '1.0.0',
    complexity: 'O(1)',
    history: [['2.8.0', '-2 when the key does not exist.']],
    arguments: [keyArgument()],
  },
  pttl: {
    summary: 'Returns how many milliseconds a key has left.',
    since: '2.6.0',
    complexity: 'O(1)',
    history: [['2.8.0', '-2 when the key does not exist.']],
    arguments: [keyArgument()],
  },
  expiretime: {
    summary: 'Returns the Unix time in seconds at which a key expires.',
    since: '7.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  pexpiretime: {
    summary: 'Returns the Unix time in milliseconds at which a key expires.',
    since: '7.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  persist: {
    summary: 'Makes a key stay for good.',
    since: '2.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
};
