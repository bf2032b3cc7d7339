import { argument, block, type Docs } from '../../engine/commands/docs.ts';

/** The docs of config-commands.ts. */
export const configDocs: Docs = {
  config: {
    summary: 'The configuration of the running server.',
    since: '2.0.0',
    complexity: 'Depends on the subcommand.',
  },
  'config|get': {
    summary: 'Returns the options whose names match patterns, and their values.',
    since: '2.0.0',
    complexity: 'O(N) for N patterns.',
    history: [['7.0.0', 'Several patterns in one call.']],
    arguments: [block('parameter', [argument('parameter', 'string')], { multiple: true })],
  },
  'config|set': {
    summary: 'Sets options, all of them or none.',
    since: '2.0.0',
    complexity: 'O(N) for N options.',
    history: [['7.0.0', 'Several options in one call.']],
    arguments: [
      block('parameter_value', [argument('parameter', 'string'), argument('value', 'string')], { multiple: true }),
    ],
  },
  'config|resetstat': {
    summary: 'Starts the counters of INFO at zero again.',
    since: '2.0.0',
    complexity: 'O(1)',
  },
  'config|rewrite': {
    summary: 'Writes the configuration to the file the server was started with.',
    since: '2.8.0',
    complexity: 'O(1)',
  },
  'config|help': {
    summary: 'Explains the subcommands.',
    since: '5.0.0',
    complexity: 'O(1)',
  },
};
