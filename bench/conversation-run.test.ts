import { describe, expect, it } from 'vitest';
import { gather, publication } from './audience.ts';
import { runConversations } from './conversation-run.ts';
import { addJob, GROUP, JOBS, readAndAcknowledge, transactionOfTen } from './conversations.ts';
import { loadRows } from './loader.ts';
import { DEFAULT_COMMANDS, type RunningServer, withServer } from './server-process.ts';

const VALUE = 'x'.repeat(64);
const LOAD = { clients: 3, pipeline: 4, requests: 50, keys: 1_000, valueBytes: VALUE.length };

function withRedis(use: (server: RunningServer) => Promise<void>): Promise<void> {
  return withServer({ name: 'redis', command: DEFAULT_COMMANDS.redis }, use);
}

async function calls(server: RunningServer, command: string): Promise<number> {
  const stats = await server.control.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

describe('the conversations', () => {
  it('run exactly as many transactions as were asked for', () =>
    withRedis(async (server) => {
      const report = await runConversations(server.port, LOAD, transactionOfTen);
      expect(report.requests).toBe(LOAD.requests);
      expect(report.p50Millis).toBeGreaterThan(0);
      expect(await calls(server, 'exec')).toBe(LOAD.requests);
      expect(await calls(server, 'set')).toBe(10 * LOAD.requests);
      expect(await server.control.dbsize()).toBeGreaterThan(300);
    }));

  it('acknowledge every entry they read', () =>
    withRedis(async (server) => {
      const rows = { count: LOAD.requests, command: (i: number) => addJob(i, VALUE), replyLines: 2, ordered: true };
      await loadRows(server.port, rows);
      await server.control.xgroup('CREATE', JOBS, GROUP, '0');
      await runConversations(server.port, LOAD, readAndAcknowledge);
      expect(await calls(server, 'xack')).toBe(LOAD.requests);
      expect(await server.control.xpending(JOBS, GROUP)).toEqual([0, null, null, null]);
      expect(await server.control.xinfo('GROUPS', JOBS)).toEqual([expect.arrayContaining(['lag', 0])]);
      await expect(runConversations(server.port, LOAD, readAndAcknowledge)).rejects.toThrow(/unexpected: .*\*-1/);
    }));

  it('say what the server says when it refuses', () =>
    withRedis(async (server) => {
      await expect(runConversations(server.port, LOAD, readAndAcknowledge)).rejects.toThrow(/NOGROUP/);
    }));
});

describe('the audience', () => {
  it('hears every message once', () =>
    withRedis(async (server) => {
      const audience = await gather(server.port, 3, VALUE);
      const heard = audience.hear(2);
      const [name, ...rest] = publication(VALUE);
      expect(await server.control.call(name, ...rest)).toBe(3);
      expect(await server.control.call(name, ...rest)).toBe(3);
      expect(await heard).toBeGreaterThan(0);
      audience.leave();
    }));

  it('says when the server refuses, and when it goes away', () =>
    withRedis(async (server) => {
      await server.control.call('ACL', 'SETUSER', 'default', 'resetchannels');
      await expect(gather(server.port, 1, VALUE)).rejects.toThrow(/NOPERM/);
      await server.control.call('ACL', 'SETUSER', 'default', 'allchannels');
      const audience = await gather(server.port, 1, VALUE);
      // Expected before it happens: the connection may close before the reply to CLIENT KILL is there.
      const told = expect(audience.hear(1)).rejects.toThrow(/closed the connection of a subscriber/);
      await server.control.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await told;
      audience.leave();
    }));
});
