/** CONFIG: the configuration of a running server. */

import { helpRow } from '../../engine/commands/help.ts';
import { ADMIN, container, type Family, family, LOADING, NOSCRIPT, row, STALE } from '../../engine/commands/spec.ts';
import type { Session } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import { bytesOf, encodeText } from './byte-text.ts';
import { type Asker, type Config, isSensitive } from './config.ts';
import { type ConfigFile, type RewriteOptions, rewriteConfig } from './rewrite.ts';
import { strerror } from './system-error.ts';

/** What the commands need of the server they configure. */
export interface ConfiguredServer {
  readonly config: Config;
  /** The file the server was started with, if there is one: what CONFIG REWRITE rewrites. */
  readonly file: ConfigFile | undefined;
  /** Where a session comes from, and whether a data set is being loaded. */
  asker(session: Session): Asker;
  /** CONFIG RESETSTAT: counters of INFO start at 0 again. */
  resetStatistics(): void;
  /** What a rewritten file holds besides options. */
  rewriteOptions(): RewriteOptions;
}

const RUNTIME = ADMIN | NOSCRIPT | LOADING | STALE;

const HELP = [
  'GET <pattern> [<pattern> ...]',
  '    List the options whose names match a glob, and their values.',
  'SET <option> <value> [<option> <value> ...]',
  '    Set options: all of them, or none when one cannot be set.',
  'RESETSTAT',
  '    Start the counters of INFO at zero again.',
  'REWRITE',
  '    Write the options to the file the server was started with.',
];

/** The CONFIG commands of one server. */
export function configCommands(server: ConfiguredServer): Family {
  return family('server', [
    container('CONFIG', [
      row('GET', (_, args, reply) => get(server.config, args, reply), -3, RUNTIME),
      row('SET', (call, args, reply) => set(server, call.session, args, reply), -4, RUNTIME, [], {
        tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      }),
      row('RESETSTAT', (_, __, reply) => resetStatistics(server, reply), 2, RUNTIME),
      row('REWRITE', (_, __, reply) => rewrite(server, reply), 2, RUNTIME),
      helpRow('CONFIG', HELP),
    ]),
  ]);
}

/** The arguments of CONFIG SET whose values must not be shown in logs. */
export function sensitiveArguments(args: Args): number[] {
  const hidden: number[] = [];
  for (let i = 2; i + 1 < args.count; i += 2) if (isSensitive(args.text(i))) hidden.push(i + 1);
  return hidden;
}

/** Names and values of the options that match any of the patterns. */
function get(config: Config, args: Args, reply: Reply): void {
  const patterns: string[] = [];
  for (let i = 2; i < args.count; i++) patterns.push(args.text(i));
  const found = config.match(patterns);
  reply.map(found.length);
  for (const [name, value] of found) {
    reply.buffer(bytesOf(name));
    reply.buffer(bytesOf(value));
  }
}

/** Sets several options, or none when one cannot be set. */
function set(server: ConfiguredServer, session: Session, args: Args, reply: Reply): void {
  if (args.count % 2 !== 0) {
    reply.error(ERR.syntax);
    return;
  }
  const pairs: [string, string][] = [];
  for (let i = 2; i < args.count; i += 2) pairs.push([args.text(i), args.text(i + 1)]);
  const failure = server.config.set(pairs, server.asker(session));
  if (failure !== undefined) reply.error(failure);
  else reply.ok();
}

function resetStatistics(server: ConfiguredServer, reply: Reply): void {
  server.resetStatistics();
  reply.ok();
}

function rewrite(server: ConfiguredServer, reply: Reply): void {
  if (server.file === undefined) {
    reply.error('ERR The server is running without a config file');
    return;
  }
  try {
    rewriteConfig(server.file, server.config, server.rewriteOptions());
    reply.ok();
  } catch (error) {
    reply.error(`ERR Rewriting config file: ${encodeText(strerror(error))}`);
  }
}
