/** Coroutines: what `coroutine.create` makes. */

import type { LuaFunction, Steps } from './function.ts';

export type ThreadStatus = 'suspended' | 'running' | 'normal' | 'dead';

export class LuaThread {
  status: ThreadStatus = 'suspended';
  /** What to call when it is resumed for the first time. */
  readonly body: LuaFunction;
  /** Where it was suspended: its calls, outermost first; empty before it began. */
  segments: Steps[] = [];
  /** Numbers threads for `tostring`, when asked for the first time. */
  address = 0;

  constructor(body: LuaFunction) {
    this.body = body;
  }
}
