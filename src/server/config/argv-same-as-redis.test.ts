/** Command lines and files mean what they mean to a real redis-server, or are refused with the same message. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCommandLine } from './argv.ts';
import { Config } from './config.ts';
import { ConfigError, loadConfig } from './file.ts';
import {
  DIRECTIVES,
  directoryAt,
  inDirectory,
  newDirectory,
  ours,
  removeDirectories,
  startPeer,
  VERSION,
  valuesIn,
  valuesOf,
} from './same-as-redis.suite.ts';

afterAll(removeDirectories);

/** Command lines that start a server. */
const COMMAND_LINES: readonly (readonly string[])[] = [
  ['--maxmemory', '100mb', '--save', '', '--appendonly', 'no'],
  ['--maxmemory 700mb', '--maxmemory-policy volatile-lru'],
  ['base.conf', 'loglevel', 'verbose', "--maxmemory '700mb'", "--maxmemory-policy 'volatile-lru'"],
  ['base.conf', '--save', '100', '100'],
  ['base.conf', '--save', ''],
  ['base.conf', '--save', '--loglevel', 'verbose'],
  ['base.conf', '--loglevel', 'verbose', '--save'],
  ['base.conf', '--proc-title-template', '--save', '--save', '', '--loglevel', 'verbose'],
  ['--proc-title-template', '--my--title', '--loglevel', 'verbose'],
  ['--proc-title-template --my--title', '--loglevel verbose'],
  ['--shutdown-on-sigint', 'nosave', 'force', 'now', '--shutdown-on-sigterm', 'nosave force'],
  ['--save', '3600 1 300 100'],
  ['--client-output-buffer-limit', 'normal', '1', '2', '3'],
  ['--slowlog-log-slower-than', '-1', '--list-max-listpack-size', '-3'],
  ['--REQUIREPASS', 'p"w\\\n \x01'],
  ['--unixsocketperm', '', '--hz', '1000'],
  ['quotes.conf'],
  ['includes.conf', '--timeout', '9'],
  ['included-later.conf'],
];

/** Command lines that cannot be used. */
const BAD_COMMAND_LINES: readonly (readonly string[])[] = [
  ['--port'],
  ['--port', '6380', '--loglevel'],
  ['--port', '6379', '6380'],
  ['--port', '--loglevel', 'verbose'],
  ['--port', '--bla', '--loglevel', 'verbose'],
  ['--loglevel', '--bla'],
  ['--shutdown-on-sigint'],
  ['--shutdown-on-sigint', 'now force', '--shutdown-on-sigterm'],
  ['--replicaof', '127.0.0.1', 'abc'],
  ['--replicaof', '--127.0.0.1', 'abc'],
  ['--replicaof', '--127.0.0.1', '--abc'],
  ['--port=7000'],
  ['--nosuch', '1'],
  ['--', 'x'],
  ['-x', 'y'],
  ['--maxmemory', '1tb'],
  ['--unixsocketperm', '8'],
  ['--unixsocketperm', '1000'],
  ['--save', '1'],
  ['--databases', '0'],
  ['--appendfilename', ''],
  ['--appendfilename', 'a/b'],
  ['--appenddirname', ''],
  ['--appenddirname', 'a/b'],
  ['--syslog-facility', 'x'],
  ['--enable-debug-command', 'x'],
  ['--supervised', 'x'],
  ['--dir', '/missing'],
  ['--logfile', '/missing/log'],
  ['--cluster-enabled', 'yes', '--replicaof', '127.0.0.1', '1'],
  ['--include'],
  ['--sentinel-x', '1'],
  ['--foo.bar'],
  ['--rename-command', 'x'],
  ['--requirepass "a'],
  ['unbalanced.conf'],
  ['bad-name.conf'],
  ['bad-include.conf'],
  ['sentinel.conf'],
];

const FILES: Record<string, string> = {
  'base.conf': 'save 900 1\nloglevel warning\n',
  'quotes.conf':
    `# c\n\t requirepass  "a\\x41 \\n\\"b"\t\r\n'masterauth' 'it\\'s "x" \\n'\n   \nmasteruser\tx\n"timeout" 5\n''\n`.replace(
      "''\n",
      '',
    ),
  'includes.conf': 'timeout 1\ninclude sub/*.conf\ninclude sub/none-*.conf\ninclude more.conf\n',
  'sub/b.conf': 'hz 20\ntimeout 2\nsave 3 3\n',
  'sub/a.conf': 'hz 30\nsave 1 1\n',
  'sub/.hidden.conf': 'hz 40\n',
  'more.conf': 'include sub/[a-b].conf\nmaxmemory 1mb\n',
  'included-later.conf': 'include base.conf\nsave ""\nsave 7 7\nloglevel debug\n',
  'unbalanced.conf': 'hz 10\n\n  requirepass "abc  \n',
  'bad-name.conf': '# one\n  No-Such  x # y \t\n',
  'bad-include.conf': 'include bad-name.conf\n',
  'sentinel.conf': 'sentinel monitor x 127.0.0.1 1 1\n',
};

describe('the command line and files', () => {
  let cwd: string;

  beforeAll(() => {
    cwd = newDirectory();
    mkdirSync(join(cwd, 'sub'));
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(cwd, name), content);
  });

  test.each(COMMAND_LINES.map((args) => [JSON.stringify(args), args] as const))('%s', async (_, args) => {
    const config = ours(cwd, args);
    const peer = await startPeer(cwd, args, config.text('requirepass'));
    try {
      expect(valuesIn(config)).toEqual(await valuesOf(peer));
    } finally {
      await peer.stop();
    }
  });

  test.each(BAD_COMMAND_LINES.map((args) => [JSON.stringify(args), args] as const))('refused: %s', (_, args) => {
    const peer = spawnSync('redis-server', [...args], { cwd, timeout: 5000, encoding: 'utf8' });
    expect(peer.status).toBe(1);
    const expected = peer.stderr.trim();
    const command = parseCommandLine(args);
    if (command.kind !== 'serve') throw new Error(command.kind);
    const config = new Config(directoryAt(cwd));
    const source = command.file === undefined ? {} : { file: join(cwd, command.file) };
    const load = (): void =>
      inDirectory(cwd, () => loadConfig({ ...source, text: command.text }, config, DIRECTIVES, VERSION));
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(new ConfigError(expected));
  });
});
