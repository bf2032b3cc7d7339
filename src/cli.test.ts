/** The command as a process: what it prints, how it starts and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../bench/free-port.ts';
import { RawClient, textOf } from './server/raw-client.testing.ts';

const SOURCE = fileURLToPath(new URL('./cli.ts', import.meta.url));
const READY_MS = 20_000;

let folder: string;
let program: string;
const running = new Set<ChildProcess>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotset-cli-'));
  program = join(folder, 'cli.mjs');
  buildSync({
    entryPoints: [SOURCE],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'error',
  });
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Waits for a line. */
  until(text: string): Promise<void>;
}

function run(args: readonly string[], input = ''): Run {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder });
  running.add(child);
  let output = '';
  let seen = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      seen();
    });
  }
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    seen();
    return code;
  });
  const until = async (text: string): Promise<void> => {
    const deadline = Date.now() + READY_MS;
    while (!output.includes(text)) {
      if (Date.now() > deadline || !running.has(child)) throw new Error(`no "${text}" in:\n${output}`);
      await new Promise<void>((resolve) => {
        seen = resolve;
        setTimeout(resolve, 100);
      });
    }
  };
  return { child, output: () => output, ended, until };
}

describe('a server', () => {
  test('says in its log that it is ready, and ends by SIGTERM', async () => {
    const port = await freePort();
    const pidFile = join(folder, 'hotset.pid');
    const server = run(['--port', String(port), '--bind', '127.0.0.1', '--pidfile', pidFile]);
    await server.until('Ready to accept connections tcp');
    const line = /^\d+:M \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.*#-] /;
    for (const text of server.output().trim().split('\n')) expect(text).toMatch(line);
    expect(server.output()).toContain('Server initialized');
    expect(server.output()).toContain(` PID: ${server.child.pid}`);
    expect(readFileSync(pidFile, 'utf8')).toBe(`${server.child.pid}\n`);
    const client = await RawClient.connect(port);
    expect(textOf(await client.ask('INFO', 'server'))).toContain(`process_id:${server.child.pid}`);
    // Nothing is left of what ran before the start to warm up.
    const everything = textOf(await client.ask('INFO', 'everything'));
    expect(everything).not.toMatch(/cmdstat_(set|get|incr):|db0:/);
    expect(everything).toContain('total_commands_processed:1\r\n');
    expect(everything).toContain('keyspace_misses:0\r\n');
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.output()).toContain('ready to exit, bye bye');
    expect(existsSync(pidFile)).toBe(false);
    client.close();
  });

  test('ends by SHUTDOWN; logs to its file; knows its configuration file', async () => {
    const port = await freePort();
    const file = join(folder, 'hotset.conf');
    const logFile = join(folder, 'hotset.log');
    writeFileSync(file, `port ${port}\nbind 127.0.0.1\nlogfile ${logFile}\n`);
    const server = run([file]);
    let client: RawClient | undefined;
    for (const deadline = Date.now() + READY_MS; client === undefined && Date.now() < deadline; ) {
      client = await RawClient.connect(port).catch(() => undefined);
    }
    if (client === undefined) throw new Error('it does not listen');
    expect(textOf(await client.ask('INFO', 'server'))).toContain(`config_file:${file}`);
    client.command('SHUTDOWN');
    expect(await server.ended).toBe(0);
    expect(server.output()).toBe('');
    expect(readFileSync(logFile, 'utf8')).toContain('User requested shutdown');
    client.close();
  });

  test('takes its configuration from standard input', async () => {
    const port = await freePort();
    const server = run(['-'], `port ${port}\nbind 127.0.0.1\nmaxmemory 12mb\n`);
    await server.until('Ready to accept connections');
    const client = await RawClient.connect(port);
    expect(await client.ask('CONFIG', 'GET', 'maxmemory')).toContain('12582912');
    server.child.kill('SIGINT');
    expect(await server.ended).toBe(0);
    client.close();
  });

  test('rename-command lets a command be called by another name only, or not at all', async () => {
    const port = await freePort();
    const options = ['--rename-command', 'GET', 'fetch', '--rename-command', 'FLUSHALL', ''];
    const server = run(['--port', String(port), '--bind', '127.0.0.1', ...options]);
    await server.until('Ready to accept connections');
    const client = await RawClient.connect(port);
    expect(await client.ask('SET', 'k', 'v')).toBe('+OK\r\n');
    expect(await client.ask('Fetch', 'k')).toBe('$1\r\nv\r\n');
    expect(await client.ask('GET', 'k')).toContain("unknown command 'GET'");
    expect(await client.ask('FLUSHALL')).toContain("unknown command 'FLUSHALL'");
    client.close();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });

  test('a taken port is an error that says what to do', async () => {
    const port = await freePort();
    const first = run(['--port', String(port), '--bind', '127.0.0.1']);
    await first.until('Ready to accept connections');
    const second = run(['--port', String(port), '--bind', '127.0.0.1']);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`Failed listening on port ${port} (tcp), aborting`);
    expect(second.output()).toContain(`Port ${port} is taken by another program`);
    expect(second.output()).toContain(`hotset --port ${port + 1}`);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
  });
});

describe('a command line', () => {
  test('--version and --help print and end', async () => {
    const version = run(['--version']);
    expect(await version.ended).toBe(0);
    expect(version.output()).toMatch(/^Hotset server v=\d+\.\d+\.\d+ redis=7\.2\.4 node=/);
    const help = run(['--help']);
    expect(await help.ended).toBe(0);
    expect(help.output()).toContain('Usage: hotset');
  });

  test.each([
    ['an unknown option', ['--no-such-option', '1'], /FATAL CONFIG FILE ERROR[\s\S]*no-such-option/],
    ['a file that is not there', ['/no/such/file.conf'], /can't open config file/],
    ['renaming what is no command', ['--rename-command', 'NOSUCH', ''], /No such command in rename-command/],
    ['a name that is taken', ['--rename-command', 'GET', 'SET'], /Target command name already exists/],
    ['user', ['--user', 'alice', 'on'], /no user but the default one/],
  ])('%s ends the start', async (_, args, text) => {
    const failed = run(args);
    expect(await failed.ended).toBe(1);
    expect(failed.output()).toMatch(text);
  });
});
