/** Scripts and functions of an engine, put together. */
import { Random } from '../../lua/libraries/random.ts';
import type { Family } from '../commands/spec.ts';
import type { Dispatcher } from '../dispatch/dispatch.ts';
import type { Clock } from '../keyspace/clock.ts';
import { ERROR_HANDLER, errorHandler } from './error-handler.ts';
import { Evaluator } from './evaluator.ts';
import { FunctionRegistry } from './function-registry.ts';
import { functionCommands } from './functions.ts';
import { LibraryLoader } from './library-loader.ts';
import { type Heap, LuaState } from './lua-state.ts';
import { RedisCalls } from './redis-calls.ts';
import { addRelics, redisLibrary } from './redis-library.ts';
import { ScriptRunner } from './runner.ts';
import { scriptCommands } from './scripts.ts';

/** For an engine that nobody limits. */
const NO_HEAP: Heap = { usedBytes: () => 0, collect: () => {} };

export class Scripting {
  readonly calls: RedisCalls;
  readonly runner: ScriptRunner;
  readonly evaluator: Evaluator;
  readonly functions: FunctionRegistry;

  constructor(dispatcher: Dispatcher, clock: Clock, heap: Heap = NO_HEAP) {
    const { notices } = dispatcher.call;
    const calls = new RedisCalls(dispatcher);
    // One sequence for all states, which a new state goes on with.
    const random = new Random();
    this.calls = calls;
    this.runner = new ScriptRunner(dispatcher, calls, clock);
    this.evaluator = new Evaluator(this.runner, () => {
      const library = redisLibrary(calls, notices);
      addRelics(library);
      const state = new LuaState(clock, heap, random, library);
      state.globals.setString(ERROR_HANDLER, errorHandler(state.machine));
      return state;
    });
    this.functions = new FunctionRegistry(
      this.runner,
      () => new LibraryLoader(new LuaState(clock, heap, random, redisLibrary(calls, notices)), notices),
    );
  }

  /** The commands. */
  get families(): readonly Family[] {
    return [scriptCommands(this.evaluator), functionCommands(this.functions)];
  }
}
