/** The README's examples, tried as they are written: commands for a shell, sessions of redis-cli, JavaScript. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { portOf, redisCli, useServers } from './redis-cli-runner.ts';

const run = promisify(execFile);
const LIMIT = { timeout: 60_000 };
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text }));
const PROMPT = '> ';

useServers();

function blocksWhere(holds: (block: { language: string; text: string }) => boolean): string[] {
  return blocks.filter(holds).map(({ text }) => text.trimEnd());
}

describe('shell', () => {
  const lines = blocksWhere(({ text }) => /^redis-(cli|benchmark) /m.test(text))
    .join('\n')
    .split('\n');

  it.each(lines)('%s', async (line) => {
    expect(line).toMatch(/^redis-(cli|benchmark) -p 6379 /);
    const { stdout, stderr } = await run('sh', ['-c', line.replace('6379', `${portOf('hotset')}`)], LIMIT);
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/ERR|error/i);
    expect(stdout.length).toBeGreaterThan(0);
  });
});

describe('redis-cli', () => {
  const sessions = blocksWhere(({ text }) => text.startsWith(PROMPT));

  it('there are some', () => expect(sessions.length).toBeGreaterThan(0));

  it.each(sessions)('%s', async (session) => {
    const lines = session.split('\n');
    const typed = lines.filter((line) => line.startsWith(PROMPT)).map((line) => line.slice(PROMPT.length));
    const printed = lines.filter((line) => !line.startsWith(PROMPT));
    const { output } = await redisCli('hotset', ['--no-raw'], `${typed.join('\n')}\n`);
    expect(output.trimEnd().split('\n')).toEqual(printed);
  });
});

describe('JavaScript', () => {
  it.each(blocksWhere(({ language }) => language === 'js'))('%s', async (script) => {
    // In the checkout, so that it finds the client library.
    const file = fileURLToPath(new URL(`readme-${process.pid}.mjs`, import.meta.url));
    const expected = script.split('\n').flatMap((line) => /\/\/ prints (.*)$/.exec(line)?.[1] ?? []);
    expect(expected.length).toBeGreaterThan(0);
    writeFileSync(file, script.replaceAll('6379', `${portOf('hotset')}`));
    try {
      const { stdout } = await run(process.execPath, [file], LIMIT);
      expect(stdout.trimEnd().split('\n')).toEqual(expected);
    } finally {
      rmSync(file);
    }
  });
});
