/**
 * Libraries of functions, by name, and their functions, by name whatever its case. A set of its own can be filled aside and
 * joined later: FUNCTION RESTORE takes all of a payload or nothing.
 */
import type { Program } from './runner.ts';

/** A function that a library has registered. */
export interface RegisteredFunction extends Program {
  readonly description: string | undefined;
}

export interface Library {
  readonly name: string;
  /** Its whole text, a character a byte. */
  readonly code: string;
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
}

/** What a library and a function take beside their texts, about. */
const LIBRARY_BYTES = 256;
const FUNCTION_BYTES = 160;

export class Libraries {
  private readonly libraries = new Map<string, Library>();
  private readonly functions = new Map<string, RegisteredFunction>();

  get all(): Iterable<Library> {
    return this.libraries.values();
  }

  get size(): number {
    return this.libraries.size;
  }

  get functionCount(): number {
    return this.functions.size;
  }

  /** Memory that they take, about. */
  get bytes(): number {
    let bytes = this.functions.size * FUNCTION_BYTES;
    for (const { name, code } of this.libraries.values()) bytes += LIBRARY_BYTES + name.length + code.length;
    return bytes;
  }

  library(name: string): Library | undefined {
    return this.libraries.get(name);
  }

  function(name: string): RegisteredFunction | undefined {
    return this.functions.get(lower(name));
  }

  /** Puts a library in; one of the same name must be gone. */
  add(library: Library): void {
    this.libraries.set(library.name, library);
    for (const registered of library.functions.values()) this.functions.set(lower(registered.name), registered);
  }

  remove(library: Library): void {
    this.libraries.delete(library.name);
    for (const { name } of library.functions.values()) this.functions.delete(lower(name));
  }

  /**
   * Puts libraries in, in the place of those of the same names, or none of them: then the result tells which function
   * another library has already.
   */
  replace(libraries: Iterable<Library>): string | undefined {
    const old: Library[] = [];
    const fresh: Library[] = [];
    for (const library of libraries) {
      const same = this.libraries.get(library.name);
      if (same !== undefined) {
        this.remove(same);
        old.push(same);
      }
      fresh.push(library);
    }
    const taken = fresh
      .flatMap(({ functions }) => [...functions.keys()])
      .find((name) => this.functions.has(lower(name)));
    for (const library of taken === undefined ? fresh : old) this.add(library);
    return taken;
  }
}

/** As C compares names without their case: ASCII letters only. */
function lower(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
