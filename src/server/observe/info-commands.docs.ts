import { argument, type Docs } from '../../engine/commands/docs.ts';

/** The docs of info-commands.ts. */
export const infoDocs: Docs = {
  info: {
    summary: 'Reports on the server: counters, memory, clients and settings by section.',
    since: '1.0.0',
    complexity: 'O(1)',
    history: [['7.0.0', 'Several sections in one call.']],
    arguments: [argument('section', 'string', { optional: true, multiple: true })],
  },
};
