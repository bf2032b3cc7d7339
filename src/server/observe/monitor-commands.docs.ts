import type { Docs } from '../../engine/commands/docs.ts';

/** The docs of monitor-commands.ts. */
export const monitorDocs: Docs = {
  monitor: {
    summary: 'Streams every command the server runs to this connection.',
    since: '1.0.0',
  },
};
