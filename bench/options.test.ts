import { describe, expect, it } from 'vitest';
import { HELP, OptionError, parseOptions, requestsPerRound, type Settings } from './options.ts';

const settings = (...args: string[]): Settings => parseOptions(args) as Settings;

describe('the options', () => {
  it('measure what the targets are written for when nothing is said', () => {
    const defaults = settings();
    expect(defaults).toMatchObject({ keys: 1_000_000, valueBytes: 64, clients: 50, rounds: 5, ownBuild: true });
    expect(defaults).toMatchObject({ manyKeys: 5_000_000, maxmemoryMegabytes: 100, measureRounds: 3 });
    expect(defaults.pipelines).toBeUndefined();
    expect(defaults.tests).toEqual(expect.arrayContaining(['set', 'get', 'incr', 'memory', 'growth', 'maxmemory']));
  });

  it('pick tests and pipelines', () => {
    expect(settings('--tests', 'memory, SET', '--pipeline', '16,1')).toMatchObject({
      tests: ['set', 'memory'],
      pipelines: [16, 1],
    });
  });

  it('let an explicit number win over --quick', () => {
    expect(settings('--quick', '--rounds', '2')).toMatchObject({ rounds: 2, measureRounds: 2, quick: true });
    expect(settings('--quick').requests).toBeLessThan(settings().requests);
  });

  it('send fewer requests when they are not pipelined', () => {
    expect(requestsPerRound(settings('--requests', '1000'), 16)).toBe(1_000);
    expect(requestsPerRound(settings('--requests', '1000'), 1)).toBe(200);
  });

  it.each([
    [['--tests', 'sett'], /no test 'sett'; the tests are: .*set/],
    [['--rounds', '0'], /--rounds takes whole numbers/],
    [['--pipeline', '16,x'], /--pipeline takes whole numbers/],
    [['--hotset', 'node x.mjs'], /--hotset needs \{port\}/],
    [['--nonsense'], /nonsense/],
    [['stray'], /stray/],
  ])('refuse %j', (args, complaint) => {
    expect(() => parseOptions(args)).toThrow(OptionError);
    expect(() => parseOptions(args)).toThrow(complaint);
  });

  it('have help that names them all', () => {
    expect(parseOptions(['--help'])).toBe('help');
    for (const name of settings().tests) expect(HELP).toContain(name);
  });
});
