#!/usr/bin/env node
/** `hotset`: the command, as redis-server takes its arguments. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseCommandLine } from './server/config/argv.ts';
import { Config } from './server/config/config.ts';
import { ConfigError, type Directives, loadConfig } from './server/config/file.ts';
import { configFileAt } from './server/config/replace-file.ts';
import { processDirectory } from './server/config/working-directory.ts';
import { Log } from './server/observe/log.ts';
import { Server } from './server/server.ts';
import { HOTSET_VERSION, REDIS_VERSION } from './server/version.ts';
import { warmUp } from './server/warm-up.ts';

const HELP = `Usage: hotset [/path/to/redis.conf] [options] [-]
       hotset -v | --version
       hotset -h | --help

Serves Redis's protocol. Options are the directives of redis.conf with two dashes:
  hotset                                    serve on 127.0.0.1:6379
  hotset --port 7000
  hotset /etc/hotset.conf --loglevel verbose
  hotset --save "" --appendonly no --maxmemory 100mb --maxmemory-policy allkeys-lru
  echo 'maxmemory 128mb' | hotset -         read configuration from standard input

Try it:  redis-cli -p 6379 SET greeting hello
`;

main();

function main(): void {
  const line = parseCommandLine(process.argv.slice(2));
  switch (line.kind) {
    case 'version':
      process.stdout.write(`Hotset server v=${HOTSET_VERSION} redis=${REDIS_VERSION} node=${process.versions.node}\n`);
      return;
    case 'help':
      process.stdout.write(HELP);
      return;
    case 'error':
      fail(line.message);
      return;
    case 'serve':
      serve(line.file, line.stdin, line.text);
  }
}

function serve(fileName: string | undefined, usesStdin: boolean, text: string): void {
  const config = new Config(processDirectory);
  const renames: [from: string, to: string][] = [];
  const directives: Directives = {
    // Which commands there are is known when the server is put together.
    renameCommand(from, to) {
      renames.push([from, to]);
      return undefined;
    },
    // Dangerous to pass over: whoever wrote it relies on it.
    user: () => 'there is no user but the default one yet (requirepass sets its password): remove the line',
  };
  // Before the `dir` option changes the working directory.
  const file = fileName === undefined ? undefined : resolve(fileName);
  try {
    const stdin = usesStdin ? readFileSync(0) : undefined;
    loadConfig(
      { ...(file === undefined ? {} : { file }), ...(stdin === undefined ? {} : { stdin }), text },
      config,
      directives,
      REDIS_VERSION,
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(error.message);
  }
  const log = new Log(config.text('logfile'));
  log.level = config.choice('loglevel');
  process.on('uncaughtExceptionMonitor', (error) => log.warning(`Hotset ends by an error: ${error.stack}`));
  const server = new Server(config, file === undefined ? undefined : configFileAt(file), log, {
    configFile: file ?? '',
    exit: () => {
      log.warning('Hotset is now ready to exit, bye bye...');
      process.exit(0);
    },
  });
  for (const [from, to] of renames) {
    const refusal = server.engine.commands.rename(from, to);
    if (refusal !== undefined) return fail(`rename-command ${from} "${to}": ${refusal}`);
  }
  logStart(log, file);
  warmUp();
  server.start().then(
    () => announce(config, log),
    (error: NodeJS.ErrnoException) => {
      log.warning(`Failed listening on port ${config.integer('port')} (tcp), aborting: ${error.message}`);
      fail(explain(error, config));
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.receive(signal));
}

/** The first lines of the log, in the form that tools look for. */
function logStart(log: Log, file: string | undefined): void {
  const version = `${HOTSET_VERSION}, redis=${REDIS_VERSION}, node=${process.versions.node}`;
  log.notice(`Hotset is starting: version=${version}, bits=64, pid=${process.pid}`);
  log.notice(file === undefined ? 'No configuration file: defaults and the command line' : `Configuration: ${file}`);
}

function announce(config: Config, log: Log): void {
  const port = config.integer('port');
  const path = config.text('unixsocket');
  log.notice(`Running mode=standalone, port=${port}, PID: ${process.pid}`);
  log.notice('Server initialized');
  if (port > 0) log.notice('Ready to accept connections tcp');
  if (path !== '') log.notice('Ready to accept connections unix');
  // A service's log needs no greeting; a person at a terminal, or whoever ran `npm start`, does.
  if (!process.stdout.isTTY && process.env.npm_lifecycle_event !== 'start') return;
  const places = port === 0 ? [] : placesOf(config.value('bind'), port);
  if (path !== '') places.push(path);
  const client = port > 0 ? `redis-cli -p ${port}` : `redis-cli -s ${path}`;
  process.stdout.write(
    `\n  Hotset serves on ${places.join(', ')}\n  Try:   ${client} SET greeting hello\n  Stop:  Ctrl+C\n\n`,
  );
}

/** The addresses of `bind` as people write them with ports. */
function placesOf(bind: readonly string[], port: number): string[] {
  const addresses = bind.map((word) => (word.startsWith('-') ? word.slice(1) : word));
  if (addresses.some((address) => address === '*' || address === '::*')) {
    return [`127.0.0.1:${port} and every other address of this machine`];
  }
  return addresses.map((address) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`));
}

function explain(error: NodeJS.ErrnoException, config: Config): string {
  const port = config.integer('port');
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is taken by another program. Stop it, or choose another port: hotset --port ${port + 1}`;
  }
  if (error.code === 'EACCES')
    return `Not allowed to listen on port ${port}. Choose one above 1023: hotset --port 7000`;
  return `Cannot listen: ${error.message}`;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
