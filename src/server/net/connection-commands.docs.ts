import { argument, block, type Docs } from '../../engine/commands/docs.ts';

/** The docs of connection-commands.ts. */
export const connectionDocs: Docs = {
  ping: {
    summary: 'Answers PONG, or the message given.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [argument('message', 'string', { optional: true })],
  },
  echo: {
    summary: 'Sends a message back.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [argument('message', 'string')],
  },
  select: {
    summary: 'Chooses the database of the connection.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [argument('index', 'integer')],
  },
  auth: {
    summary: 'Authenticates the connection.',
    since: '1.0.0',
    complexity: 'O(N) for a user with N passwords.',
    history: [['6.0.0', 'A user name before the password.']],
    arguments: [argument('username', 'string', { since: '6.0.0', optional: true }), argument('password', 'string')],
  },
  hello: {
    summary: 'Greets the server: chooses the protocol, may authenticate and name the connection.',
    since: '6.0.0',
    complexity: 'O(1)',
    history: [['6.2.0', 'The version is optional; without it the command only tells about the connection.']],
    arguments: [
      block(
        'arguments',
        [
          argument('protover', 'integer'),
          block('username_password', [argument('username', 'string'), argument('password', 'string')], {
            token: 'AUTH',
            optional: true,
          }),
          argument('clientname', 'string', { token: 'SETNAME', optional: true }),
        ],
        { optional: true },
      ),
    ],
  },
  quit: {
    summary: 'Closes the connection once its replies are sent.',
    since: '1.0.0',
    complexity: 'O(1)',
    deprecated: { since: '7.2.0', replacedBy: 'closing the connection' },
  },
  reset: {
    summary: 'Makes the connection as it was when it was new.',
    since: '6.2.0',
    complexity: 'O(1)',
  },
};
