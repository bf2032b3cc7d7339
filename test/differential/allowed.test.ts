import { expect, test } from 'vitest';
import { mayHaveDoneMore } from './allowed.ts';

const QUEUED = '+QUEUED\r\n';
const ONE = '*1\r\n*2\r\n$1\r\nx\r\n*0\r\n';
const BOTH_OF_RESP3 = '%2\r\n$1\r\nx\r\n*0\r\n$1\r\ny\r\n*0\r\n';

test.each([
  ['XREADGROUP GROUP g c STREAMS x >', '*-1\r\n', true],
  ['XREADGROUP GROUP g c STREAMS x >', '_\r\n', true],
  ['XREADGROUP GROUP g c STREAMS x >', QUEUED, true],
  ['XREADGROUP GROUP g c STREAMS x >', ONE, false],
  ['xreadgroup GROUP g c streams x y > >', ONE, true],
  ['XREADGROUP GROUP g c COUNT 1 STREAMS x y > >', BOTH_OF_RESP3, false],
  ['XREADGROUP GROUP g c STREAMS x y > >', '-NOGROUP\r\n', false],
  ['XREAD STREAMS x 0', '*-1\r\n', false],
])('%s, replied %j, may have made a consumer known where there was no news: %j', (line, reply, expected) => {
  expect(mayHaveDoneMore(line.split(' '), reply)).toBe(expected);
});
