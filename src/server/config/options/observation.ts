/** Logs of slow commands, latency, and what clients are told about. */

import { compound, keyspaceEvents, percentiles } from '../compound-options.ts';
import { bool, integer, LONG_MAX, memory } from '../scalar-options.ts';

export const observationOptions = [
  integer('slowlog-log-slower-than', 10000, -1, LONG_MAX, 'Microseconds from which a command is logged; -1 logs none'),
  integer('slowlog-max-len', 128, 0, LONG_MAX, 'Entries of SLOWLOG'),
  integer('latency-monitor-threshold', 0, 0, LONG_MAX, 'Milliseconds from which LATENCY notes an event; 0 notes none'),
  bool('latency-tracking', 'yes', 'Keep a histogram of the latency of every command'),
  compound('latency-tracking-info-percentiles', percentiles, "Percentiles in INFO's latencystats"),
  compound('notify-keyspace-events', keyspaceEvents, 'Classes of changes that are published'),
  integer('tracking-table-max-keys', 1000000, 0, LONG_MAX, 'Keys remembered for client-side caching; 0 is no limit'),
  integer('busy-reply-threshold', 5000, 0, LONG_MAX, 'Milliseconds after which others are told a script is busy', {
    alias: 'lua-time-limit',
  }),
  // Redis has neither limit: there only SCRIPT KILL, or the end of the server, ends a script.
  integer(
    'script-time-limit',
    0,
    0,
    LONG_MAX,
    'Milliseconds after which a script is ended, written or not; 0 is never',
  ),
  memory('script-memory-limit', 256 << 20, 1 << 20, LONG_MAX, 'Memory that one script may hold'),
] as const;
