import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Log } from './log.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotset-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a line has the process, the time, a mark for the level, and the message', () => {
  const path = join(folder, 'a');
  const log = new Log(path);
  log.level = 'debug';
  log.debug('one');
  log.verbose('two');
  log.notice('three');
  log.warning('four');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const form = /^(\d+):M \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} (.) (\w+)$/;
  expect(lines.map((line) => form.exec(line)?.slice(1))).toEqual([
    [String(process.pid), '.', 'one'],
    [String(process.pid), '-', 'two'],
    [String(process.pid), '*', 'three'],
    [String(process.pid), '#', 'four'],
  ]);
});

test('less important messages are left out, from the moment the level is set', () => {
  const path = join(folder, 'b');
  const log = new Log(path);
  log.verbose('not this');
  log.notice('this');
  log.level = 'warning';
  log.notice('nor this');
  log.warning('and this');
  expect(readFileSync(path, 'utf8').match(/\w+ this/g)).toEqual(['and this']);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(2);
});

test('a log goes on where the last one ended; a file that cannot be opened is an error', () => {
  const path = join(folder, 'c');
  new Log(path).notice('first');
  new Log(path).notice('second');
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  expect(() => new Log(join(folder, 'no', 'folder'))).toThrow('ENOENT');
});
