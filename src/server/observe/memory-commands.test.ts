import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawClient, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';
import { memoryDiagnosis } from './memory-doctor.ts';
import type { MemoryReport } from './memory-usage.ts';

let server: TestServer;
let client: RawClient;

beforeAll(async () => {
  server = await startTestServer();
  client = await RawClient.connect(server.port);
});
afterAll(async () => {
  client.close();
  await server.stop();
});

describe('USAGE', () => {
  async function usageOf(key: string): Promise<number> {
    return Number((await client.ask('MEMORY', 'USAGE', key)).slice(1));
  }

  test('all keys together take what the data and the index do', async () => {
    for (let i = 0; i < 200; i++) await client.ask('SET', `k${i}`, 'x'.repeat(i * 10));
    let sum = 0;
    for (let i = 0; i < 200; i++) sum += await usageOf(`k${i}`);
    const report = server.server.memory.report();
    const data = report.dataset + report.databases[0].mainBytes;
    expect(Math.abs(sum - data)).toBeLessThanOrEqual(200 + 15 * 96);
  });

  test('of a collection is every block of it', async () => {
    const words = Array.from({ length: 2000 }, (_, i) => [`${i}`, `word ${i}`]);
    const making: Readonly<Record<string, readonly string[]>> = {
      list: ['RPUSH', 'list', ...words.flat()],
      set: ['SADD', 'set', ...words.flat()],
      integers: ['SADD', 'integers', '1', '2', '3'],
      zset: ['ZADD', 'zset', ...words.flat()],
      hash: ['HSET', 'hash', ...words.flat()],
      small: ['HSET', 'small', 'f', 'v'],
    };
    const { arena, databases } = server.server.engine.keyspace;
    for (const [key, command] of Object.entries(making)) {
      // The index may grow by a block of its own meanwhile.
      const before = arena.used - databases[0].indexBytes;
      await client.ask(...command);
      const share = Math.ceil(databases[0].indexBytes / databases[0].size);
      const blocks = arena.used - databases[0].indexBytes - before;
      const usage = await usageOf(key);
      expect(usage).toBeGreaterThanOrEqual(blocks);
      expect(usage).toBeLessThanOrEqual(blocks + share + 96);
    }
  });

  test('a deadline costs something; a key that is not there has no usage', async () => {
    await client.ask('SET', 'plain', 'x'.repeat(100));
    const before = await usageOf('plain');
    await client.ask('EXPIRE', 'plain', 100);
    expect(await usageOf('plain')).toBeGreaterThan(before);
    expect(await client.ask('MEMORY', 'USAGE', 'nothing')).toBe('$-1\r\n');
  });

  test.each([
    ['SAMPLES 5', /^:/],
    ['samples 0', /^:/],
    ['SAMPLES -1', /^-ERR syntax error/],
    ['SAMPLES', /^-ERR syntax error/],
    ['COUNT 1', /^-ERR syntax error/],
    ['SAMPLES x', /^-ERR value is not an integer/],
  ])('options %s', async (options, reply) => {
    await client.ask('SET', 'k', 'v');
    expect(await client.ask('MEMORY', 'USAGE', 'k', ...options.split(' '))).toMatch(reply);
  });
});

test('STATS, DOCTOR, MALLOC-STATS, PURGE and HELP answer', async () => {
  expect(await client.ask('MEMORY', 'STATS')).toContain('$4\r\ndb.0\r\n');
  expect(textOf(await client.ask('MEMORY', 'DOCTOR'))).toMatch(/^Nothing to find/);
  expect(textOf(await client.ask('MEMORY', 'MALLOC-STATS'))).toContain('bytes of live blocks: ');
  expect(await client.ask('MEMORY', 'PURGE')).toBe('+OK\r\n');
  expect(await client.ask('MEMORY', 'HELP')).toContain('+USAGE <key> [SAMPLES <count>]');
});

describe('the doctor', () => {
  const MIB = 1024 * 1024;
  const healthy: MemoryReport = {
    ...{
      used: 100 * MIB,
      peak: 100 * MIB,
      startup: MIB,
      overhead: 10 * MIB,
      dataset: 90 * MIB,
      keys: 1,
      databases: [],
    },
    ...{ datasetPercent: 90, peakPercent: 100, resident: 150 * MIB, clients: MIB },
    ...{
      arenaUsed: 95 * MIB,
      arenaActive: 100 * MIB,
      arenaReserved: 128 * MIB,
      heapUsed: 9 * MIB,
      heapTotal: 12 * MIB,
    },
  };
  const conditions = { maxMemory: 0, policy: 'noeviction', connectedClients: 10 };

  test.each([
    ['nothing', {}, {}, /^No problem found/],
    ['a past peak', { peak: 200 * MIB }, {}, /Past peak/],
    ['fragmentation', { arenaUsed: 60 * MIB }, {}, /Fragmentation/],
    ['large buffers', { clients: 50 * MIB }, {}, /Connection buffers: 10 connections/],
    ['a large heap', { heapUsed: 500 * MIB }, {}, /JavaScript heap/],
    ['a limit passed', {}, { maxMemory: 50 * MIB }, /Above maxmemory/],
  ])('finds %s', (_, report, changed, text) => {
    expect(memoryDiagnosis({ ...healthy, ...report }, { ...conditions, ...changed })).toMatch(text);
  });

  test('lists several findings', () => {
    const text = memoryDiagnosis({ ...healthy, peak: 900 * MIB, heapUsed: 500 * MIB }, conditions);
    expect(text).toMatch(/^Memory has problems:\n\n \* Past peak.*\n\n \* JavaScript heap.*\n$/);
  });
});
