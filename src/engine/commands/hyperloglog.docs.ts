import { argument, type Docs, keyArgument } from './docs.ts';

/** The docs of hyperloglog.ts. */
export const hyperLogLogsDocs: Docs = {
  pfadd: {
    summary: 'Adds elements to a HyperLogLog.',
    since: '2.8.9',
    complexity: 'O(1) for each element',
    arguments: [keyArgument(), argument('element', 'string', { optional: true, multiple: true })],
  },
  pfcount: {
    summary: 'Returns the approximate number of distinct elements in one HyperLogLog, or in several together.',
    since: '2.8.9',
    complexity: 'O(1) for one key, mostly from memory of the last count; O(N) for N keys, each of them slower',
    arguments: [keyArgument('key', 0, { multiple: true })],
  },
  pfmerge: {
    summary: 'Merges HyperLogLogs into one.',
    since: '2.8.9',
    complexity: 'O(N) for N HyperLogLogs, each of them slow',
    arguments: [keyArgument('destkey'), keyArgument('sourcekey', 1, { optional: true, multiple: true })],
  },
  pfdebug: {
    summary: 'Shows how a HyperLogLog is kept: GETREG, DECODE, ENCODING; makes it dense: TODENSE.',
    since: '2.8.9',
    complexity: 'Depends on the subcommand.',
    isSystem: true,
    arguments: [argument('subcommand', 'string'), keyArgument()],
    differences: ['DECODE replies INVALIDOBJ to more than 16384 runs; Redis shows them.'],
  },
  pfselftest: {
    summary: 'Tests registers and estimates of HyperLogLog.',
    since: '2.8.9',
    complexity: 'Depends on the machine: less than a second.',
    isSystem: true,
    differences: ['Tries a million elements; Redis ten million.'],
  },
};
