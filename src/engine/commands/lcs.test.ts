import { describe, expect, it, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

const TOO_LARGE = '-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len\r\n';

function withTexts(protocol: 2 | 3 = 2): TestEngine {
  const engine = new TestEngine([], protocol);
  engine.run('SET', 'a', 'ohmytext');
  engine.run('SET', 'b', 'mynewtext');
  return engine;
}

describe('LCS', () => {
  it('replies with the subsequence or its length', () => {
    const engine = withTexts();
    expect(engine.run('LCS', 'a', 'b')).toBe('$6\r\nmytext\r\n');
    expect(engine.run('LCS', 'a', 'b', 'LEN')).toBe(':6\r\n');
    expect(engine.run('LCS', 'a', 'absent')).toBe('$0\r\n\r\n');
    expect(engine.run('LCS', 'absent', 'absent', 'LEN')).toBe(':0\r\n');
  });

  it('replies with the runs, the last first, as a map where the protocol has one', () => {
    const last = '*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n';
    const first = '*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n';
    const body = (matches: string) => `$7\r\nmatches\r\n${matches}$3\r\nlen\r\n:6\r\n`;
    expect(withTexts().run('LCS', 'a', 'b', 'IDX')).toBe(`*4\r\n${body(`*2\r\n*2\r\n${last}*2\r\n${first}`)}`);
    expect(withTexts(3).run('LCS', 'a', 'b', 'IDX')).toBe(`%2\r\n${body(`*2\r\n*2\r\n${last}*2\r\n${first}`)}`);
    expect(withTexts().run('LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', 4, 'WITHMATCHLEN')).toBe(
      `*4\r\n${body(`*1\r\n*3\r\n${last}:4\r\n`)}`,
    );
  });

  test('refuses options that are unknown, not complete or at odds', () => {
    const engine = withTexts();
    expect(engine.run('LCS', 'a', 'b', 'MINMATCHLEN')).toBe('-ERR syntax error\r\n');
    expect(engine.run('LCS', 'a', 'b', 'NOP')).toBe('-ERR syntax error\r\n');
    expect(engine.run('LCS', 'a', 'b', 'MINMATCHLEN', 'x')).toBe('-ERR value is not an integer or out of range\r\n');
    expect(engine.run('LCS', 'a', 'b', 'LEN', 'IDX')).toBe(
      '-ERR If you want both the length and indexes, please just use IDX.\r\n',
    );
  });

  it('refuses strings for which Redis would need more memory than proto-max-bulk-len', () => {
    const engine = new TestEngine();
    engine.run('SET', 'a', 'x'.repeat(70_000));
    engine.run('SET', 'b', 'y'.repeat(70_000));
    for (const options of [[], ['LEN'], ['IDX']]) expect(engine.run('LCS', 'a', 'b', ...options)).toBe(TOO_LARGE);
  });

  it('compares the largest strings it takes within memory of a bit for each pair of bytes', () => {
    const engine = new TestEngine();
    engine.run('SET', 'a', 'ab'.repeat(5792));
    engine.run('SET', 'b', 'ba'.repeat(5792));
    engine.run('APPEND', 'b', 'b');
    expect(engine.run('LCS', 'a', 'b')).toBe(TOO_LARGE);
    engine.run('SET', 'b', 'ba'.repeat(5791));
    const before = process.memoryUsage().arrayBuffers;
    expect(engine.run('LCS', 'a', 'b', 'LEN')).toBe(':11582\r\n');
    expect(engine.run('LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', 100)).toContain(':11582\r\n');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });
});
