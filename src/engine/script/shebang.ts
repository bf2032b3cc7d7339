/**
 * The first line of a script may say what the script does: `#!lua flags=no-writes,allow-stale`. A script without such a line
 * is taken as Redis 6 took it: it may do anything, and each of its commands is checked when it is called. That of a library
 * of functions must say its name: `#!lua name=mylib`.
 */
import { splitArguments } from '../../protocol/inline.ts';

/** What scripts and functions may declare. */
export const NO_WRITES = 1 << 0;
export const ALLOW_OOM = 1 << 1;
export const ALLOW_STALE = 1 << 2;
const NO_CLUSTER = 1 << 3;
const ALLOW_CROSS_SLOT_KEYS = 1 << 4;
/** Declares nothing: a script without a first line of this kind. */
export const UNDECLARED = 1 << 5;

/** The flags by name, in the order in which FUNCTION LIST shows them. */
export const SCRIPT_FLAGS: ReadonlyMap<string, number> = new Map([
  ['no-writes', NO_WRITES],
  ['allow-oom', ALLOW_OOM],
  ['allow-stale', ALLOW_STALE],
  ['no-cluster', NO_CLUSTER],
  ['allow-cross-slot-keys', ALLOW_CROSS_SLOT_KEYS],
]);

/** A script as its first line declares it. */
export interface Declaration {
  readonly flags: number;
  /** The script without the words of its first line, so that lines count as they did. */
  readonly code: string;
}

/** Reads the first line of a script for EVAL; a string is what is wrong with it, as an error text. */
export function readDeclaration(body: string): Declaration | string {
  if (!body.startsWith('#!')) return { flags: UNDECLARED, code: body };
  const line = firstLineOf(body);
  if (line === undefined) return 'ERR Invalid script shebang';
  const [engine, ...options] = wordsOf(line) ?? [];
  if (engine === undefined) return 'ERR Invalid engine in script shebang';
  if (engine !== '#!lua') return `ERR Unexpected engine in script shebang: ${engine}`;
  let flags = 0;
  for (const option of options) {
    if (!option.startsWith('flags=')) return `ERR Unknown lua shebang option: ${option}`;
    for (const name of flagNamesOf(option.slice('flags='.length))) {
      const flag = SCRIPT_FLAGS.get(name);
      if (flag === undefined) return `ERR Unexpected flag in script shebang: ${name}`;
      flags |= flag;
    }
  }
  return { flags, code: body.slice(line.length) };
}

/** What stands before the first line break; undefined when there is none. A NUL ends the search, as it does in C. */
function firstLineOf(body: string): string | undefined {
  const end = body.indexOf('\n');
  const nul = body.indexOf('\0');
  return end < 0 || (nul >= 0 && nul < end) ? undefined : body.slice(0, end);
}

function wordsOf(line: string): string[] | undefined {
  return splitArguments(Buffer.from(line, 'latin1'))?.map((word) => Buffer.from(word).toString('latin1'));
}

function flagNamesOf(list: string): string[] {
  return list === '' ? [] : list.split(',');
}

/** A library as its first line names it. */
export interface LibraryHeader {
  readonly engine: string;
  readonly name: string;
  /** The library without the words of its first line. */
  readonly code: string;
}

/** Reads the first line of a library; a string is what is wrong with it, as an error text. */
export function readLibraryHeader(body: string): LibraryHeader | string {
  if (!body.startsWith('#!')) return 'ERR Missing library metadata';
  const line = firstLineOf(body);
  const [engine, ...options] = (line === undefined ? undefined : wordsOf(line)) ?? [];
  if (line === undefined || engine === undefined) return 'ERR Invalid library metadata';
  let name: string | undefined;
  for (const option of options) {
    if (!/^name=/i.test(option)) return `ERR Invalid metadata value given: ${option}`;
    if (name !== undefined) return 'ERR Invalid metadata value, name argument was given multiple times';
    name = option.slice('name='.length);
  }
  if (name === undefined) return 'ERR Library name was not given';
  return { engine: engine.slice(2), name, code: body.slice(line.length) };
}

/** What libraries and functions may be called. */
export function isSoundName(name: string): boolean {
  return /^\w+$/.test(name);
}

export const BAD_NAME =
  'ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long';
