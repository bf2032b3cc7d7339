/** A place in a program where something can fail, as compiled code hands it to what it calls. */

import type { Site } from './error.ts';
import type { FieldCache } from './table.ts';

/** How a program calls a value: `local 'x'`; empty where it has no name for it. */
export interface Naming {
  readonly kind: string;
  readonly name: string;
}

export const NAMELESS: Naming = { kind: '', name: '' };

export class ProgramSite implements Site, FieldCache {
  readonly chunk: string;
  readonly line: number;
  readonly kind: string;
  readonly name: string;
  /** The second operand, where there is one. */
  readonly right: Naming;
  /** The name looked up here, where it is constant. */
  readonly key: string;
  readonly isTail: boolean;
  place = 0;

  constructor(chunk: string, line: number, { kind, name }: Naming, right: Naming, key: string, isTail = false) {
    this.chunk = chunk;
    this.line = line;
    this.kind = kind;
    this.name = name;
    this.right = right;
    this.key = key;
    this.isTail = isTail;
  }
}
