/** Up to which size a collection stays in its small encoding. */

import { INT_MAX, INT_MIN, integer, LONG_MAX, memory } from '../scalar-options.ts';

export const encodingOptions = [
  integer('hash-max-listpack-entries', 512, 0, LONG_MAX, 'Fields of a hash in a listpack', {
    alias: 'hash-max-ziplist-entries',
  }),
  memory('hash-max-listpack-value', 64, 0, LONG_MAX, 'Longest field or value of a hash in a listpack', {
    alias: 'hash-max-ziplist-value',
  }),
  integer('list-max-listpack-size', -2, INT_MIN, INT_MAX, 'Elements of a list node, or -1 to -5: 4kb to 64kb', {
    alias: 'list-max-ziplist-size',
  }),
  integer('list-compress-depth', 0, 0, INT_MAX, 'Nodes at each end of a list left uncompressed; 0 compresses none', {
    inert: 'nodes of lists are not compressed',
  }),
  integer('set-max-intset-entries', 512, 0, LONG_MAX, 'Members of a set of integers in an intset'),
  integer('set-max-listpack-entries', 128, 0, LONG_MAX, 'Members of a set in a listpack'),
  integer('set-max-listpack-value', 64, 0, LONG_MAX, 'Longest member of a set in a listpack'),
  integer('zset-max-listpack-entries', 128, 0, LONG_MAX, 'Members of a sorted set in a listpack', {
    alias: 'zset-max-ziplist-entries',
  }),
  memory('zset-max-listpack-value', 64, 0, LONG_MAX, 'Longest member of a sorted set in a listpack', {
    alias: 'zset-max-ziplist-value',
  }),
  memory('stream-node-max-bytes', 4096, 0, LONG_MAX, 'Bytes of a node of a stream; 0 is no limit'),
  integer('stream-node-max-entries', 100, 0, LONG_MAX, 'Entries of a node of a stream; 0 is no limit'),
  memory('hll-sparse-max-bytes', 3000, 0, LONG_MAX, 'Bytes of a HyperLogLog in its sparse form'),
] as const;
