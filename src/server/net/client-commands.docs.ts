import { argument, block, type Docs, oneOf, token } from '../../engine/commands/docs.ts';

/** The docs of client-commands.ts. */
export const clientDocs: Docs = {
  client: {
    summary: 'What concerns client connections.',
    since: '2.4.0',
    complexity: 'Depends on the subcommand.',
  },
  'client|id': {
    summary: 'Returns the number of the connection.',
    since: '5.0.0',
    complexity: 'O(1)',
  },
  'client|getredir': {
    summary: 'Tells which connection gets the invalidation messages of this one.',
    since: '6.0.0',
    complexity: 'O(1)',
  },
  'client|info': {
    summary: 'Describes the connection it is sent on.',
    since: '6.2.0',
    complexity: 'O(1)',
  },
  'client|list': {
    summary: 'Describes the connections, a line each.',
    since: '2.4.0',
    complexity: 'O(N) for N connections.',
    history: [
      ['2.8.12', 'Field id.'],
      ['5.0.0', 'Filter TYPE.'],
      ['6.0.0', 'Field user.'],
      ['6.2.0', 'Filter ID; fields argv-mem, tot-mem, laddr and redir.'],
      ['7.0.0', 'Fields resp, multi-mem, rbs and rbp.'],
      ['7.0.3', 'Field ssub.'],
      ['7.2.0', 'Fields lib-name and lib-ver.'],
    ],
    arguments: [
      oneOf('normal_master_replica_pubsub', [token('NORMAL'), token('MASTER'), token('REPLICA'), token('PUBSUB')], {
        token: 'TYPE',
        since: '5.0.0',
        optional: true,
      }),
      block('id', [argument('client-id', 'integer', { multiple: true })], {
        token: 'ID',
        since: '6.2.0',
        optional: true,
      }),
    ],
  },
  'client|kill': {
    summary: 'Closes connections: one address, or all that pass the filters.',
    since: '2.4.0',
    complexity: 'O(N) for N connections.',
    history: [
      ['2.8.12', 'Filters by name and value.'],
      ['2.8.12', 'Filter ID.'],
      ['3.2.0', 'Type master.'],
      ['5.0.0', 'Type replica beside slave.'],
      ['6.2.0', 'Filter LADDR.'],
    ],
    arguments: [
      oneOf('filter', [
        argument('ip:port', 'string', { deprecatedSince: '2.8.12' }),
        oneOf(
          'new-format',
          [
            argument('client-id', 'integer', { token: 'ID', since: '2.8.12', optional: true }),
            oneOf(
              'normal_master_slave_pubsub',
              [
                token('NORMAL'),
                token('MASTER', { since: '3.2.0' }),
                token('SLAVE'),
                token('REPLICA', { since: '5.0.0' }),
                token('PUBSUB'),
              ],
              { token: 'TYPE', since: '2.8.12', optional: true },
            ),
            argument('username', 'string', { token: 'USER', optional: true }),
            argument('ip:port', 'string', { token: 'ADDR', optional: true }),
            argument('ip:port', 'string', { token: 'LADDR', since: '6.2.0', optional: true }),
            argument('yes/no', 'string', { token: 'SKIPME', optional: true }),
          ],
          { multiple: true },
        ),
      ]),
    ],
  },
  'client|setname': {
    summary: 'Names the connection.',
    since: '2.6.9',
    complexity: 'O(1)',
    arguments: [argument('connection-name', 'string')],
  },
  'client|getname': {
    summary: 'Returns the name of the connection.',
    since: '2.6.9',
    complexity: 'O(1)',
  },
  'client|setinfo': {
    summary: 'Tells the server which client library the connection uses.',
    since: '7.2.0',
    complexity: 'O(1)',
    arguments: [
      oneOf('attr', [
        argument('libname', 'string', { token: 'LIB-NAME' }),
        argument('libver', 'string', { token: 'LIB-VER' }),
      ]),
    ],
  },
  'client|no-evict': {
    summary: 'Exempts the connection from client eviction, or no longer.',
    since: '7.0.0',
    complexity: 'O(1)',
    arguments: [oneOf('enabled', [token('ON'), token('OFF')])],
  },
  'client|no-touch': {
    summary: 'Lets the commands of the connection leave access times alone, or no longer.',
    since: '7.2.0',
    complexity: 'O(1)',
    arguments: [oneOf('enabled', [token('ON'), token('OFF')])],
  },
  'client|reply': {
    summary: 'Turns the replies of the connection on or off, or skips the next.',
    since: '3.2.0',
    complexity: 'O(1)',
    arguments: [oneOf('on_off_skip', [token('ON'), token('OFF'), token('SKIP')])],
  },
  'client|pause': {
    summary: 'Holds back the commands of all clients, or those that write, for some milliseconds.',
    since: '2.9.50',
    complexity: 'O(1)',
    history: [['6.2.0', 'Option WRITE or ALL.']],
    arguments: [
      argument('timeout', 'integer'),
      oneOf('mode', [token('WRITE'), token('ALL')], { since: '6.2.0', optional: true }),
    ],
  },
  'client|unpause': {
    summary: 'Ends a pause of all clients.',
    since: '6.2.0',
    complexity: 'O(N) for N paused clients.',
  },
  'client|tracking': {
    summary: 'Tells the connection of changes of the keys it has read, or no longer.',
    since: '6.0.0',
    complexity: 'O(1), with BCAST O(N) for N prefixes.',
    arguments: [
      oneOf('status', [token('ON'), token('OFF')]),
      argument('client-id', 'integer', { token: 'REDIRECT', optional: true }),
      argument('prefix', 'string', { token: 'PREFIX', optional: true, multiple: true, multipleToken: true }),
      token('BCAST', { optional: true }),
      token('OPTIN', { optional: true }),
      token('OPTOUT', { optional: true }),
      token('NOLOOP', { optional: true }),
    ],
  },
  'client|trackinginfo': {
    summary: 'Tells how the connection tracks keys.',
    since: '6.2.0',
    complexity: 'O(1)',
  },
  'client|caching': {
    summary: 'Has the keys of the next command tracked, or not.',
    since: '6.0.0',
    complexity: 'O(1)',
    arguments: [oneOf('mode', [token('YES'), token('NO')])],
  },
  'client|unblock': {
    summary: 'Ends the wait of a client in a blocking command.',
    since: '5.0.0',
    complexity: 'O(log N) for N connections.',
    arguments: [
      argument('client-id', 'integer'),
      oneOf('timeout_error', [token('TIMEOUT'), token('ERROR')], { optional: true }),
    ],
  },
  'client|help': {
    summary: 'Explains the subcommands.',
    since: '5.0.0',
    complexity: 'O(1)',
  },
};
