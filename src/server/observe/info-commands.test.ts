import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RawClient, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer;
let client: RawClient;

beforeEach(async () => {
  server = await startTestServer({ 'enable-debug-command': 'yes' });
  client = await RawClient.connect(server.port);
});
afterEach(async () => {
  client.close();
  await server.stop();
});

async function info(...sections: string[]): Promise<string> {
  return textOf(await client.ask('INFO', ...sections));
}

/** The value of a field. */
async function field(name: string, section = 'everything'): Promise<string> {
  const line = (await info(section)).split('\r\n').find((candidate) => candidate.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`INFO has no ${name}`);
  return line.slice(name.length + 1);
}

const titles = (text: string): string[] => [...text.matchAll(/^# (.*)\r$/gm)].map(([, title]) => title);

describe('sections', () => {
  const standard = [
    ...['Server', 'Clients', 'Memory', 'Persistence', 'Stats', 'Replication', 'CPU', 'Modules', 'Errorstats'],
    ...['Cluster', 'Keyspace'],
  ];

  test('plain INFO and default show the same, all and everything more', async () => {
    expect(titles(await info())).toEqual(standard);
    expect(titles(await info('default'))).toEqual(standard);
    const all = standard.toSpliced(8, 0, 'Commandstats').toSpliced(10, 0, 'Latencystats');
    expect(titles(await info('all'))).toEqual(all);
    expect(titles(await info('EVERYTHING'))).toEqual(all);
  });

  test('several are shown once each, in their own order; unknown ones are nothing', async () => {
    expect(titles(await info('keyspace', 'CPU', 'nosuch', 'cpu'))).toEqual(['CPU', 'Keyspace']);
    expect(titles(await info('commandstats', 'default'))).toEqual(standard.toSpliced(8, 0, 'Commandstats'));
    expect(await info('nosuch')).toBe('');
    expect(await info('cluster')).toBe('# Cluster\r\ncluster_enabled:0\r\n');
    expect(await info('cluster', 'modules')).toBe('# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n');
  });

  test('RESP3 gets a verbatim string', async () => {
    await client.ask('HELLO', 3);
    expect(await client.ask('INFO', 'cluster')).toBe('=34\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n\r\n');
  });

  test('every value is there', async () => {
    await client.ask('SET', 'k', 'v', 'EX', 100);
    expect(await info('everything')).not.toMatch(/undefined|NaN|null|Infinity|\[object/);
  });
});

describe('server', () => {
  test('names the process', async () => {
    expect(await field('process_id')).toBe(String(process.pid));
    expect(await field('run_id')).toMatch(/^[0-9a-f]{40}$/);
    expect(await field('tcp_port')).toBe(String(server.port));
    expect(await field('redis_version')).toBe('7.2.4');
    expect(await field('server_name')).toBe('hotset');
    await client.ask('CONFIG', 'SET', 'hz', 50);
    expect(await field('hz')).toBe('50');
  });
});

describe('memory', () => {
  test('used memory is what maxmemory is compared with', async () => {
    expect(Number(await field('used_memory'))).toBe(server.server.engine.evictor.usedBytes);
    await client.ask('SET', 'big', 'x'.repeat(1_000_000));
    const used = Number(await field('used_memory'));
    expect(used).toBe(server.server.engine.evictor.usedBytes);
    expect(used).toBeGreaterThan(1_000_000);
    await client.ask('CONFIG', 'SET', 'maxmemory', used + 1000);
    expect(await client.ask('SET', 'another', 'x')).toBe('+OK\r\n');
    await client.ask('CONFIG', 'SET', 'maxmemory', used - 1000);
    expect(await client.ask('SET', 'another', 'x')).toMatch(/^-OOM/);
  });

  test('parts add up, the peak remains', async () => {
    await client.ask('SET', 'big', 'x'.repeat(1_000_000));
    const { used, overhead, dataset } = server.server.memory.report();
    expect(await field('used_memory_dataset')).toBe(String(dataset));
    expect(overhead + dataset).toBe(used);
    expect(dataset).toBeGreaterThan(1_000_000);
    await client.ask('FLUSHALL');
    expect(Number(await field('used_memory'))).toBeLessThan(used - 1_000_000);
    expect(Number(await field('used_memory_peak'))).toBeGreaterThanOrEqual(used);
    expect(Number(await field('used_memory_rss'))).toBeGreaterThan(10_000_000);
  });
});

describe('statistics', () => {
  test('commands, errors, hits and misses are counted and reset', async () => {
    await client.ask('CONFIG', 'RESETSTAT');
    await client.ask('SET', 'k', 'v');
    await client.ask('GET', 'k');
    await client.ask('GET', 'nothing');
    await client.ask('INCR', 'k');
    await client.ask('SET', 'k');
    await client.ask('NOSUCH');
    expect(await field('keyspace_hits')).toBe('1');
    expect(await field('keyspace_misses')).toBe('1');
    expect(await field('total_error_replies')).toBe('3');
    expect(await field('errorstat_ERR')).toBe('count=3');
    expect(await field('cmdstat_get')).toMatch(
      /^calls=2,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=0,failed_calls=0$/,
    );
    expect(await field('cmdstat_set')).toMatch(/^calls=1,.*,rejected_calls=1,failed_calls=0$/);
    expect(await field('cmdstat_incr')).toMatch(/^calls=1,.*,rejected_calls=0,failed_calls=1$/);
    expect(await field('latency_percentiles_usec_get')).toMatch(/^p50=\d+\.\d{3},p99=\d+\.\d{3},p99\.9=\d+\.\d{3}$/);
    await client.ask('CONFIG', 'RESETSTAT');
    expect(await field('keyspace_hits')).toBe('0');
    expect(await field('total_error_replies')).toBe('0');
    expect(await info('errorstats')).toBe('# Errorstats\r\n');
    expect(await info('commandstats')).not.toContain('cmdstat_get');
  });

  test('errors are counted by their first word, whatever a script makes of it', async () => {
    await client.ask('CONFIG', 'RESETSTAT');
    for (const text of [
      'MY x',
      'alone',
      '',
      'x\\r\\nother:y',
      'a:b#c d',
      `${'L'.repeat(31)} x`,
      `${'M'.repeat(30)} x`,
    ]) {
      await client.ask('EVAL', `return {err = '${text}'}`, 0);
    }
    expect(await info('errorstats')).toBe(
      `# Errorstats\r\nerrorstat_ERR:count=3\r\nerrorstat_${'M'.repeat(30)}:count=1\r\nerrorstat_MY:count=1\r\n` +
        'errorstat_a_b_c:count=1\r\nerrorstat_x:count=1\r\n',
    );
  });

  test('CONFIG RESETSTAT counts itself, and connections anew', async () => {
    expect(await field('total_connections_received')).toBe('1');
    await client.ask('CONFIG', 'RESETSTAT');
    expect(await field('total_connections_received')).toBe('0');
    expect(await field('connected_clients')).toBe('1');
    expect(await field('cmdstat_config|resetstat')).toMatch(/^calls=1,/);
    expect(Number(await field('total_net_input_bytes'))).toBeLessThan(1000);
  });

  test('rates follow the traffic', async () => {
    const end = Date.now() + 600;
    while (Date.now() < end) await client.ask('SET', 'k', 'x'.repeat(1000));
    expect(Number(await field('instantaneous_ops_per_sec'))).toBeGreaterThan(10);
    expect(Number(await field('instantaneous_input_kbps'))).toBeGreaterThan(1);
  });

  test('percentiles are those that are configured', async () => {
    await client.ask('GET', 'k');
    await client.ask('CONFIG', 'SET', 'latency-tracking-info-percentiles', '0 50 100');
    expect(await field('latency_percentiles_usec_get')).toMatch(/^p0=[\d.]+,p50=[\d.]+,p100=[\d.]+$/);
    await client.ask('CONFIG', 'SET', 'latency-tracking', 'no');
    await client.ask('CONFIG', 'RESETSTAT');
    await client.ask('GET', 'k');
    expect(await info('latencystats')).toBe('# Latencystats\r\n');
  });
});

describe('keyspace', () => {
  test('counts keys, deadlines and what is left of them', async () => {
    await client.ask('SET', 'a', '1');
    await client.ask('SET', 'b', '1', 'PX', 100_000);
    await client.ask('SET', 'c', '1', 'PX', 300_000);
    const [, ttl] = /^keys=3,expires=2,avg_ttl=(\d+)$/.exec(await field('db0')) ?? [];
    expect(Number(ttl)).toBeGreaterThan(190_000);
    expect(Number(ttl)).toBeLessThanOrEqual(200_000);
    await client.ask('SELECT', 5);
    await client.ask('SET', 'a', '1');
    expect(await field('db5')).toBe('keys=1,expires=0,avg_ttl=0');
  });

  test('expired keys leave by themselves', async () => {
    await client.ask('SET', 'a', '1', 'PX', 20);
    await sleep(300);
    expect(await field('expired_keys')).toBe('1');
    expect(await info('keyspace')).toBe('# Keyspace\r\n');
  });
});
