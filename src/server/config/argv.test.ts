import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './argv.ts';

function served(...args: string[]): { file?: string; stdin: boolean; text: string } {
  const { kind, ...rest } = parseCommandLine(args) as { kind: string; stdin: boolean; text: string };
  expect(kind).toBe('serve');
  return rest;
}

describe('what is not serving', () => {
  test.each([
    [['-v'], 'version'],
    [['--version', 'x'], 'version'],
    [['-h'], 'help'],
    [['--help'], 'help'],
    [['--test-memory'], 'error'],
    [['--test-memory', '100'], 'error'],
    [['--check-system'], 'error'],
    [['--sentinel'], 'error'],
    [['sentinel.conf', '--sentinel'], 'error'],
  ])('%j', (args, kind) => {
    expect(parseCommandLine(args).kind).toBe(kind);
  });

  test('only the first argument can ask for the version', () => {
    expect(served('--port', '1', '--version').text).toBe('port "1" \nversion ');
  });
});

describe('lines made of options', () => {
  test.each<[string[], string]>([
    [[], ''],
    [['--port', '7000'], 'port "7000" '],
    [['--bind', '127.0.0.1', '::1', '--port', '0'], 'bind "127.0.0.1" "::1" \nport "0" '],
    [['--bind', '-::1', '*'], 'bind "-::1" "*" '],
    [['--slowlog-log-slower-than', '-1'], 'slowlog-log-slower-than "-1" '],
    [['--save'], 'save ""'],
    [['--save', ''], 'save "" '],
    [['--SAVE', '--port', '1'], 'SAVE ""\nport "1" '],
    [['--save', '900', '1'], 'save "900" "1" '],
    [['--logfile', '--port', '--port', '1'], 'logfile "--port" \nport "1" '],
    [['--port 1', '--hz 2'], 'port 1 \nhz 2 '],
    [['--port=1'], 'port=1 '],
    [['--requirepass', 'a"b\\\n é'], 'requirepass "a\\"b\\\\\\n \\xc3\\xa9" '],
    [['--', 'x', '--port'], ' "x" \nport '],
  ])('%j', (args, text) => {
    expect(served(...args)).toEqual({ stdin: false, text });
  });
});

describe('the file and standard input', () => {
  test.each<[string[], object]>([
    [['redis.conf'], { file: 'redis.conf', stdin: false, text: '' }],
    [['redis.conf', '--port', '1'], { file: 'redis.conf', stdin: false, text: 'port "1" ' }],
    [['-'], { stdin: true, text: '' }],
    [['-', '--port', '1'], { stdin: true, text: 'port "1" ' }],
    [['--port', '1', '-'], { stdin: true, text: 'port "1" ' }],
    [['redis.conf', '-'], { file: 'redis.conf', stdin: true, text: '' }],
    [['redis.conf', '--port', '-', '1'], { file: 'redis.conf', stdin: false, text: 'port "-" "1" ' }],
    [['redis.conf', 'loglevel', 'debug'], { file: 'redis.conf', stdin: false, text: '"loglevel" "debug" ' }],
    [['-x'], { stdin: false, text: '"-x" ' }],
    [[''], { file: '', stdin: false, text: '' }],
  ])('%j', (args, expected) => {
    expect(served(...args)).toEqual(expected);
  });
});
