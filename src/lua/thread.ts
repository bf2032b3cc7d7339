/** Coroutines: what `coroutine.create` makes. */

import type { LuaFunction, Steps } from './function.ts';
import type { Position } from './machine.ts';

export type ThreadStatus = 'suspended' | 'running' | 'normal' | 'dead';

export class LuaThread {
  status: ThreadStatus = 'suspended';
  /** What is called when it is resumed for the first time. */
  readonly body: LuaFunction;
  /** What it was doing when it yielded. */
  suspended: { readonly stack: readonly (Steps | LuaThread)[]; readonly position: Position } | undefined = undefined;
  /** Numbers threads for `tostring`, when asked for the first time. */
  address = 0;

  constructor(body: LuaFunction) {
    this.body = body;
  }
}
