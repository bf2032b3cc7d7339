/** CONFIG GET and CONFIG SET answer as a real redis-server does: defaults, values, names, error texts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeText } from './byte-text.ts';
import type { Config } from './config.ts';
import { OPTIONS } from './options.ts';
import {
  DIFFERENT,
  NEWER,
  newDirectory,
  ours,
  type Peer,
  pairs,
  removeDirectories,
  startPeer,
  valuesIn,
  valuesOf,
} from './same-as-redis.suite.ts';

afterAll(removeDirectories);

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
