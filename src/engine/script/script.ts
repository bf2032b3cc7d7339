import type { LuaFunction } from '../../lua/function.ts';

/** A script of EVAL: its text, what it declares, and the compiled program. */
export class Script {
  /** Forty lowercase hexadecimal digits. */
  readonly digest: string;
  readonly digestBytes: Buffer;
  /** A character a byte. */
  readonly text: string;
  /** What it declares, see shebang.ts. */
  readonly flags: number;
  readonly main: LuaFunction;
  /** SCRIPT LOAD has brought it: it is not given up. */
  isKept: boolean;
  /** Numbers uses, so that the one that was used longest ago can be told. */
  lastUse = 0;

  constructor(digest: string, text: string, flags: number, main: LuaFunction, isKept: boolean) {
    this.digest = digest;
    this.digestBytes = Buffer.from(digest, 'latin1');
    this.text = text;
    this.flags = flags;
    this.main = main;
    this.isKept = isKept;
  }
}
