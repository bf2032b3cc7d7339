import { describe, expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { SlowLog, slowLogWords } from './slow-log.ts';

function argsOf(...words: string[]): Args {
  return Args.of(words.map((word) => Buffer.from(word, 'latin1')));
}

function textsOf(args: Args, hidden: number[] = []): string[] {
  return slowLogWords(args, hidden).map((word) => word.toString('latin1'));
}

function logged(limit: number, count: number): SlowLog {
  const log = new SlowLog();
  log.setLimit(limit);
  for (let i = 0; i < count; i++) {
    log.add({ unixSeconds: i, micros: i, words: [], address: '', clientName: '' });
  }
  return log;
}

const idsOf = (log: SlowLog, count: number): number[] => log.newest(count).map(({ id }) => id);

describe('entries', () => {
  test('the newest come first, no more than asked for', () => {
    const log = logged(10, 4);
    expect(idsOf(log, 2)).toEqual([3, 2]);
    expect(idsOf(log, 99)).toEqual([3, 2, 1, 0]);
    expect(idsOf(log, 0)).toEqual([]);
  });

  test('beyond the limit the oldest go; a lower limit counts at once', () => {
    const log = logged(3, 5);
    expect(idsOf(log, 9)).toEqual([4, 3, 2]);
    log.setLimit(1);
    expect(idsOf(log, 9)).toEqual([4]);
    log.setLimit(0);
    expect(log.length).toBe(0);
    log.add({ unixSeconds: 0, micros: 0, words: [], address: '', clientName: '' });
    expect(log.length).toBe(0);
  });

  test('ids go on after a reset', () => {
    const log = logged(3, 2);
    log.clear();
    expect(log.length).toBe(0);
    log.add({ unixSeconds: 0, micros: 0, words: [], address: '', clientName: '' });
    expect(idsOf(log, 1)).toEqual([2]);
  });
});

describe('words', () => {
  test('32 arguments are kept whole; of more, 31 and how many are left', () => {
    const words = Array.from({ length: 32 }, (_, i) => `${i}`);
    expect(textsOf(argsOf(...words))).toEqual(words);
    const cut = textsOf(argsOf(...words, '32'));
    expect(cut).toHaveLength(32);
    expect(cut.slice(30)).toEqual(['30', '... (2 more arguments)']);
  });

  test('128 bytes are kept whole; of more, 128 and how many are left', () => {
    expect(textsOf(argsOf('x'.repeat(128)))).toEqual(['x'.repeat(128)]);
    expect(textsOf(argsOf('x'.repeat(130)))).toEqual([`${'x'.repeat(128)}... (2 more bytes)`]);
  });

  test('bytes stay bytes, hidden ones do not show', () => {
    expect(textsOf(argsOf('a\0\xff\r\n', 'secret'), [1])).toEqual(['a\0\xff\r\n', '(redacted)']);
  });
});
