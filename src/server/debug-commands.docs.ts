import type { Docs } from '../engine/commands/docs.ts';

/** The docs of debug-commands.ts. */
export const debugDocs: Docs = {
  debug: {
    summary: 'Tools for testing the server itself.',
    since: '1.0.0',
    complexity: 'Depends on the subcommand.',
    isSystem: true,
  },
};
