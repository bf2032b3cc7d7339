import { argument, type Docs, keyArgument } from '../../engine/commands/docs.ts';

/** The docs of memory-commands.ts. */
export const memoryDocs: Docs = {
  memory: {
    summary: 'What concerns memory.',
    since: '4.0.0',
    complexity: 'Depends on the subcommand.',
  },
  'memory|usage': {
    summary: 'Returns how many bytes a key and its value take.',
    since: '4.0.0',
    complexity: 'O(N) for N samples of a collection.',
    arguments: [keyArgument(), argument('count', 'integer', { token: 'SAMPLES', optional: true })],
  },
  'memory|stats': {
    summary: 'Returns where memory goes.',
    since: '4.0.0',
    complexity: 'O(1)',
  },
  'memory|doctor': {
    summary: 'Looks for memory problems and gives advice.',
    since: '4.0.0',
    complexity: 'O(1)',
  },
  'memory|malloc-stats': {
    summary: "Returns the allocator's own figures.",
    since: '4.0.0',
    complexity: 'Depends on the allocator.',
  },
  'memory|purge': {
    summary: 'Gives free memory back to the system.',
    since: '4.0.0',
    complexity: 'Depends on how much memory is allocated.',
  },
  'memory|help': {
    summary: 'Explains the subcommands.',
    since: '4.0.0',
    complexity: 'O(1)',
  },
};
