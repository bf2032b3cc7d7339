#!/usr/bin/env node
/** `hotset`: the command, as redis-server takes its arguments. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseCommandLine } from './server/config/argv.ts';
import { Config } from './server/config/config.ts';
import { ConfigError, loadConfig } from './server/config/file.ts';
import { configFileAt } from './server/config/replace-file.ts';
import { processDirectory } from './server/config/working-directory.ts';
import { Log } from './server/observe/log.ts';
import { Server } from './server/server.ts';
import { HOTSET_VERSION, REDIS_VERSION } from './server/version.ts';

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
  const file = fileName === undefined ? undefined : resolve(fileName);
  try {
    const stdin = usesStdin ? readFileSync(0) : undefined;
    const directives = { renameCommand: () => undefined, user: () => undefined };
    loadConfig(
      { ...(file === undefined ? {} : { file }), ...(stdin === undefined ? {} : { stdin }), text },
      config,
      directives,
      REDIS_VERSION,
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    fail(error.message);
    return;
  }
  const log = new Log(config.text('logfile'));
  log.level = config.choice('loglevel');
  const server = new Server(config, file === undefined ? undefined : configFileAt(file), log);
  server.start().then(
    () => announce(server, config),
    (error: NodeJS.ErrnoException) => fail(explain(error, config)),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      log.warning(`Received ${signal}, shutting down.`);
      server.stop();
      process.exit(0);
    });
  }
}

function announce(server: Server, config: Config): void {
  const port = config.integer('port');
  server.log.notice(`Hotset ${HOTSET_VERSION} (Redis ${REDIS_VERSION}), Node.js ${process.versions.node}`);
  server.log.notice(`Ready to accept connections tcp`);
  if (process.stdout.isTTY) {
    process.stdout.write(
      `\n  Hotset serves on 127.0.0.1:${port}\n  Try:   redis-cli -p ${port} SET greeting hello\n  Stop:  Ctrl+C\n\n`,
    );
  }
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
