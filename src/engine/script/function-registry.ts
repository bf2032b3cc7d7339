/** The functions of an engine: loads libraries, calls their functions, hands them out and takes them back whole. */
import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import { restoredExists } from '../../protocol/script-errors.ts';
import type { Call } from '../dispatch/call.ts';
import { Libraries, type Library, type RegisteredFunction } from './libraries.ts';
import type { LibraryLoader } from './library-loader.ts';
import type { ScriptRunner } from './runner.ts';
import { FIRST_KEY, tableOf } from './script-arguments.ts';

/** What FUNCTION RESTORE does with libraries that are there already. */
export type RestorePolicy = 'append' | 'replace' | 'flush';

export class FunctionRegistry {
  libraries = new Libraries();
  readonly runner: ScriptRunner;
  private readonly makeLoader: () => LibraryLoader;
  /** Made for the first library: many engines have none. */
  private made: LibraryLoader | undefined;

  constructor(runner: ScriptRunner, makeLoader: () => LibraryLoader) {
    this.runner = runner;
    this.makeLoader = makeLoader;
  }

  private get loader(): LibraryLoader {
    this.made ??= this.makeLoader();
    return this.made;
  }

  /** Loads a library, in the place of the one of its name if it may replace it; a string is the error. */
  load(text: string, replaces: boolean): Library | string {
    const library = this.loader.load(text, (name) => !replaces && this.libraries.library(name) !== undefined);
    if (typeof library === 'string') return library;
    const taken = this.libraries.replace([library]);
    return taken === undefined ? library : restoredExists('Function', taken);
  }

  /** Takes libraries, given by their texts, or none of them; the result is the error. */
  restore(texts: Iterable<string | Error>, policy: RestorePolicy): string | undefined {
    const fresh = new Libraries();
    for (const text of texts) {
      if (text instanceof Error) return `ERR ${text.message}`;
      const library = this.loader.load(text, (name) => fresh.library(name) !== undefined);
      if (typeof library === 'string') return library;
      const taken = fresh.replace([library]);
      if (taken !== undefined) return restoredExists('Function', taken);
    }
    if (policy === 'flush') {
      this.libraries = fresh;
      return undefined;
    }
    if (policy === 'append') {
      for (const { name } of fresh.all) if (this.libraries.library(name)) return restoredExists('Library', name);
    }
    const taken = this.libraries.replace(fresh.all);
    return taken === undefined ? undefined : restoredExists('Function', taken);
  }

  /** Calls a function with the keys and arguments of a call. */
  run(call: Call, args: Args, reply: Reply, called: RegisteredFunction, keyCount: number, readsOnly: boolean): void {
    const firstArgument = FIRST_KEY + keyCount;
    const values = [tableOf(args, FIRST_KEY, firstArgument), tableOf(args, firstArgument, args.count)];
    this.runner.run(call, args, reply, called, values, readsOnly);
  }

  /** Forgets all libraries, and whatever they may have left. */
  flush(): void {
    this.libraries = new Libraries();
    this.made = undefined;
  }
}
