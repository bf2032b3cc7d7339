import { type Docs, keyArgument } from './docs.ts';

/** The docs of object.ts. */
export const objectDocs: Docs = {
  object: {
    summary: 'What the server knows about the value at a key.',
    since: '2.2.3',
    complexity: 'Depends on the subcommand.',
  },
  'object|encoding': {
    summary: 'Returns how the value at a key is encoded.',
    since: '2.2.3',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  'object|freq': {
    summary: 'Returns the access frequency counter of a key.',
    since: '4.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  'object|idletime': {
    summary: 'Returns how many seconds ago a key was last used.',
    since: '2.2.3',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  'object|refcount': {
    summary: 'Returns how many references the value at a key has.',
    since: '2.2.3',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  'object|help': {
    summary: 'Explains the subcommands.',
    since: '6.2.0',
    complexity: 'O(1)',
  },
};
