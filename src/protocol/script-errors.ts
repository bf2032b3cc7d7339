/** Errors about scripts and functions that name something. Those that do not are in errors.ts. */
import { untilNul } from './errors.ts';

/** `problem` is the compiler's, with the place where it is. */
export function scriptDoesNotCompile(problem: string): string {
  return `ERR Error compiling script (new function): ${untilNul(problem)}`;
}

export function libraryExists(name: string): string {
  return `ERR Library '${name}' already exists`;
}

/** As FUNCTION RESTORE says it, of a library or a function. */
export function restoredExists(what: 'Library' | 'Function', name: string): string {
  return `ERR ${what} ${name} already exists`;
}

export function unknownFunctionOption(option: string): string {
  return `ERR Unknown option given: ${untilNul(option)}`;
}

export function unknownListArgument(argument: string): string {
  return `ERR Unknown argument ${untilNul(argument)}`;
}

/** An error that ended a script: where it was thrown. `name` is the script's digest or the function's name. */
export function atLine(text: string, name: string, chunk: string, line: number): string {
  return `${untilNul(text)} script: ${name}, on @${chunk}:${line}.`;
}
