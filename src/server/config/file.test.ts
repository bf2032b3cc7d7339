import { describe, expect, test } from 'vitest';
import { Config } from './config.ts';
import type { ConfigFiles, ConfigSource } from './file.ts';
import { ConfigError, loadConfig } from './file.ts';

const directory = { change: () => undefined, current: () => '/' };

function fakeFiles(contents: Record<string, string>): ConfigFiles {
  return {
    read(path) {
      const content = contents[path];
      if (content === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      return Buffer.from(content);
    },
    expand: (pattern) =>
      Object.keys(contents)
        .filter((path) => path.startsWith(pattern.slice(0, -1)))
        .sort(),
    probeAppend(path) {
      if (path === '/denied') throw Object.assign(new Error('no'), { code: 'EACCES' });
    },
  };
}

function load(
  source: Partial<ConfigSource>,
  contents: Record<string, string> = {},
): { config: Config; told: string[] } {
  const config = new Config(directory);
  const told: string[] = [];
  const directives = {
    renameCommand(from: string, to: string) {
      told.push(`${from} > ${to}`);
      return from === 'nosuch' ? 'No such command in rename-command' : undefined;
    },
    user(words: readonly string[]) {
      told.push(words.join(' '));
      return words[1] === 'bad' ? "Error in user declaration 'bad': Syntax error" : undefined;
    },
  };
  loadConfig({ text: '', ...source }, config, directives, '7.2.4', fakeFiles(contents));
  return { config, told };
}

function refusal(text: string, contents: Record<string, string> = {}): string {
  try {
    load({ text }, contents);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('sources', () => {
  test('the command line after standard input after the file', () => {
    const contents = { 'redis.conf': 'port 1\nhz 11\ntimeout 1' };
    const { config } = load(
      { file: 'redis.conf', stdin: Buffer.from('hz 12\ntimeout 2'), text: 'timeout "3" ' },
      contents,
    );
    expect(['port', 'hz', 'timeout'].map((name) => config.get(name))).toEqual(['1', '12', '3']);
  });

  test('a file that is not there', () => {
    expect(() => load({ file: 'none.conf' })).toThrow(
      new ConfigError("Fatal error, can't open config file 'none.conf': No such file or directory"),
    );
    expect(refusal('include none.conf')).toBe(
      "Fatal error, can't open config file 'none.conf': No such file or directory",
    );
  });

  test('bytes that are no UTF-8 survive', () => {
    const { config } = load({ stdin: Buffer.from('requirepass \xff\x80', 'latin1') });
    expect([...config.bytes('requirepass')]).toEqual([0xff, 0x80]);
  });
});

describe('directives that are no options', () => {
  test('are handed on', () => {
    const { told } = load({ text: 'rename-command FLUSHALL ""\nUSER alice on "+@all"\nuser bob' });
    expect(told).toEqual(['FLUSHALL > ', 'alice on +@all', 'bob']);
  });

  test.each([
    ['rename-command nosuch x', 'No such command in rename-command'],
    ['rename-command x', 'Bad directive or wrong number of arguments'],
    ['user alice bad', "Error in user declaration 'bad': Syntax error"],
    ['loadmodule x.so', 'modules cannot be loaded'],
    ['lua-replicate-commands', 'Bad directive or wrong number of arguments'],
    ['nosuch', 'Bad directive or wrong number of arguments'],
    ['__proto__ 1', 'Bad directive or wrong number of arguments'],
    ['"" 1', 'Bad directive or wrong number of arguments'],
    ['save "\'1 1"', 'Unbalanced quotes in configuration line'],
  ])('%s', (line, reason) => {
    expect(refusal(`\n# comment\n\t ${line}\t\r\nhz 10`)).toBe(
      '*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\n' +
        `Reading the configuration file, at line 4\n>>> '${line}'\n${reason}`,
    );
  });
});

describe('include', () => {
  test('is read where it stands', () => {
    const { config } = load({ text: 'hz 11\ninclude d/*\ntimeout 3' }, { 'd/a': 'hz 12\ntimeout 1', 'd/b': 'hz 13' });
    expect(['hz', 'timeout'].map((name) => config.get(name))).toEqual(['13', '3']);
  });

  test('a file that includes itself', () => {
    expect(refusal('include a', { a: '# self\ninclude b', b: 'include a' })).toMatch(
      /at line 1\n>>> 'include a'\ninclude is nested deeper than 16 files$/,
    );
  });

  test('files that include others twice', () => {
    const contents: Record<string, string> = { f15: 'hz 10' };
    for (let i = 0; i < 15; i++) contents[`f${i}`] = `include f${i + 1}\n`.repeat(2);
    expect(refusal('include f0', contents)).toMatch(/include reads more than 1000 files$/);
  });
});

test('what can only be judged at the end', () => {
  const start = '*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\n';
  expect(refusal('logfile /denied')).toBe(`${start}Can't open the log file: Permission denied`);
  expect(refusal('replicaof h 1\ncluster-enabled yes')).toBe(`${start}replicaof directive not allowed in cluster mode`);
});
