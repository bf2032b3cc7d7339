import { argument, type Docs, keyArgument, token } from './docs.ts';

/** The docs of keys.ts. */
export const keysDocs: Docs = {
  del: {
    summary: 'Deletes keys.',
    since: '1.0.0',
    complexity: 'O(N) for N keys; a key that is a collection adds O(M) for its M elements.',
    arguments: [keyArgument('key', 0, { multiple: true })],
  },
  unlink: {
    summary: 'Deletes keys at once and frees large values little by little.',
    since: '4.0.0',
    complexity: 'O(1) for each key now, O(N) later for the N parts of its value.',
    arguments: [keyArgument('key', 0, { multiple: true })],
  },
  exists: {
    summary: 'Counts how many of the keys exist; one named twice counts twice.',
    since: '1.0.0',
    complexity: 'O(N) for N keys.',
    history: [['3.0.3', 'Several keys in one call.']],
    arguments: [keyArgument('key', 0, { multiple: true })],
  },
  touch: {
    summary: 'Marks keys as just used and counts how many exist.',
    since: '3.2.1',
    complexity: 'O(N) for N keys.',
    arguments: [keyArgument('key', 0, { multiple: true })],
  },
  type: {
    summary: 'Returns the type of the value at a key.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  rename: {
    summary: 'Gives a key another name, replacing what had that name.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), keyArgument('newkey', 1)],
  },
  renamenx: {
    summary: 'Gives a key another name unless that name is taken.',
    since: '1.0.0',
    complexity: 'O(1)',
    history: [['3.2.0', 'Renaming a key to its own name is no error.']],
    arguments: [keyArgument(), keyArgument('newkey', 1)],
  },
  copy: {
    summary: 'Copies the value at a key to another key, also in another database.',
    since: '6.2.0',
    complexity: 'O(N) for a collection of N elements, O(1) for strings.',
    arguments: [
      keyArgument('source'),
      keyArgument('destination', 1),
      argument('destination-db', 'integer', { token: 'DB', optional: true }),
      token('REPLACE', { optional: true }),
    ],
  },
  move: {
    summary: 'Moves a key to another database.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('db', 'integer')],
  },
  randomkey: {
    summary: 'Returns a random key.',
    since: '1.0.0',
    complexity: 'O(1)',
  },
  keys: {
    summary: 'Lists the keys that match a pattern, all in one reply.',
    since: '1.0.0',
    complexity: 'O(N) for N keys in the database.',
    arguments: [argument('pattern', 'pattern')],
  },
};
