import { expect, test } from 'vitest';
import { describeReport, makeReport, totalsOf } from './report.ts';

const run = { file: 'unit/fruit', mode: 'external', seconds: 1.25 } as const;
const result = {
  passed: ['apple', 'pear'],
  failed: [
    { name: 'fig', reason: 'Expected 1\nto equal 2' },
    { name: 'plum', reason: 'unknown command' },
  ],
  skipped: [
    { name: 'melon', reason: '' },
    { name: 'grape', reason: 'Tag: needs:repl denied' },
  ],
  broken: [],
};
const skips = new Map([['melon', 'needs LPUSH']]);

test('without the ratchet every failure counts', () => {
  const report = makeReport(run, result, skips, []);
  expect(totalsOf([report, report], 'all')).toEqual({ passed: 4, failed: 4, skipped: 4 });
  expect(describeReport(report, 'all', false)).toEqual([
    'unit/fruit (external, 1.3 s): 2 passed, 2 failed, 2 skipped',
    '  FAILED fig',
    '    Expected 1',
    '    to equal 2',
    '  FAILED plum',
    '    unknown command',
    '  skipped: 1: needs LPUSH',
    '  skipped: 1: Tag: needs:repl denied',
  ]);
});

test('with the ratchet only what has passed before can fail', () => {
  const report = makeReport(run, result, skips, ['apple', 'fig', 'kiwi']);
  expect(totalsOf([report], 'ratchet')).toEqual({ passed: 2, failed: 2, skipped: 3 });
  expect(describeReport(report, 'ratchet', true)).toEqual([
    'unit/fruit (external, 1.3 s): 2 passed, 1 failed, 2 skipped, 1 not passing yet',
    '  FAILED fig',
    '    Expected 1',
    '    to equal 2',
    '  FAILED kiwi',
    '    it was not run',
    '  not passing yet: plum: unknown command',
    '  skipped: melon: needs LPUSH',
    '  skipped: grape: Tag: needs:repl denied',
    '  1 pass that the ratchet does not list (--update)',
    '    pear',
  ]);
});

test('a broken file fails a run that is not held to the ratchet', () => {
  const report = makeReport(run, { passed: [], failed: [], skipped: [], broken: ['no server'] }, skips, []);
  expect(totalsOf([report], 'all').failed).toBe(1);
  expect(describeReport(report, 'all', false)).toContain('    no server');
});
