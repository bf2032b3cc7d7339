/**
 * Configuration compared with a real redis-server 7.0.15: the same defaults, the same replies to CONFIG SET and GET,
 * the same rewritten files, the same messages for command lines and files that cannot be used.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCommandLine } from './argv.ts';
import { encodeText } from './byte-text.ts';
import { Config } from './config.ts';
import { ConfigError, loadConfig } from './file.ts';
import type { WorkingDirectory } from './option.ts';
import { OPTIONS } from './options.ts';
import { configFileAt } from './replace-file.ts';
import { rewriteConfig } from './rewrite.ts';

const VERSION = '7.0.15';

/** Options whose value or existence differs, and why. */
const NEWER: Record<string, string> = {
  'set-max-listpack-entries': 'new in Redis 7.2',
  'set-max-listpack-value': 'new in Redis 7.2',
  'locale-collate': 'new in Redis 7.2',
  'cluster-announce-human-nodename': 'new in Redis 7.2',
};
const DIFFERENT: Record<string, string> = {
  maxclients: 'redis-server lowers it to what the limit on open files allows',
  'aof-disable-auto-gc': 'hidden since Redis 7.2',
};

let base: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'hotset-config-'));
});

afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

function newDirectory(): string {
  return mkdtempSync(join(base, 'run-'));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

interface Peer {
  /** The reply as text, or the error's. */
  config(...args: string[]): Promise<string | string[]>;
  stop(): Promise<void>;
}

/** Starts redis-server in `cwd`; `args` and the file they name must not set the port, the log or `bind`. */
async function startPeer(cwd: string, args: readonly string[], password = ''): Promise<Peer> {
  const port = await freePort();
  const server: ChildProcess = spawn('redis-server', [...args, '--port', String(port), '--bind', '127.0.0.1'], { cwd });
  const client = new Redis(port, '127.0.0.1', { password, retryStrategy: () => 20, maxRetriesPerRequest: 200 });
  client.on('error', () => {});
  return {
    async config(...words) {
      try {
        return (await client.call('config', ...words)) as string | string[];
      } catch (error) {
        return (error as Error).message;
      }
    },
    async stop() {
      client.disconnect();
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** A working directory that exists only here, so that tests leave the process's own alone. */
function directoryAt(path: string): WorkingDirectory {
  let current = path;
  return {
    change(to) {
      const target = to.startsWith('/') ? to : join(current, to);
      if (to === '' || to.includes('missing')) return 'No such file or directory';
      current = target.replace(/(.)\/+$/, '$1');
      return undefined;
    },
    current: () => encodeText(current),
  };
}

function ours(cwd: string, args: readonly string[]): Config {
  const command = parseCommandLine([...args, '--port', '1', '--bind', '127.0.0.1']);
  if (command.kind !== 'serve') throw new Error(`not a command line to serve: ${args}`);
  const config = new Config(directoryAt(cwd));
  const source = command.file === undefined ? {} : { file: join(cwd, command.file) };
  inDirectory(cwd, () => loadConfig({ ...source, text: command.text }, config, DIRECTIVES, VERSION));
  return config;
}

const DIRECTIVES = { renameCommand: () => undefined, user: () => undefined };

/** Runs with `cwd` as the process's working directory, where relative paths in files start. */
function inDirectory<T>(cwd: string, run: () => T): T {
  const before = process.cwd();
  process.chdir(cwd);
  try {
    return run();
  } finally {
    process.chdir(before);
  }
}

function pairs(flat: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) found[flat[i]] = flat[i + 1];
  return found;
}

/** All options but those that differ by nature. */
async function valuesOf(peer: Peer): Promise<Record<string, string>> {
  const values = pairs((await peer.config('get', '*')) as string[]);
  for (const name of ['port', ...Object.keys(DIFFERENT)]) delete values[name];
  return values;
}

function valuesIn(config: Config): Record<string, string> {
  const values = Object.fromEntries(config.match(['*']));
  for (const name of ['port', ...Object.keys(NEWER), ...Object.keys(DIFFERENT)]) delete values[name];
  return values;
}

describe('defaults', () => {
  test('CONFIG GET of everything', async () => {
    const cwd = newDirectory();
    const peer = await startPeer(cwd, []);
    try {
      expect(valuesIn(ours(cwd, []))).toEqual(await valuesOf(peer));
      const hidden = OPTIONS.filter((option) => option.hidden === true && !(option.name in DIFFERENT));
      const names = hidden.map((option) => option.name);
      expect(Object.fromEntries(ours(cwd, []).match(names))).toEqual(
        pairs((await peer.config('get', ...names)) as string[]),
      );
    } finally {
      await peer.stop();
    }
  });
});

/** CONFIG SET commands that both answer alike. Values that make redis-server change its sockets are not among them. */
const SETS: readonly (readonly string[])[] = [
  ['maxmemory', '100'],
  ['MaxMemory', '1b'],
  ['maxmemory', '2K'],
  ['maxmemory', '2kb'],
  ['maxmemory', '3m'],
  ['maxmemory', '3MB'],
  ['maxmemory', '4g'],
  ['maxmemory', '4gb'],
  ['maxmemory', ''],
  ['maxmemory', 'mb'],
  ['maxmemory', '18446744073709551615'],
  ['maxmemory', '18446744073709551616'],
  ['maxmemory', '0'],
  ['maxmemory', '-1'],
  ['maxmemory', '1 mb'],
  ['maxmemory', '1tb'],
  ['maxmemory', '1.5gb'],
  ['maxmemory', '5%'],
  ['maxmemory-clients', '5%'],
  ['maxmemory-clients', '0%'],
  ['maxmemory-clients', '100%'],
  ['maxmemory-clients', '101%'],
  ['maxmemory-clients', '-5%'],
  ['maxmemory-clients', '%'],
  ['maxmemory-clients', '1mb'],
  ['maxmemory-clients', 'x'],
  ['maxmemory-clients', '0'],
  ['proto-max-bulk-len', '1mb'],
  ['proto-max-bulk-len', '1k'],
  ['proto-max-bulk-len', '9223372036854775808'],
  ['proto-max-bulk-len', '512mb'],
  ['client-query-buffer-limit', '1k'],
  ['repl-backlog-size', '0'],
  ['repl-backlog-size', '9223372036854775808'],
  ['hash-max-listpack-value', '-1'],
  ['hash-max-listpack-value', '1kb'],
  ['hash-max-ziplist-value', '65'],
  ['hash-max-listpack-entries', '1kb'],
  ['hash-max-listpack-entries', '-1'],
  ['hash-max-ziplist-entries', '7'],
  ['hash-max-listpack-entries', '8', 'hash-max-ziplist-entries', '9'],
  ['list-max-ziplist-size', '-5'],
  ['list-max-listpack-size', '-2147483649'],
  ['list-compress-depth', '-1'],
  ['timeout', '10'],
  ['timeout', ' 10'],
  ['timeout', '+10'],
  ['timeout', '010'],
  ['timeout', '-0'],
  ['timeout', '1.5'],
  ['timeout', ''],
  ['timeout', '-1'],
  ['timeout', '2147483648'],
  ['timeout', '9223372036854775808'],
  ['timeout', '18446744073709551616'],
  ['timeout', '99999999999999999999999'],
  ['hz', '0'],
  ['hz', '1000'],
  ['hz', '-1'],
  ['hz', '10'],
  ['maxclients', '0'],
  ['maxclients', '4294967296'],
  ['port', '70000'],
  ['port', '-1'],
  ['slowlog-max-len', '-1'],
  ['slowlog-log-slower-than', '-1'],
  ['slowlog-log-slower-than', '-2'],
  ['active-expire-effort', '11'],
  ['active-defrag-cycle-min', '100'],
  ['watchdog-period', '-1'],
  ['loading-process-events-interval-bytes', '1'],
  ['appendonly', 'maybe'],
  ['rdbcompression', 'NO'],
  ['rdbcompression', ''],
  ['rdbcompression', 'yes '],
  ['activedefrag', 'no'],
  ['activedefrag', 'yes'],
  ['activedefrag', 'maybe'],
  ['maxmemory-policy', 'AllKeys-LRU'],
  ['maxmemory-policy', 'lru'],
  ['maxmemory-policy', ''],
  ['loglevel', 'loud'],
  ['appendfsync', 'sometimes'],
  ['repl-diskless-load', 'x'],
  ['sanitize-dump-payload', 'x'],
  ['acl-pubsub-default', 'x'],
  ['acl-pubsub-default', 'allchannels'],
  ['cluster-preferred-endpoint-type', 'x'],
  ['propagation-error-behavior', 'x'],
  ['oom-score-adj', 'x'],
  ['tls-auth-clients', 'x'],
  ['shutdown-on-sigint', 'now force nosave'],
  ['shutdown-on-sigint', 'save nosave'],
  ['shutdown-on-sigint', 'default save'],
  ['shutdown-on-sigint', 'now  force'],
  ['shutdown-on-sigint', 'later'],
  ['shutdown-on-sigint', ''],
  ['shutdown-on-sigterm', 'DEFAULT'],
  ['masteruser', 'm\xe9'],
  ['masterauth', 'a b"c'],
  ['masterauth', ''],
  ['bind-source-addr', '127.0.0.1'],
  ['ignore-warnings', 'ARM64-COW-BUG'],
  ['ignore-warnings', ''],
  ['cluster-announce-hostname', 'a.b-C1'],
  ['cluster-announce-hostname', 'a_b'],
  ['cluster-announce-hostname', 'a'.repeat(255)],
  ['cluster-announce-hostname', 'a'.repeat(256)],
  ['proc-title-template', 'x {port} {{'],
  ['proc-title-template', '{title}'],
  ['proc-title-template', '{server-mode}  '],
  ['proc-title-template', '{x}'],
  ['proc-title-template', '{port'],
  ['proc-title-template', '{'],
  ['proc-title-template', ''],
  ['dbfilename', 'a/b'],
  ['dbfilename', 'a\\b'],
  ['dbfilename', 'x.rdb'],
  ['dbfilename', ''],
  ['dir', ''],
  ['dir', '/missing/directory'],
  ['dir', '/'],
  ['save', '900 1 300 10'],
  ['save', '900'],
  ['save', '900 -1'],
  ['save', '0 1'],
  ['save', '900 x'],
  ['save', '900  1'],
  ['save', '900 1 '],
  ['save', '+900 01'],
  ['save', ''],
  ['client-output-buffer-limit', 'normal 1 2 3'],
  ['client-output-buffer-limit', 'replica 1k 2kb 3 pubsub 1mb 1gb 0'],
  ['client-output-buffer-limit', 'SLAVE 1 1 1'],
  ['client-output-buffer-limit', 'slave 1 1'],
  ['client-output-buffer-limit', 'master 1 1 1'],
  ['client-output-buffer-limit', 'x 1 1 1'],
  ['client-output-buffer-limit', 'normal -1 1 1'],
  ['client-output-buffer-limit', 'normal 1 x 1'],
  ['client-output-buffer-limit', 'normal 1 1 -1'],
  ['client-output-buffer-limit', 'normal 1 1 1x'],
  ['client-output-buffer-limit', 'normal 5 5 5 pubsub 1 1 x'],
  ['client-output-buffer-limit', ''],
  ['oom-score-adj-values', '1 2 3'],
  ['oom-score-adj-values', '1 2'],
  ['oom-score-adj-values', '1 2 2001'],
  ['oom-score-adj-values', '1 2 x'],
  ['oom-score-adj-values', '-2000 +2000 08'],
  ['latency-tracking-info-percentiles', '50 99.99 0 100 1e1 .5 5.'],
  ['latency-tracking-info-percentiles', '100.1'],
  ['latency-tracking-info-percentiles', '-1'],
  ['latency-tracking-info-percentiles', 'inf'],
  ['latency-tracking-info-percentiles', 'nan'],
  ['latency-tracking-info-percentiles', '50 x'],
  ['latency-tracking-info-percentiles', '50  99'],
  ['latency-tracking-info-percentiles', ''],
  ['notify-keyspace-events', 'KEA'],
  ['notify-keyspace-events', 'KEAmn'],
  ['notify-keyspace-events', 'g$lshzxetdK'],
  ['notify-keyspace-events', 'mnEx$'],
  ['notify-keyspace-events', 'q'],
  ['notify-keyspace-events', ''],
  ['bind', '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17'],
  ['databases', '10'],
  ['daemonize', 'yes'],
  ['unixsocketperm', '700'],
  ['replicaof', '127.0.0.1 1'],
  ['slaveof', '127.0.0.1 1'],
  ['enable-protected-configs', 'no'],
  ['nosuch', '1'],
  ['', '1'],
  ['__proto__', '1'],
  ['maxmemory', '1', 'MAXMEMORY', '2'],
  ['maxmemory', '1', 'nosuch', '2'],
  ['nosuch', '1', 'maxmemory', 'x'],
  ['maxmemory', 'x', 'daemonize', 'yes'],
  ['daemonize', 'yes', 'maxmemory', 'x'],
  ['maxmemory', '11', 'hz', '11', 'timeout', 'x'],
  ['maxmemory', '11', 'save', '11 11', 'dir', '/missing'],
  ['dir', '/tmp', 'maxmemory', 'x'],
  ['maxmemory', '12', 'hz', '12', 'save', '12 12', 'lua-time-limit', '12'],
];

const GETS: readonly (readonly string[])[] = [
  ['maxmemory'],
  ['MAXmemory'],
  ['maxmemory', 'MAXMEMORY', 'maxm*'],
  ['maxmemory*', 'bind', '*of', 'MAXMEMORY'],
  ['slave*', 'nosuch', ''],
  ['[hH]z', 'H?'],
  ['hz\\', 'h\\z'],
  ['*-listpack-*', '*-ziplist-*'],
  ['key-load-delay', 'key-load-*'],
  ['tls-[^cs]*'],
];

describe('a running server', () => {
  let peer: Peer;
  let config: Config;

  beforeAll(async () => {
    const cwd = newDirectory();
    const args = ['--enable-protected-configs', 'yes'];
    peer = await startPeer(cwd, args);
    config = ours(cwd, args);
  });

  afterAll(() => peer.stop());

  const asker = { local: true, loading: false };
  const newer = Object.keys(NEWER);
  const different = Object.keys(DIFFERENT);

  test.each(SETS.map((words) => [words.join(' ').slice(0, 80), words] as const))('CONFIG SET %s', async (_, words) => {
    const expected = await peer.config('set', ...words.map((word) => Buffer.from(word, 'utf8').toString('utf8')));
    const set = Object.entries(words).flatMap(([i, name]) =>
      Number(i) % 2 === 0 ? [[name, encodeText(words[Number(i) + 1])] as const] : [],
    );
    expect(config.set(set, asker) ?? 'OK').toBe(expected);
    for (const [name] of set) {
      const [, shown] = (await peer.config('get', name)) as string[];
      const value = config.get(name);
      if (!different.includes(name) && name !== 'port') expect(value).toBe(shown && encodeText(shown));
    }
  });

  test.each(GETS.map((patterns) => [patterns.join(' '), patterns] as const))('CONFIG GET %s', async (_, patterns) => {
    const expected = pairs((await peer.config('get', ...patterns)) as string[]);
    const found = config.match(patterns).filter(([name]) => !newer.includes(name));
    expect(Object.keys(Object.fromEntries(found))).toHaveLength(found.length);
    expect(found.map(([name]) => name).sort()).toEqual(Object.keys(expected).sort());
  });
});

/** Files, what is set after they are read, and what CONFIG REWRITE makes of them. */
const REWRITES: Record<string, { file: string; sets?: readonly string[] }> = {
  'an empty file': { file: '' },
  'an empty file and changes': {
    file: '',
    sets: ['maxmemory', '10mb', 'save', '', 'hz', '20', 'notify-keyspace-events', 'KEA'],
  },
  'comments, order and blank lines': {
    file: '# first\n\n\n\nmaxmemory 1mb\n   # indented\n\n\nhz   10\r\n# last',
    sets: ['maxmemory', '100kb', 'timeout', '5'],
  },
  'a file that ends in blank lines': { file: 'hz 20\n\n\n' },
  'values in their places': {
    file: 'appendonly no\nloglevel "notice"\ntimeout 0\nrequirepass "a b"\nslowlog-max-len 64\n',
    sets: ['loglevel', 'warning', 'requirepass', 'q"\\\n\x01\x7f\xe9', 'slowlog-max-len', '128'],
  },
  'several lines of one option': {
    file: 'hz 10\nhz 20\nhz 30\nsave 900 1\nsave 300 10\nsave 60 10000\ntimeout 1\n',
    sets: ['save', '5 5'],
  },
  'more lines than places': { file: 'save 900 1\n', sets: ['save', '1 1 2 2 3 3'] },
  'no save points': { file: 'save 900 1\nsave 300 10\n', sets: ['save', ''] },
  'output limits': {
    file: 'client-output-buffer-limit pubsub 1mb 1mb 1\nclient-output-buffer-limit normal 0 0 0\n',
    sets: ['client-output-buffer-limit', 'replica 1000 2048 5 normal 1gb 3 0'],
  },
  aliases: {
    file: 'slave-priority 5\nhash-max-ziplist-entries 20\nhash-max-listpack-entries 21\nlua-time-limit 7\n',
    sets: ['hash-max-listpack-entries', '100'],
  },
  'text that becomes absent': {
    file: 'requirepass secret\nmasterauth secret\nmasteruser ""\nsyslog-ident ""\n',
    sets: ['requirepass', ''],
  },
  'values of all kinds': {
    file: '',
    sets: [
      'maxmemory-clients',
      '5%',
      'oom-score-adj-values',
      '1 2 3',
      'latency-tracking-info-percentiles',
      '50 99.999',
      'shutdown-on-sigint',
      'now nosave',
      'maxmemory-policy',
      'allkeys-lfu',
      'active-defrag-ignore-bytes',
      '1500',
      'replica-announce-ip',
      '10.0.0.1',
      'ignore-warnings',
      '',
      'dbfilename',
      'x y.rdb',
    ],
  },
  'lines that are not understood': {
    file: '# ??? x\nLIST-max-ziplist-entries 5\nlua-replicate-commands yes\nrename-command FLUSHDB badger\nMAXMEMORY 1mb\n',
    sets: ['maxmemory', '2mb'],
  },
  'includes stay': { file: 'include other.conf\nhz 30\n' },
  'after an earlier rewrite': {
    file: 'hz 30\n# Generated by CONFIG REWRITE\nsave 1 1\ntimeout 3\n',
    sets: ['maxmemory', '5mb'],
  },
};

/** The places of the file, and what was appended, whose order is by chance in redis-server. */
function parts(content: string): { kept: string; appended: string[] } {
  // Users are not written before there are any; the addresses are the test's own.
  const text = content.replace(/^user default .*\n/gm, '').replace(/^port .*\n/gm, '');
  const [kept, appended = ''] = text.split('# Generated by CONFIG REWRITE\n');
  return { kept, appended: appended.split('\n').sort() };
}

describe('CONFIG REWRITE', () => {
  test.each(Object.entries(REWRITES))('%s', async (_, { file, sets = [] }) => {
    const args = ['redis.conf', '--enable-protected-configs', 'yes'];
    const cwd = newDirectory();
    const path = join(cwd, 'redis.conf');
    writeFileSync(join(cwd, 'other.conf'), 'timeout 77\n');
    writeFileSync(path, file);
    const config = ours(cwd, args);
    const peer = await startPeer(cwd, args, config.text('requirepass'));
    let expected: string;
    try {
      if (sets.length > 0) expect(await peer.config('set', ...sets)).toBe('OK');
      expect(await peer.config('rewrite')).toBe('OK');
      expected = readFileSync(path, 'latin1');
    } finally {
      await peer.stop();
    }
    const set = pairs(sets.map(encodeText));
    expect(config.set(Object.entries(set), { local: true, loading: false })).toBeUndefined();
    writeFileSync(path, file);
    rewriteConfig(configFileAt(path), config);
    expect(parts(readFileSync(path, 'latin1'))).toEqual(parts(expected));
  });

  test('forced: everything is written, and read again as the same', () => {
    const cwd = newDirectory();
    const config = ours(cwd, ['--requirepass', 'p w', '--notify-keyspace-events', 'KAn']);
    const path = join(cwd, 'redis.conf');
    rewriteConfig(configFileAt(path), config, { force: true });
    const text = readFileSync(path, 'latin1');
    expect(text).toContain('\ntimeout 0\n');
    const again = ours(cwd, ['redis.conf']);
    expect(valuesIn(again)).toEqual(valuesIn(config));
    expect(again.value('notify-keyspace-events')).toBe(config.value('notify-keyspace-events'));
  });
});

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
