import { argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

/** The docs of bitfield.ts. */
export const bitfieldDocs: Docs = {
  bitfield: {
    summary: 'Reads, sets and increments integers of any width inside the string at a key.',
    since: '3.2.0',
    complexity: 'O(1) for each operation given.',
    arguments: [
      keyArgument(),
      oneOf(
        'operation',
        [
          block('encoding_offset', [argument('encoding', 'string'), argument('offset', 'integer')], { token: 'GET' }),
          block('write', [
            oneOf('wrap_sat_fail', [token('WRAP'), token('SAT'), token('FAIL')], { token: 'OVERFLOW', optional: true }),
            oneOf('write_operation', [
              block(
                'encoding_offset_value',
                [argument('encoding', 'string'), argument('offset', 'integer'), argument('value', 'integer')],
                { token: 'SET' },
              ),
              block(
                'encoding_offset_increment',
                [argument('encoding', 'string'), argument('offset', 'integer'), argument('increment', 'integer')],
                { token: 'INCRBY' },
              ),
            ]),
          ]),
        ],
        { optional: true, multiple: true },
      ),
    ],
  },
  bitfield_ro: {
    summary: 'Reads integers of any width inside the string at a key, and only reads.',
    since: '6.0.0',
    complexity: 'O(1) for each operation given.',
    arguments: [
      keyArgument(),
      block('encoding_offset', [argument('encoding', 'string'), argument('offset', 'integer')], {
        token: 'GET',
        optional: true,
        multiple: true,
        multipleToken: true,
      }),
    ],
  },
};
