/**
 * The documentation of commands as COMMAND DOCS tells it and docs/commands.md prints it: what each does, since when, at
 * what cost, and the tree of its arguments. Every family file has one beside it (`strings.docs.ts`); group and key
 * positions are not repeated there, they come from the rows.
 *
 * Names, types and tokens of arguments are Redis's, because clients build on them; every sentence is ours.
 */

export type ArgumentType =
  | 'string'
  | 'integer'
  | 'double'
  | 'key'
  | 'pattern'
  | 'unix-time'
  | 'pure-token'
  | 'oneof'
  | 'block';

export interface Argument extends ArgumentExtras {
  readonly name: string;
  readonly type: ArgumentType;
  /** The alternatives of a `oneof`, the parts of a `block`. */
  readonly parts?: readonly Argument[];
}

export interface ArgumentExtras {
  /** Index of the key specification that finds this key, or the keys that this pattern leads to. */
  readonly keySpec?: number;
  /** The word that announces the argument; for a pure token, the argument itself. */
  readonly token?: string;
  readonly since?: string;
  readonly deprecatedSince?: string;
  readonly optional?: boolean;
  readonly multiple?: boolean;
  /** The token stands before each of several, not once before all. */
  readonly multipleToken?: boolean;
}

export interface CommandDocs {
  /** One sentence. */
  readonly summary: string;
  /** The version of Redis that brought the command. */
  readonly since: string;
  readonly complexity?: string;
  /** What later versions changed, oldest first. */
  readonly history?: readonly (readonly [version: string, change: string])[];
  readonly deprecated?: { readonly since: string; readonly replacedBy: string };
  /** For the operation of the server itself, not for applications. */
  readonly isSystem?: boolean;
  readonly arguments?: readonly Argument[];
  /** Where Hotset answers otherwise than Redis 7.2, a sentence each. */
  readonly differences?: readonly string[];
}

/** Docs by lowercase full name: `get`, `config|get`. */
export type Docs = Readonly<Record<string, CommandDocs>>;

export function argument(name: string, type: ArgumentType, extras: ArgumentExtras = {}): Argument {
  return { name, type, ...extras };
}

/** A key that the specification number `keySpec` finds. */
export function keyArgument(name = 'key', keySpec = 0, extras: ArgumentExtras = {}): Argument {
  return { name, type: 'key', keySpec, ...extras };
}

/** A word that stands for itself, such as NX. */
export function token(word: string, extras: ArgumentExtras = {}): Argument {
  return { name: word.toLowerCase(), type: 'pure-token', token: word, ...extras };
}

export function oneOf(name: string, parts: readonly Argument[], extras: ArgumentExtras = {}): Argument {
  return { name, type: 'oneof', ...extras, parts };
}

export function block(name: string, parts: readonly Argument[], extras: ArgumentExtras = {}): Argument {
  return { name, type: 'block', ...extras, parts };
}
