/**
 * Reads configuration: redis.conf, standard input and the command line, in this order, as one text.
 *
 * A line is blank, a comment or a directive with its arguments, quoted as in `protocol/inline`. The name of a directive
 * is an option's, or `include`, `user` or `rename-command`. The first line that cannot be accepted ends the start, with
 * the message redis-server gives, which tools and Redis's tests look for.
 *
 * `include` is read where it stands, so the lines after it override it. Redis recurses without end on a file that
 * includes itself; here nesting and the number of files are limited.
 */

import { accessSync, appendFileSync, constants, readdirSync, readFileSync } from 'node:fs';
import { splitArguments } from '../../protocol/inline.ts';
import { bytesOf, byteText, decodeText, lowerCase, trimBlanks } from './byte-text.ts';
import type { Config } from './config.ts';
import { expandPath, isPattern } from './expand-path.ts';
import { findOption } from './options.ts';
import { strerror } from './system-error.ts';

const MAX_INCLUDE_DEPTH = 16;
const MAX_FILES = 1000;

/** The files that configuration is made of. Errors are thrown, as `node:fs` throws them. */
export interface ConfigFiles {
  read(path: string): Uint8Array;
  /** The existing paths that match a shell pattern, sorted. */
  expand(pattern: string): string[];
  /** Makes sure that the file can be appended to. */
  probeAppend(path: string): void;
}

/** Directives that concern other parts of the server. Arguments are byte text; the result says why one is refused. */
export interface Directives {
  /** `rename-command from to`; `to` is '' to remove the command. */
  renameCommand(from: string, to: string): string | undefined;
  /** `user name rule…` */
  user(words: readonly string[]): string | undefined;
}

export interface ConfigSource {
  /** Path of the configuration file, if there is one. */
  readonly file?: string;
  /** What standard input gave, if it was asked for. */
  readonly stdin?: Uint8Array;
  /** Lines made of the command line (byte text). */
  readonly text: string;
}

/** Configuration that cannot be used: the message is for standard error, and the process cannot start. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const nodeFiles: ConfigFiles = {
  read: (path) => readFileSync(path),
  expand: (pattern) =>
    expandPath(pattern, (path) => {
      try {
        return readdirSync(path);
      } catch {
        return [];
      }
    }),
  probeAppend(path) {
    appendFileSync(path, '');
    accessSync(path, constants.W_OK);
  },
};

/** Options of older versions that no longer do anything: accepted with one argument. */
const FORGOTTEN = new Set(['list-max-ziplist-entries', 'list-max-ziplist-value', 'lua-replicate-commands']);

const BAD_DIRECTIVE = 'Bad directive or wrong number of arguments';

/**
 * Loads the configuration into `config`.
 *
 * @param redisVersion what the message of a fatal error says
 * @throws ConfigError
 */
export function loadConfig(
  source: ConfigSource,
  config: Config,
  directives: Directives,
  redisVersion: string,
  files: ConfigFiles = nodeFiles,
): void {
  const reader = new Reader(config, directives, redisVersion, files);
  const file = source.file === undefined ? '' : reader.readFile(source.file);
  const stdin = source.stdin === undefined ? '' : byteText(source.stdin);
  const gap = file === '' || file.endsWith('\n') ? '' : '\n';
  // The lines of the command line are counted from the second line after the rest, as redis-server counts them.
  reader.readText(`${file}${gap}${stdin}\n${source.text}`, 0);
  reader.check();
}

class Reader {
  private readonly config: Config;
  private readonly directives: Directives;
  private readonly redisVersion: string;
  private readonly files: ConfigFiles;
  private filesRead = 0;

  constructor(config: Config, directives: Directives, redisVersion: string, files: ConfigFiles) {
    this.config = config;
    this.directives = directives;
    this.redisVersion = redisVersion;
    this.files = files;
  }

  readFile(path: string): string {
    try {
      return byteText(this.files.read(path));
    } catch (error) {
      throw new ConfigError(`Fatal error, can't open config file '${path}': ${strerror(error)}`);
    }
  }

  readText(text: string, depth: number): void {
    text.split('\n').forEach((untrimmed, i) => {
      const line = trimBlanks(untrimmed);
      if (line === '' || line.startsWith('#')) return;
      const reason = this.readLine(line, depth);
      if (reason === undefined) return;
      throw this.fatal(`Reading the configuration file, at line ${i + 1}\n>>> '${decodeText(line)}'\n${reason}`);
    });
  }

  /** What can only be judged when everything is read. */
  check(): void {
    const logFile = this.config.text('logfile');
    try {
      if (logFile !== '') this.files.probeAppend(logFile);
    } catch (error) {
      throw this.fatal(`Can't open the log file: ${strerror(error)}`);
    }
    if (this.config.flag('cluster-enabled') && this.config.value('replicaof') !== null) {
      throw this.fatal('replicaof directive not allowed in cluster mode');
    }
  }

  private fatal(details: string): ConfigError {
    return new ConfigError(`*** FATAL CONFIG FILE ERROR (Redis ${this.redisVersion}) ***\n${details}`);
  }

  /** Returns why the line is refused, or undefined. */
  private readLine(line: string, depth: number): string | undefined {
    const words = splitArguments(bytesOf(line))?.map(byteText);
    if (words === undefined) return 'Unbalanced quotes in configuration line';
    if (words.length === 0) return undefined;
    const name = lowerCase(words[0]);
    const known = findOption(name);
    if (known === undefined) return this.readDirective(name, words, depth);

    let values = words.slice(1);
    if (!known.option.words && values.length !== 1) return 'wrong number of arguments';
    if (known.option.words && values.length === 1 && values[0] !== '') {
      // `save "3600 1 300 100"`: all the words in one argument.
      const split = splitArguments(bytesOf(values[0]));
      if (split === undefined) return 'Unbalanced quotes in configuration line';
      values = split.map(byteText);
    }
    return this.config.load(known, values);
  }

  private readDirective(name: string, words: readonly string[], depth: number): string | undefined {
    const count = words.length;
    if (FORGOTTEN.has(name) && count === 2) return undefined;
    if (name === 'include' && count === 2) return this.include(decodeText(words[1]), depth + 1);
    if (name === 'rename-command' && count === 3) return this.directives.renameCommand(words[1], words[2]);
    if (name === 'user' && count >= 2) return this.directives.user(words.slice(1));
    if (name === 'loadmodule' && count >= 2) return 'modules cannot be loaded';
    if (name.includes('.')) {
      if (count < 2) return 'Module config specified without value';
      return 'Module Configuration detected without loadmodule directive or no ApplyConfigs call: aborting';
    }
    if (name === 'sentinel' && count > 1) return 'sentinel directive while not in sentinel mode';
    return BAD_DIRECTIVE;
  }

  private include(path: string, depth: number): string | undefined {
    if (depth > MAX_INCLUDE_DEPTH) return `include is nested deeper than ${MAX_INCLUDE_DEPTH} files`;
    const paths = isPattern(path) ? this.files.expand(path) : [path];
    this.filesRead += paths.length;
    if (this.filesRead > MAX_FILES) return `include reads more than ${MAX_FILES} files`;
    for (const each of paths) this.readText(this.readFile(each), depth);
    return undefined;
  }
}
