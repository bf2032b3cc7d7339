/** The library `coroutine`; machine.ts does the switching. */

import { badArgument, LuaError, positionOf } from './error.ts';
import { LuaFunction, list, type Result, type Steps } from './function.ts';
import { addBuiltins } from './library.ts';
import type { Machine } from './machine.ts';
import { LuaTable } from './table.ts';
import { LuaThread } from './thread.ts';
import type { LuaValue } from './value.ts';

/** About what a coroutine takes. */
const THREAD_BYTES = 1000;
/** About what each of the calls in it takes while it is suspended. */
const FRAME_BYTES = 500;

export function coroutineLibrary(machine: Machine): LuaTable {
  function create(args: readonly LuaValue[]): LuaThread {
    const body = args[0];
    // A builtin cannot be one; Lua asks for nothing else in a coroutine either.
    if (!(body instanceof LuaFunction) || body.isBuiltin) return badArgument(1, 'Lua function expected');
    machine.budget.allocate(THREAD_BYTES);
    return new LuaThread(body);
  }

  function* resume(thread: LuaThread, args: readonly LuaValue[]): Steps {
    if (thread.status !== 'suspended') {
      return [false, `cannot resume ${thread.status} coroutine`];
    }
    machine.budget.allocate(machine.depth * FRAME_BYTES);
    return yield* machine.resume(thread, args);
  }

  function wrap(...args: LuaValue[]): LuaFunction {
    const thread = create(args);
    return new LuaFunction(undefined, function* (...values): Steps {
      const site = machine.site;
      const result = list(yield* resume(thread, values));
      if (result[0] === true) return result.slice(1);
      const message = result[1];
      // As luaL_where: where the wrapped coroutine was called from stands before a message.
      throw new LuaError(typeof message === 'string' ? positionOf(site) + message : message);
    });
  }

  return addBuiltins(new LuaTable(), {
    create: (...args) => create(args),
    wrap,
    *resume(...args): Steps {
      const thread = args[0];
      return thread instanceof LuaThread ? yield* resume(thread, args.slice(1)) : badArgument(1, 'coroutine expected');
    },
    *yield(...args): Steps {
      if (machine.thread === undefined || machine.builtinDepth > 0) {
        throw new LuaError('attempt to yield across metamethod/C-call boundary');
      }
      machine.budget.allocate(machine.depth * FRAME_BYTES);
      return yield* machine.yieldValues(args);
    },
    status: (...args): Result => {
      const thread = args[0];
      return thread instanceof LuaThread ? thread.status : badArgument(1, 'coroutine expected');
    },
    running: () => machine.thread,
  });
}
