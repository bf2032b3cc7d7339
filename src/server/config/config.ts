/**
 * The values of all options: read by name and kind, set by CONFIG SET and by the configuration file, watched by the
 * parts of the server that depend on them.
 *
 * CONFIG SET is all or nothing. It first finds every option and checks that it may be set, then reads every value, then
 * runs the hooks of what changed; the first failure puts back the old values, runs the hooks again with them, and is the
 * reply. A hook therefore brings its part of the server in line with the values it reads, whatever they were before,
 * and reports what it cannot do.
 *
 * Nothing on the hot path asks here: whoever needs an option per command reads it once and in its hook.
 */

import { globMatch } from '../../bytes/glob.ts';
import { ERR } from '../../protocol/errors.ts';
import { bytesOf, decodeText } from './byte-text.ts';
import type { Option, RewriteLine, WorkingDirectory } from './option.ts';
import { Refusal } from './option.ts';
import type { Known, NameOf, OptionName, ValueOf } from './options.ts';
import { findOption, KNOWN, OPTIONS } from './options.ts';

/** Brings a part of the server in line with its options. Returns why it could not, or undefined. */
export type Hook = () => string | undefined;

interface Watch {
  readonly options: ReadonlySet<Option>;
  readonly hook: Hook;
}

/** Who asks for CONFIG SET, and when. */
export interface Asker {
  /** Connected from this machine: `enable-protected-configs local` lets it set protected options. */
  readonly local: boolean;
  /** A data set is being loaded. */
  readonly loading: boolean;
}

interface Change {
  readonly known: Known;
  readonly text: string;
}

/** The error reply for a value or option that CONFIG SET refuses. */
function failed(name: string, reason: string): string {
  return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
}

export class Config {
  private readonly values = new Map<Option, unknown>();
  private readonly watches: Watch[] = [];
  /** What the configuration being loaded has set: a second line of some options adds to the first. */
  private readonly loaded = new Set<Option>();
  private readonly directory: WorkingDirectory;

  constructor(directory: WorkingDirectory) {
    this.directory = directory;
    for (const option of OPTIONS) this.values.set(option, option.codec.initial?.(directory) ?? option.standard);
  }

  // Reading

  flag(name: NameOf<'bool'>): boolean {
    return this.value(name);
  }

  /** A number, of bytes where the option is one of memory. Exact up to 2^53; a percentage is negative: -5 is 5%. */
  integer(name: NameOf<'integer' | 'octal' | 'memory' | 'percent'>): number {
    return Number(this.value(name));
  }

  choice<N extends NameOf<'choice'>>(name: N): ValueOf<N> {
    return this.value(name);
  }

  /** Text as an ordinary string; '' when the option is absent. */
  text(name: NameOf<'text'> | 'dir'): string {
    return decodeText(this.value(name));
  }

  /** The same as the bytes that were set: for passwords. */
  bytes(name: NameOf<'text'>): Buffer {
    return bytesOf(this.value(name));
  }

  /** The value of an option with a form of its own. */
  value<N extends OptionName>(name: N): ValueOf<N> {
    return this.values.get(this.option(name)) as ValueOf<N>;
  }

  /** The value as CONFIG GET shows it (byte text), by any name in any mix of cases; undefined for unknown names. */
  get(name: string): string | undefined {
    const known = findOption(name);
    return known === undefined ? undefined : this.print(known.option);
  }

