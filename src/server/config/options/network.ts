/** Listening sockets, connections and their buffers. */

import { addresses, compound, outputLimits } from '../compound-options.ts';
import { bool, INT_MAX, integer, LONG_MAX, memory, memoryOrPercent, octal, text, UINT_MAX } from '../scalar-options.ts';

const ONE_LOOP = 'one event loop serves all connections; no second thread would touch the data';

export const networkOptions = [
  compound('bind', addresses, 'Addresses to listen on'),
  integer('port', 6379, 0, 65535, 'TCP port; 0 listens on none'),
  text('unixsocket', null, 'Path of a Unix socket to listen on as well', { immutable: true }),
  octal('unixsocketperm', 0, 0o777, 'Permissions of the Unix socket; 0 leaves them to the umask', { immutable: true }),
  bool('protected-mode', 'yes', 'Refuse other hosts while there is no password and no explicit bind'),
  integer('tcp-backlog', 511, 0, INT_MAX, 'Connections that may wait to be accepted', { immutable: true }),
  integer('tcp-keepalive', 300, 0, INT_MAX, 'Seconds after which TCP probes a silent peer; 0 never does'),
  integer(
    'busy-poll',
    100,
    0,
    10_000,
    'Microseconds to look out for the next request before sleeping, while few clients ask one after the other; 0 never',
  ),
  bool(
    'read-coalescing',
    'yes',
    'Sleep for some tens of microseconds when one turn after the other brings one request of many clients',
  ),
  integer('timeout', 0, 0, INT_MAX, 'Seconds after which an idle client is disconnected; 0 never'),
  integer('maxclients', 10000, 1, UINT_MAX, 'Connections at a time'),
  memoryOrPercent(
    'maxmemory-clients',
    0,
    'Memory of all clients together before the largest are disconnected; 0 is no limit',
  ),
  memory('proto-max-bulk-len', 512 << 20, 1 << 20, LONG_MAX, 'Longest argument, and longest string value'),
  memory('client-query-buffer-limit', 1 << 30, 1 << 20, LONG_MAX, 'Bytes of unprocessed requests of one client'),
  compound(
    'client-output-buffer-limit',
    outputLimits,
    'Bytes of unread replies before a client is disconnected, by class',
  ),
  text('bind-source-addr', null, 'Local address of outgoing connections', {
    inert: 'nothing connects outwards before replication exists',
  }),
  integer('socket-mark-id', 0, 0, UINT_MAX, 'Mark of listening sockets for packet filters', {
    immutable: true,
    inert: 'Node.js does not set socket marks',
  }),
  integer('io-threads', 1, 1, 128, 'Threads for reading and writing sockets', { immutable: true, inert: ONE_LOOP }),
  bool('io-threads-do-reads', 'no', 'Whether those threads also read and parse', { immutable: true, inert: ONE_LOOP }),
] as const;
