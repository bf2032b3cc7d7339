import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { TestEngine } from '../engine.testing.ts';
import { ZSET } from '../memory/layout.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { ScoreScan } from './sorted-set-scores.ts';

const scan = new ScoreScan();
const member = new ListpackCursor();
const score = fc.integer({ min: -30, max: 30 });
const bound = fc.oneof(score, fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -31, 31, 0.5));

describe.each([
  ['listpack', 100],
  ['skiplist', 0],
])('%s', (encoding, most) => {
  test('the members of a range of scores, in order, and no others', () => {
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 400 }), bound, bound, (scores, from, to) => {
        const test = new TestEngine();
        const { keyspace } = test.engine;
        keyspace.encodingLimits.zsetMaxListpackEntries = most === 0 ? 0 : 1000;
        test.run('ZADD', 'z', ...scores.flatMap((value, i) => [value, `m${String(i).padStart(3, '0')}`]));
        expect(test.run('OBJECT', 'ENCODING', 'z')).toContain(encoding);
        const [database] = keyspace.databases;
        const ref = database.read(Args.of([Buffer.from(''), Buffer.from('z')]), 1, ZSET);
        const found: [string, number][] = [];
        scan.begin(database.arena, ref, from, to);
        while (scan.next()) {
          scan.readMember(scan.handle, member);
          found.push([member.bytes.toString('latin1', member.start, member.end), scan.score]);
        }
        const expected = scores
          .map((value, i): [string, number] => [`m${String(i).padStart(3, '0')}`, value])
          .filter(([, value]) => value >= from && value < to)
          .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
        expect(found).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});
