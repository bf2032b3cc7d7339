import type { LuaFunction } from '../../lua/function.ts';
import type { Machine } from '../../lua/machine.ts';
import type { Program } from './runner.ts';

/** A script of EVAL: its text, what it declares, and the compiled program. */
export class Script implements Program {
  /** Its digest: forty lowercase hexadecimal digits. */
  readonly name: string;
  readonly digestBytes: Buffer;
  /** The same, four digits a number. */
  readonly digestWords: Int32Array;
  /** A character a byte. */
  readonly text: string;
  readonly flags: number;
  readonly main: LuaFunction;
  readonly machine: Machine;
  readonly chunk: string;
  readonly isFunction = false;
  /** SCRIPT LOAD has brought it: it is not given up. */
  isKept: boolean;
  /** Numbers uses, so that the one that was used longest ago can be told. */
  lastUse = 0;

  constructor(
    digest: string,
    text: string,
    flags: number,
    main: LuaFunction,
    machine: Machine,
    chunk: string,
    isKept: boolean,
  ) {
    this.name = digest;
    this.digestBytes = Buffer.from(digest, 'latin1');
    this.digestWords = Int32Array.from({ length: digest.length / 4 }, (_, i) => this.digestBytes.readInt32LE(i * 4));
    this.text = text;
    this.flags = flags;
    this.main = main;
    this.machine = machine;
    this.chunk = chunk;
    this.isKept = isKept;
  }
}
