import { argument, type Docs } from '../../engine/commands/docs.ts';

/** The docs of latency-commands.ts. */
export const latencyDocs: Docs = {
  latency: {
    summary: 'The log of events that took long.',
    since: '2.8.13',
    complexity: 'Depends on the subcommand.',
  },
  'latency|latest': {
    summary: 'Returns the newest delay of each event.',
    since: '2.8.13',
    complexity: 'O(1)',
  },
  'latency|history': {
    summary: 'Returns the recent delays of an event with their times.',
    since: '2.8.13',
    complexity: 'O(1)',
    arguments: [argument('event', 'string')],
  },
  'latency|reset': {
    summary: 'Forgets the delays of some events, or of all.',
    since: '2.8.13',
    complexity: 'O(1)',
    arguments: [argument('event', 'string', { optional: true, multiple: true })],
  },
  'latency|graph': {
    summary: 'Draws the recent delays of an event.',
    since: '2.8.13',
    complexity: 'O(1)',
    arguments: [argument('event', 'string')],
  },
  'latency|doctor': {
    summary: 'Looks for causes of delays and gives advice.',
    since: '2.8.13',
    complexity: 'O(1)',
  },
  'latency|histogram': {
    summary: 'Returns how long commands took, as a cumulative distribution.',
    since: '7.0.0',
    complexity: 'O(N) for N commands with measurements.',
    arguments: [argument('command', 'string', { optional: true, multiple: true })],
  },
  'latency|help': {
    summary: 'Explains the subcommands.',
    since: '2.8.13',
    complexity: 'O(1)',
  },
};
