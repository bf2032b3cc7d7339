import { argument, type Docs } from './docs.ts';

/** The docs of waiting.ts. */
export const waitingDocs: Docs = {
  wait: {
    summary: 'Waits until replicas have what this client wrote; tells how many do. There are none yet.',
    since: '3.0.0',
    complexity: 'O(1)',
    arguments: [argument('numreplicas', 'integer'), argument('timeout', 'integer')],
  },
  waitaof: {
    summary: 'Waits until append-only files have what this client wrote; tells how many do. There are none yet.',
    since: '7.2.0',
    complexity: 'O(1)',
    arguments: [argument('numlocal', 'integer'), argument('numreplicas', 'integer'), argument('timeout', 'integer')],
  },
};
