import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Log } from './observe/log.ts';
import { PidFile } from './pid-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotset-pid-'));
const logFile = join(folder, 'log');
const log = new Log(logFile);
afterAll(() => rmSync(folder, { recursive: true }));

test('it holds the process id until it is removed', () => {
  const path = join(folder, 'hotset.pid');
  const file = new PidFile(path, log);
  file.write();
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
  file.remove();
  expect(existsSync(path)).toBe(false);
});

test('a file that cannot be written is logged and nothing else', () => {
  const file = new PidFile(join(folder, 'no', 'such', 'folder'), log);
  file.write();
  file.remove();
  expect(readFileSync(logFile, 'utf8')).toContain('Cannot write the pid file');
});

test('a file that is not ours stays', () => {
  const path = join(folder, 'other.pid');
  writeFileSync(path, '1\n');
  new PidFile(path, log).remove();
  expect(existsSync(path)).toBe(true);
  new PidFile('', log).write();
});
