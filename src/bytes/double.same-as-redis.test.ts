/**
 * Doubles as scores of a sorted set in redis-server 7.0.15, which prints 17 digits where 7.2 prints as few as are needed:
 * the same text where 17 digits are all there are, and a list of what differs.
 */

import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../../test/processes.ts';
import { formatDouble } from './double.ts';
import { formatSignificant } from './significant-digits.ts';

let server: ServerProcess;
let redis: Redis;
beforeAll(async () => {
  // In a listpack a score that is an integer is stored as one, and -0 loses its sign.
  server = await startServer('redis', ['--zset-max-listpack-entries', '0']);
  redis = new Redis(server.port, '127.0.0.1');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

async function printedByRedis(values: readonly number[]): Promise<(string | null)[]> {
  await redis.del('scores');
  const pairs = values.flatMap((value, i) => [formatForAdding(value), `member${i}`]);
  await redis.zadd('scores', ...pairs);
  return redis.zmscore('scores', ...values.map((_, i) => `member${i}`));
}

/** Text that every version reads as exactly this number. */
function formatForAdding(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : value.toPrecision(17);
}

describe('doubles', () => {
  it('with few digits and moderate size print as in redis-server', async () => {
    const integer = fc.integer({ min: -(10 ** 15), max: 10 ** 15 });
    const dyadic = fc
      .tuple(fc.integer({ min: -(2 ** 20), max: 2 ** 20 }), fc.integer({ min: 0, max: 9 }))
      .map(([mantissa, bits]) => mantissa / 2 ** bits)
      // 7.2 goes over to an exponent when seven digits or more stand behind the point of a number of five or more before it.
      .filter((value) => value !== 0 && /^-?(\d{1,4}\.\d+|\d+(\.\d{1,6})?)$/.test(String(value)));
    const values = fc.array(fc.oneof(integer, dyadic), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(values, async (values) => {
        expect(values.map(formatDouble)).toEqual(await printedByRedis(values));
      }),
      { numRuns: 30 },
    );
    const special = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e20, 2e22, -1e22];
    expect(special.map(formatDouble)).toEqual(await printedByRedis(special));
  });

  it('of any size print as in redis-server in seventeen digits', async () => {
    const dyadic = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 60 })).map(([n, bits]) => n / 2 ** bits);
    const value = fc.oneof(fc.double({ noNaN: true }), dyadic);
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 200 }), async (values) => {
        expect(values.map((value) => formatSignificant(value, 17))).toEqual(await printedByRedis(values));
      }),
      { numRuns: 50 },
    );
  });

  it('print shorter, or plain, where 7.2 changed', async () => {
    const differences: [number, string, string][] = [
      [0.1, '0.10000000000000001', '0.1'],
      [2.7, '2.7000000000000002', '2.7'],
      [1.5e300, '1.5000000000000001e+300', '1.5e+300'],
      [1e-5, '1.0000000000000001e-05', '0.00001'],
      [1e-7, '9.9999999999999995e-08', '1e-7'],
      [1e17, '1e+17', '100000000000000000'],
      [2 ** 60, '1.152921504606847e+18', '1152921504606846976'],
      [2 ** 63, '9.2233720368547758e+18', '9223372036854776000'],
      [12345.0009765625, '12345.0009765625', '1.23450009765625e+4'],
    ];
    expect(await printedByRedis(differences.map(([value]) => value))).toEqual(differences.map(([, theirs]) => theirs));
    expect(differences.map(([value]) => formatDouble(value))).toEqual(differences.map(([, , ours]) => ours));
  });
});