  /**
   * What CONFIG GET answers: names and values (byte text), each name once. A name without wildcards comes back as it was
   * asked for; a pattern gives the names it matches, aliases too, but no hidden options.
   */
  match(patterns: readonly string[]): (readonly [name: string, value: string])[] {
    const found = new Map<string, readonly [string, string]>();
    const add = (name: string, known: Known): void => {
      const key = known.name;
      if (!found.has(key)) found.set(key, [name, this.print(known.option)]);
    };
    for (const pattern of patterns) {
      if (/[[*?]/.test(pattern)) {
        for (const known of matching(pattern)) add(known.name, known);
      } else {
        const known = findOption(pattern);
        if (known !== undefined) add(pattern, known);
      }
    }
    return [...found.values()];
  }

  /** The lines that make the option's value in a redis.conf. */
  lines(option: Option): RewriteLine[] {
    return option.codec.lines(option.name, this.values.get(option), option.standard);
  }

  // Changing

  /**
   * Runs `hook` after CONFIG SET has changed one or more of `names`, once for each CONFIG SET. It does not run while the
   * configuration is loaded at start.
   */
  watch(names: readonly OptionName[], hook: Hook): void {
    this.watches.push({ options: new Set(names.map((name) => this.option(name))), hook });
  }

  /** Sets an option from a line of the configuration. Returns why it was refused, or undefined. */
  load({ option }: Known, words: readonly string[]): string | undefined {
    const repeated = this.loaded.has(option);
    const value = option.codec.parse(words, this.values.get(option), { directory: this.directory, repeated });
    if (value instanceof Refusal) return value.text;
    this.values.set(option, value);
    this.loaded.add(option);
    return undefined;
  }

  /**
   * CONFIG SET: names and values (byte text), all or nothing.
   *
   * @returns the error to reply with, or undefined
   */
  set(pairs: readonly (readonly [name: string, value: string])[], asker: Asker): string | undefined {
    const changes: Change[] = [];
    for (const [name, text] of pairs) {
      const known = findOption(name);
      if (known === undefined) return `ERR Unknown option or number of arguments for CONFIG SET - '${name}'`;
      const refusal = this.refuse(known, asker);
      if (refusal !== undefined) return refusal === ERR.loading ? refusal : failed(name, refusal);
      if (changes.some((change) => change.known === known)) return failed(name, 'duplicate parameter');
      changes.push({ known, text });
    }

    const before = new Map(changes.map(({ known }) => [known.option, this.values.get(known.option)]));
    const hooks = new Map<Hook, Known>();
    for (const { known, text } of changes) {
      const refusal = this.change(known, text, hooks);
      if (refusal !== undefined) {
        this.restore(before);
        return failed(known.name, refusal);
      }
    }
    return this.apply(hooks, before);
  }

  /** Why `asker` may not set the option, or undefined. */
  private refuse({ option }: Known, asker: Asker): string | undefined {
    if (option.immutable === true) return "can't set immutable config";
    if (option.protected === true) {
      const who = this.choice('enable-protected-configs');
      if (who !== 'yes' && !(who === 'local' && asker.local)) return "can't set protected config";
    }
    return option.denyLoading === true && asker.loading ? ERR.loading : undefined;
  }

  /** Reads and stores one value and gathers the hooks to run for it, with the name they are run for. */
  private change(known: Known, text: string, hooks: Map<Hook, Known>): string | undefined {
    const { option } = known;
    const words = option.words ? splitWords(text) : [text];
    const old = this.values.get(option);
    const value = option.codec.parse(words, old, { directory: this.directory, repeated: false });
    if (value instanceof Refusal) return value.text;
    this.values.set(option, value);
    if (option.codec.same(old, value)) return undefined;
    for (const { options, hook } of this.watches) {
      if (options.has(option) && !hooks.has(hook)) hooks.set(hook, known);
    }
    return undefined;
  }

  private apply(hooks: ReadonlyMap<Hook, Known>, before: ReadonlyMap<Option, unknown>): string | undefined {
    for (const [hook, known] of hooks) {
      const reason = hook();
      if (reason === undefined) continue;
      this.restore(before);
      for (const again of hooks.keys()) again();
      return failed(known.name, reason);
    }
    return undefined;
  }

  private restore(before: ReadonlyMap<Option, unknown>): void {
    for (const [option, value] of before) {
      this.values.set(option, value);
      option.codec.restore?.(value, this.directory);
    }
  }

  private print(option: Option): string {
    return option.codec.print(this.values.get(option));
  }

  private option(name: OptionName): Option {
    const known = KNOWN.get(name);
    if (known === undefined) throw new Error(`there is no configuration option ${name}`);
    return known.option;
  }
}

/** CONFIG SET gives several words in one argument, one space apart. */
function splitWords(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

function matching(pattern: string): Known[] {
  const glob = bytesOf(pattern);
  return [...KNOWN.values()].filter(({ name, option }) => {
    const text = bytesOf(name);
    return option.hidden !== true && globMatch(glob, 0, glob.length, text, 0, text.length, true);
  });
}

/** Whether the option's value must stay out of logs and MONITOR, by any name in any mix of cases. */
export function isSensitive(name: string): boolean {
  return findOption(name)?.option.sensitive === true;
}
