import { argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

/** The docs of bitmaps.ts. */
export const bitmapsDocs: Docs = {
  setbit: {
    summary: 'Sets or clears one bit of the string at a key and returns what it was.',
    since: '2.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('offset', 'integer'), argument('value', 'integer')],
  },
  getbit: {
    summary: 'Returns one bit of the string at a key.',
    since: '2.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('offset', 'integer')],
  },
  bitcount: {
    summary: 'Counts the bits that are set in the string at a key or in a range of it.',
    since: '2.6.0',
    complexity: 'O(N)',
    history: [['7.0.0', 'Option BYTE or BIT.']],
    arguments: [
      keyArgument(),
      block(
        'index',
        [
          argument('start', 'integer'),
          argument('end', 'integer'),
          oneOf('index_unit', [token('BYTE'), token('BIT')], { since: '7.0.0', optional: true }),
        ],
        { optional: true },
      ),
    ],
  },
  bitpos: {
    summary: 'Finds the first bit that is set, or the first that is clear, in the string at a key.',
    since: '2.8.7',
    complexity: 'O(N)',
    history: [['7.0.0', 'Option BYTE or BIT.']],
    arguments: [
      keyArgument(),
      argument('bit', 'integer'),
      block(
        'index',
        [
          argument('start', 'integer'),
          block(
            'end_index',
            [
              argument('end', 'integer'),
              oneOf('index_unit', [token('BYTE'), token('BIT')], { since: '7.0.0', optional: true }),
            ],
            { optional: true },
          ),
        ],
        { optional: true },
      ),
    ],
  },
  bitop: {
    summary: 'Combines strings bit by bit with AND, OR, XOR or NOT and stores the result.',
    since: '2.6.0',
    complexity: 'O(N)',
    arguments: [argument('operation', 'string'), keyArgument('destkey'), keyArgument('key', 1, { multiple: true })],
  },
};
