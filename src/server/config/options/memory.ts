/** The memory limit, eviction, expiry and how memory is given back. */

import { bool, choice, INT_MAX, integer, LONG_MAX, memory, ULONG_MAX, unavailable } from '../scalar-options.ts';

const NO_DEFRAG = 'records are not moved yet';
const AT_ONCE = { inert: 'values are strings, and freeing one takes no time' };

export const memoryOptions = [
  memory('maxmemory', 0, 0, ULONG_MAX, 'Memory at which keys are evicted or writes refused; 0 is no limit'),
  choice(
    'maxmemory-policy',
    'noeviction',
    [
      'volatile-lru',
      'volatile-lfu',
      'volatile-random',
      'volatile-ttl',
      'allkeys-lru',
      'allkeys-lfu',
      'allkeys-random',
      'noeviction',
    ],
    'Which keys are evicted',
  ),
  // Redis 7.2.4 has no upper limit and later versions 64: a sample of millions of keys would stop the server.
  integer('maxmemory-samples', 5, 1, 64, 'Keys looked at to find one to evict'),
  integer(
    'maxmemory-eviction-tenacity',
    10,
    0,
    100,
    'How long eviction may hold up a command: 0 least, 100 without limit',
  ),
  integer('lfu-log-factor', 10, 0, INT_MAX, 'How many accesses saturate the LFU counter'),
  integer('lfu-decay-time', 1, 0, INT_MAX, 'Minutes after which the LFU counter is halved'),
  integer('active-expire-effort', 1, 1, 10, 'CPU spent on finding expired keys', {
    inert: 'deadlines are kept exactly, not sampled',
  }),
  bool('lazyfree-lazy-eviction', 'no', 'Free evicted values in the background', AT_ONCE),
  bool('lazyfree-lazy-expire', 'no', 'Free expired values in the background', AT_ONCE),
  bool('lazyfree-lazy-server-del', 'no', 'Free values that a command overwrites in the background', AT_ONCE),
  bool('lazyfree-lazy-user-del', 'no', 'DEL frees as UNLINK does', AT_ONCE),
  bool('lazyfree-lazy-user-flush', 'no', 'FLUSHDB, FLUSHALL and SCRIPT FLUSH are ASYNC when they do not say'),
  bool('activerehashing', 'yes', 'Go on growing and shrinking hash tables while idle'),
  unavailable(
    'activedefrag',
    'Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc like the ' +
      'one shipped by default with the Redis source distribution',
    'Move records together to give memory back',
    { inert: NO_DEFRAG },
  ),
  memory('active-defrag-ignore-bytes', 100 << 20, 1, LONG_MAX, 'Waste below which nothing is moved', {
    inert: NO_DEFRAG,
  }),
  integer('active-defrag-threshold-lower', 10, 0, 1000, 'Percentage of waste at which moving starts', {
    inert: NO_DEFRAG,
  }),
  integer('active-defrag-threshold-upper', 100, 0, 1000, 'Percentage of waste for full effort', { inert: NO_DEFRAG }),
  integer('active-defrag-cycle-min', 1, 1, 99, 'Least percentage of CPU for moving', { inert: NO_DEFRAG }),
  integer('active-defrag-cycle-max', 25, 1, 99, 'Largest percentage of CPU for moving', { inert: NO_DEFRAG }),
  integer('active-defrag-max-scan-fields', 1000, 1, LONG_MAX, 'Fields of a collection looked at in one go', {
    inert: NO_DEFRAG,
  }),
  bool('jemalloc-bg-thread', 'yes', 'A thread of jemalloc that gives memory back', { inert: 'jemalloc is not used' }),
] as const;
