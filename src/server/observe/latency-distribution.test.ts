import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../engine/dispatch/latency-histogram.ts';
import { OutputBuffer } from '../../protocol/output-buffer.ts';
import { Resp2Reply } from '../../protocol/resp2-reply.ts';
import { replyDistribution } from './latency-distribution.ts';

function distributionOf(...micros: number[]): string {
  const histogram = new LatencyHistogram();
  for (const duration of micros) histogram.record(1, duration);
  const out = new OutputBuffer();
  replyDistribution(histogram, new Resp2Reply(out));
  return out.bytes.toString('latin1', 0, out.at);
}

test('counts are cumulative, and only bounds that add calls are told', () => {
  expect(distributionOf(1, 1, 3, 30, 100)).toBe('*8\r\n:1\r\n:2\r\n:4\r\n:3\r\n:33\r\n:4\r\n:132\r\n:5\r\n');
});

test('the longest calls have a bound too, and none have none', () => {
  expect(distributionOf(10 ** 9)).toMatch(/^\*2\r\n:\d+\r\n:1\r\n$/);
  expect(distributionOf()).toBe('*0\r\n');
});
