import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer;
let client: RawClient;

beforeEach(async () => {
  server = await startTestServer({ 'enable-debug-command': 'yes', 'slowlog-log-slower-than': '-1' });
  client = await RawClient.connect(server.port);
});
afterEach(async () => {
  client.close();
  await server.stop();
});

test('the slow log has what was slower than its threshold, with who sent it', async () => {
  await client.ask('CONFIG', 'SET', 'slowlog-log-slower-than', 30_000);
  await client.ask('PING');
  await client.ask('DEBUG', 'SLEEP', '0.05');
  expect(await client.ask('SLOWLOG', 'LEN')).toBe(':1\r\n');
  const address = `127.0.0.1:${client.socket.localPort}`;
  expect(await client.ask('SLOWLOG', 'GET')).toMatch(
    new RegExp(
      `^\\*1\\r\\n\\*6\\r\\n:0\\r\\n:\\d{10}\\r\\n:5\\d{4,}\\r\\n\\*3\\r\\n\\$5\\r\\nDEBUG\\r\\n\\$5\\r\\nSLEEP\\r\\n` +
        `\\$4\\r\\n0\\.05\\r\\n\\$${address.length}\\r\\n${address}\\r\\n\\$0\\r\\n\\r\\n$`,
    ),
  );
});

test('at 0 every command is logged, its secrets hidden; -1 logs none; the length is limited', async () => {
  await client.ask('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
  await client.ask('CONFIG', 'SET', 'masterauth', 'secret');
  await client.ask('AUTH', 'secret');
  expect(await client.ask('SLOWLOG', 'GET', -1)).not.toContain('secret');
  expect(await client.ask('SLOWLOG', 'GET', -1)).toContain('(redacted)');
  await client.ask('CONFIG', 'SET', 'slowlog-max-len', 2);
  expect(await client.ask('SLOWLOG', 'LEN')).toBe(':2\r\n');
  await client.ask('CONFIG', 'SET', 'slowlog-log-slower-than', -1);
  await client.ask('SLOWLOG', 'RESET');
  await client.ask('PING');
  expect(await client.ask('SLOWLOG', 'LEN')).toBe(':0\r\n');
  expect(await client.ask('SLOWLOG', 'GET', -2)).toBe('-ERR count should be greater than or equal to -1\r\n');
});

test('the latency monitor notes commands, fast ones apart, while its threshold is not 0', async () => {
  await client.ask('DEBUG', 'SLEEP', '0.02');
  expect(await client.ask('LATENCY', 'LATEST')).toBe('*0\r\n');
  await client.ask('CONFIG', 'SET', 'latency-monitor-threshold', 10);
  await client.ask('DEBUG', 'SLEEP', '0.02');
  expect(await client.ask('LATENCY', 'LATEST')).toMatch(/\*4\r\n\$7\r\ncommand\r\n:\d{10}\r\n:(\d+)\r\n:\1\r\n/);
  expect(await client.ask('LATENCY', 'HISTORY', 'command')).toMatch(/^\*1\r\n\*2\r\n:\d{10}\r\n:\d+\r\n$/);
  expect(textOf(await client.ask('LATENCY', 'GRAPH', 'command'))).toMatch(/^command - high \d+ ms/);
  expect(textOf(await client.ask('LATENCY', 'DOCTOR'))).toContain('1. command');
  expect(await client.ask('LATENCY', 'RESET', 'command', 'nothing')).toBe(':1\r\n');
  expect(await client.ask('LATENCY', 'GRAPH', 'command')).toBe("-ERR No samples available for event 'command'\r\n");
});

test('LATENCY HISTOGRAM tells about commands by name, containers by their subcommands', async () => {
  await client.ask('SET', 'a', 'b');
  await client.ask('CONFIG', 'RESETSTAT');
  await client.ask('SET', 'a', 'b');
  await client.ask('SET', 'a', 'b');
  expect(await client.ask('LATENCY', 'HISTOGRAM', 'nosuch', 'SET', 'get', 'set|x')).toMatch(
    /^\*2\r\n\$3\r\nset\r\n\*4\r\n\$5\r\ncalls\r\n:2\r\n\$14\r\nhistogram_usec\r\n\*[24]\r\n(:\d+\r\n)+$/,
  );
  expect(await client.ask('LATENCY', 'HISTOGRAM', 'config')).toMatch(/^\*2\r\n\$16\r\nconfig\|resetstat\r\n/);
  expect(await client.ask('LATENCY', 'HISTOGRAM', 'config|resetstat|x')).toBe('*0\r\n');
});

test('pauses of the garbage collector are noted too, while the threshold is not 0', async () => {
  await client.ask('CONFIG', 'SET', 'latency-monitor-threshold', 1);
  await client.ask('MEMORY', 'PURGE');
  await client.within(100);
  expect(await client.ask('LATENCY', 'HISTORY', 'garbage-collection')).toMatch(/^\*[12]\r\n\*2\r\n:\d{10}\r\n:\d+\r\n/);
  await client.ask('CONFIG', 'SET', 'latency-monitor-threshold', 0);
  await client.ask('LATENCY', 'RESET');
  await client.ask('MEMORY', 'PURGE');
  await client.within(100);
  expect(await client.ask('LATENCY', 'LATEST')).toBe('*0\r\n');
});
