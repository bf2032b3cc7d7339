import { argument, type Docs, oneOf, token } from '../engine/commands/docs.ts';

/** The docs of server-commands.ts. */
export const serverDocs: Docs = {
  time: {
    summary: "Returns the server's time in seconds and microseconds.",
    since: '2.6.0',
    complexity: 'O(1)',
  },
  lolwut: {
    summary: 'Draws a picture and returns the version.',
    since: '5.0.0',
    arguments: [argument('version', 'integer', { token: 'VERSION', optional: true })],
  },
  shutdown: {
    summary: 'Saves the data if so configured and stops the server.',
    since: '1.0.0',
    complexity: 'O(N) for N keys when it saves, O(1) otherwise.',
    history: [['7.0.0', 'Options NOW, FORCE and ABORT.']],
    arguments: [
      oneOf('nosave_save', [token('NOSAVE'), token('SAVE')], { optional: true }),
      token('NOW', { since: '7.0.0', optional: true }),
      token('FORCE', { since: '7.0.0', optional: true }),
      token('ABORT', { since: '7.0.0', optional: true }),
    ],
  },
};
