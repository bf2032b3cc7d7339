/** Replication. */

import { compound, primary } from '../compound-options.ts';
import { bool, choice, INT_MAX, integer, LONG_MAX, memory, text } from '../scalar-options.ts';

const inert = 'replication does not exist yet';

export const replicationOptions = [
  compound('replicaof', primary, 'The primary to follow', { alias: 'slaveof', immutable: true, inert }),
  text('masteruser', null, 'User to log in to the primary as', { sensitive: true, inert }),
  text('masterauth', null, 'Password for the primary', { sensitive: true, binary: true, inert }),
  bool('replica-serve-stale-data', 'yes', 'Answer from old data while not connected', {
    alias: 'slave-serve-stale-data',
    inert,
  }),
  bool('replica-read-only', 'yes', 'Refuse writes on a replica', { alias: 'slave-read-only', inert }),
  bool('replica-lazy-flush', 'no', 'Free old data in the background before a full synchronisation', {
    alias: 'slave-lazy-flush',
    inert,
  }),
  bool('replica-ignore-maxmemory', 'yes', 'Leave eviction to the primary', { alias: 'slave-ignore-maxmemory', inert }),
  bool('replica-ignore-disk-write-errors', 'no', 'Go on when the disk refuses a write', { inert }),
  integer('replica-priority', 100, 0, INT_MAX, 'Rank for promotion, lowest first; 0 never', {
    alias: 'slave-priority',
    inert,
  }),
  bool('replica-announced', 'yes', 'Let sentinels list this replica', { inert }),
  text('replica-announce-ip', null, 'Address told to the primary', { alias: 'slave-announce-ip', inert }),
  integer('replica-announce-port', 0, 0, 65535, 'Port told to the primary; 0 is the real one', {
    alias: 'slave-announce-port',
    inert,
  }),
  integer('repl-timeout', 60, 1, INT_MAX, 'Seconds of silence after which the other side counts as gone', { inert }),
  integer('repl-ping-replica-period', 10, 1, INT_MAX, 'Seconds between pings to replicas', {
    alias: 'repl-ping-slave-period',
    inert,
  }),
  bool('repl-disable-tcp-nodelay', 'no', 'Fewer, larger packets to replicas, later', { inert }),
  memory('repl-backlog-size', 1 << 20, 1, LONG_MAX, 'Bytes kept for replicas that come back', { inert }),
  integer('repl-backlog-ttl', 3600, 0, LONG_MAX, 'Seconds the backlog is kept without replicas; 0 for ever', { inert }),
  bool('repl-diskless-sync', 'yes', 'Send the snapshot over the socket without a file', { inert }),
  integer('repl-diskless-sync-delay', 5, 0, INT_MAX, 'Seconds to wait for more replicas before sending', { inert }),
  integer('repl-diskless-sync-max-replicas', 0, 0, INT_MAX, 'Replicas at which waiting ends; 0 waits the whole delay', {
    inert,
  }),
  choice(
    'repl-diskless-load',
    'disabled',
    ['disabled', 'on-empty-db', 'swapdb'],
    'Load the snapshot from the socket without a file',
    { denyLoading: true, inert },
  ),
  bool('rdb-del-sync-files', 'no', 'Delete snapshots that were made for replicas only', { inert }),
  integer('min-replicas-to-write', 0, 0, INT_MAX, 'Replicas without which writes are refused; 0 needs none', {
    alias: 'min-slaves-to-write',
    inert,
  }),
  integer('min-replicas-max-lag', 10, 0, INT_MAX, 'Seconds of lag up to which a replica counts for it', {
    alias: 'min-slaves-max-lag',
    inert,
  }),
  choice(
    'propagation-error-behavior',
    'ignore',
    ['ignore', 'panic', 'panic-on-replicas'],
    'What to do when a replicated command fails',
    { inert },
  ),
] as const;
