import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeText } from './byte-text.ts';
import { errorCode, strerror } from './system-error.ts';
import { processDirectory } from './working-directory.ts';

test('changes, or says why not in the words of strerror', () => {
  const before = process.cwd();
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'hotset-é-')));
  try {
    writeFileSync(join(base, 'file'), '');
    expect(processDirectory.change(encodeText(base))).toBeUndefined();
    expect(processDirectory.current()).toBe(encodeText(base));
    expect(processDirectory.change('')).toBe('No such file or directory');
    expect(processDirectory.change('missing')).toBe('No such file or directory');
    expect(processDirectory.change('file')).toBe('Not a directory');
    expect(processDirectory.change('a\0b')).not.toBeUndefined();
    expect(processDirectory.current()).toBe(encodeText(base));
  } finally {
    process.chdir(before);
    rmSync(base, { recursive: true, force: true });
  }
});

test('errors without a known code speak for themselves', () => {
  expect(strerror(new Error('odd'))).toBe('odd');
  expect(strerror(Object.assign(new Error('odd'), { code: 'EODD' }))).toBe('odd');
  expect(strerror('odd')).toBe('odd');
  expect(errorCode('odd')).toBeUndefined();
});
