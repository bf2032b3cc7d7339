import { describe, expect, it } from 'vitest';
import { renderMarkdown, renderText } from './table.ts';

const TABLE = {
  title: 'Rates',
  columns: [
    { header: 'test', align: 'left' },
    { header: 'rps', align: 'right' },
  ],
  rows: [
    ['SET', '1,000'],
    ['a|b', '7'],
  ],
  notes: ['medians'],
} as const;

describe('a table', () => {
  it('is aligned for a terminal', () => {
    expect(renderText(TABLE)).toBe(
      ['Rates', '', 'test    rps', '----  -----', 'SET   1,000', 'a|b       7', '  medians', ''].join('\n'),
    );
  });

  it('is Markdown with escaped bars', () => {
    expect(renderMarkdown(TABLE)).toBe(
      [
        '### Rates',
        '',
        '| test | rps |',
        '| --- | ---: |',
        '| SET | 1,000 |',
        '| a\\|b | 7 |',
        '',
        '- medians',
        '',
      ].join('\n'),
    );
  });

  it('can be empty', () => {
    expect(renderText({ ...TABLE, rows: [], notes: [] })).toBe('Rates\n\ntest  rps\n----  ---\n');
    expect(renderMarkdown({ ...TABLE, rows: [], notes: [] })).toBe('### Rates\n\n| test | rps |\n| --- | ---: |\n');
  });
});
