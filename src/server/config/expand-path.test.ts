import { describe, expect, test } from 'vitest';
import { expandPath, isPattern } from './expand-path.ts';

const TREE: Record<string, string[]> = {
  '.': ['b.conf', 'a.conf', '.hidden.conf', 'd', 'é.conf'],
  d: ['x.conf', 'z.conf', 'sub'],
  'd/sub': ['y.conf'],
  '/': ['etc', 'tmp'],
  '/etc': ['redis.d'],
  '/etc/redis.d': ['10.conf', '2.conf'],
};

const list = (path: string): string[] => TREE[path] ?? [];

describe('paths', () => {
  test.each([
    ['*.conf', ['a.conf', 'b.conf', 'é.conf']],
    ['.*.conf', ['.hidden.conf']],
    ['[!a].conf', ['b.conf']],
    ['[ab].conf', ['a.conf', 'b.conf']],
    ['?.conf', ['a.conf', 'b.conf']],
    ['d/*.conf', ['d/x.conf', 'd/z.conf']],
    ['*/*.conf', ['d/x.conf', 'd/z.conf']],
    ['d/*/y.conf', ['d/sub/y.conf']],
    ['/etc/*/*.conf', ['/etc/redis.d/10.conf', '/etc/redis.d/2.conf']],
    ['/e*/r*.d//[0-9].conf', ['/etc/redis.d/2.conf']],
    ['none/*', []],
    ['*.none', []],
  ])('%s', (pattern, paths) => {
    expect(expandPath(pattern, list)).toEqual(paths);
  });

  test('upwards and in place', () => {
    const above: Record<string, string[]> = { ...TREE, './d': ['x.conf'], '..': ['up.conf'] };
    expect(expandPath('./d/*.conf', (path) => above[path] ?? [])).toEqual(['./d/x.conf']);
    expect(expandPath('../*.conf', (path) => above[path] ?? [])).toEqual(['../up.conf']);
  });

  test('which paths are patterns', () => {
    expect(['*', 'a?', '[a]', 'a', '/etc/redis.conf'].map(isPattern)).toEqual([true, true, true, false, false]);
  });
});
