/**
 * What a configuration directive is: its facts, for CONFIG and for the documentation, and the codec of its values.
 *
 * A directive is one row in one of the tables under `options/`. The row says everything that depends on the directive;
 * reading, printing and rewriting depend on its kind only and live in the codec that the row's constructor attaches
 * (`scalar-options.ts`, `compound-options.ts`). So `Config`, the file reader and the rewriter never ask for a name.
 *
 * Values are typed: integers are BigInt, because limits go up to 2^64 - 1 and must print exactly; they are read at
 * change time, never per command.
 */

/** Why a value was refused: the part of the error that follows "possibly related to argument 'x') - ". */
export class Refusal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The working directory, which the `dir` option changes while it is being read. */
export interface WorkingDirectory {
  /** Changes to the directory `path` (byte text). Returns why it failed, in the words of strerror, or undefined. */
  change(path: string): string | undefined;
  /** Absolute path, as byte text. */
  current(): string;
}

/** What a codec may know while it reads. */
export interface Reading {
  readonly directory: WorkingDirectory;
  /** An earlier line of the configuration being loaded has set the option already. */
  readonly repeated: boolean;
}

/** A line that CONFIG REWRITE puts where the option stands in the file; appended when it stands nowhere and is `forced`. */
export interface RewriteLine {
  readonly text: string;
  readonly forced: boolean;
}

export interface Codec<V> {
  /**
   * Reads the words given for the option (byte text).
   *
   * @param previous the value until now, for options whose words change a part of it
   */
  parse(words: readonly string[], previous: V, reading: Reading): V | Refusal;
  /** As CONFIG GET shows it. */
  print(value: V): string;
  /** Whether setting `b` over `a` is no change, so that hooks need not run. */
  same(a: V, b: V): boolean;
  /** The lines that make this value in a redis.conf, in order; none when the option must not be in the file. */
  lines(name: string, value: V, standard: V): RewriteLine[];
  /** Only where reading has an effect outside: takes the effect of `value` again. */
  restore?(value: V, directory: WorkingDirectory): void;
  /** Only where the value at start is not the table's default. */
  initial?(directory: WorkingDirectory): V;
}

export type Kind = 'bool' | 'integer' | 'octal' | 'memory' | 'percent' | 'choice' | 'flags' | 'text' | 'compound';

/** Facts that most options do not have. */
export interface Facts {
  /** A second name, which reads and sets the same value. */
  readonly alias?: string;
  /** Only the file and the command line set it. */
  readonly immutable?: boolean;
  /** CONFIG SET needs `enable-protected-configs`. */
  readonly protected?: boolean;
  /** Its value stays out of MONITOR, SLOWLOG and logs. */
  readonly sensitive?: boolean;
  /** CONFIG GET shows it only by its exact name. */
  readonly hidden?: boolean;
  /** CONFIG SET is refused while a data set is being loaded. */
  readonly denyLoading?: boolean;
  /** Hooks run even when the value stays the same: the file it names may have changed. */
  readonly volatile?: boolean;
  /** Accepted and kept, but without effect, and why. */
  readonly inert?: string;
}

export interface Option<N extends string = string, K extends Kind = Kind, V = unknown> extends Facts {
  readonly name: N;
  readonly kind: K;
  /** What it does, in one line. */
  readonly about: string;
  /** What may be written as its value, for the documentation. */
  readonly syntax: string;
  readonly standard: V;
  /** Takes several words; CONFIG SET splits its one argument at spaces. */
  readonly words: boolean;
  readonly codec: Codec<V>;
}
