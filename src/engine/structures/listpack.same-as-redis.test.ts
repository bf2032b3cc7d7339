/** Listpacks beside those that a real redis-server writes: what DUMP gives of a list whose node is one. */
import { expect, test } from 'vitest';
import { RedisPeer } from '../commands/redis-peer.testing.ts';
import { packOf } from './listpack.testing.ts';
import { listpackBytes } from './listpack.ts';

const EDGES = [0n, 127n, 128n, 4095n, 4096n, 32767n, 32768n, 8388607n, 8388608n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n];
const INTEGERS = EDGES.flatMap((edge) => [edge, edge - 1n, -edge, -edge - 1n].map(String));
const TEXTS = ['', 'a', '-0', '007', '+1', ' 1', '9223372036854775808', '\0\r\n\xff'];
const LENGTHS = [62, 63, 64, 125, 126, 4094, 4095, 4096, 16377, 16378, 2097145, 2097146];

test('the same bytes', async () => {
  const redis = await RedisPeer.start(['--rdbcompression', 'no', '--list-max-listpack-size', '-2']);
  try {
    const connection = await redis.connect();
    for (const texts of [INTEGERS, TEXTS, ...LENGTHS.map((length) => ['x'.repeat(length)])]) {
      const [, dump] = await connection.ask([
        ['RPUSH', 'list', ...texts],
        ['DUMP', 'list'],
        ['DEL', 'list'],
      ]);
      const { bytes, view } = packOf(texts);
      const ours = bytes.toString('latin1', 0, listpackBytes(view, 0));
      // Before it stand type, number of nodes, kind of node and length; behind it version and checksum.
      const end = dump.length - 2 - 10;
      expect(dump.slice(end - ours.length, end) === ours, `${texts[0].length} bytes`).toBe(true);
    }
  } finally {
    await redis.stop();
  }
});
