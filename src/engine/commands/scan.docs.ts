import { argument, type Docs } from './docs.ts';

/** The docs of scan.ts. */
export const scanDocs: Docs = {
  scan: {
    summary: 'Lists keys bit by bit: each call continues where the cursor of the last one says.',
    since: '2.8.0',
    complexity: 'O(1) for each call, O(N) for all N keys.',
    history: [['6.0.0', 'Option TYPE.']],
    arguments: [
      argument('cursor', 'integer'),
      argument('pattern', 'pattern', { token: 'MATCH', optional: true }),
      argument('count', 'integer', { token: 'COUNT', optional: true }),
      argument('type', 'string', { token: 'TYPE', since: '6.0.0', optional: true }),
    ],
  },
};
