/** The library `table`. All of it is raw: no metamethods but those of comparison. */
import { type Arguments, checkFunction, checkInt, checkTable, optionalInt, optionalString } from '../arguments.ts';
import type { Budget } from '../budget.ts';
import { LuaError, raise } from '../error.ts';
import { call, LuaFunction, MORE, type Result, type Steps } from '../function.ts';
import { addBuiltins } from '../library.ts';
import type { Machine } from '../machine.ts';
import { numberToString } from '../numbers.ts';
import { LuaTable } from '../table.ts';
import { isTrue, type LuaValue, typeName } from '../value.ts';
import { callBack, callBackInSteps } from './call-back.ts';
import { pauseIfDue } from './pause.ts';
import { Sorter } from './sorter.ts';

/** What an element takes, about. */
const ENTRY_BYTES = 16;
/** Elements that are moved in a step, and after how many the budget is asked. */
const MOVES_PER_LOOK = 4096;
const SHIFT_OF_STEP = 2;
/** What takes more moves or comparisons is made in steps. */
const MOST_AT_ONCE = 1 << 16;
const LONGEST_SORTED_AT_ONCE = 1 << 12;
const COMPARISONS_PER_LOOK = 256;
/** A text that grows is looked at when it is so long, then whenever it has doubled. */
const LENGTH_PER_LOOK = 1 << 16;

export function tableLibrary(machine: Machine): LuaTable {
  const { budget } = machine;
  const library = new LuaTable();
  addBuiltins(
    library,
    {
      concat: (...args) => concat(budget, args),
      getn: (...args) => checkTable(args, 1).length(),
      maxn: (...args) => greatestKey(budget, checkTable(args, 1)),
    },
    'pure',
  );
  return addBuiltins(library, {
    foreach: function* (...args) {
      const table = checkTable(args, 1);
      const callback = checkFunction(args, 2);
      for (let place = table.nextPlace(0); place > 0; place = table.nextPlace(place)) {
        if (--budget.fuel < 0) yield* pauseIfDue(budget);
        const args = [table.keyAt(place), table.valueAt(place)];
        const value = callBack(machine, callback, args);
        const result = value === MORE ? yield* callBackInSteps(machine, callback, args) : value;
        if (result !== undefined) return result;
      }
      return [];
    },
    foreachi: function* (...args) {
      const table = checkTable(args, 1);
      const length = table.length();
      const callback = checkFunction(args, 2);
      for (let index = 1; index <= length; index++) {
        if (--budget.fuel < 0) yield* pauseIfDue(budget);
        const args = [index, table.getInt(index)];
        const value = callBack(machine, callback, args);
        const result = value === MORE ? yield* callBackInSteps(machine, callback, args) : value;
        if (result !== undefined) return result;
      }
      return [];
    },
    insert: {
      plain: (...args) => insertPlain(budget, args),
      steps: (...args) => insertSteps(budget, args),
      plainArguments: 2,
    },
    remove: (...args) => remove(budget, args),
    setn: (...args) => {
      checkTable(args, 1);
      return raise("'setn' is obsolete");
    },
    sort: { plain: (...args) => sortPlain(budget, args), steps: (...args) => sortSteps(machine, args) },
  });
}

function concat(budget: Budget, args: Arguments): string {
  const separator = optionalString(args, 2, '');
  const table = checkTable(args, 1);
  const from = optionalInt(args, 3, 1);
  const to = args[3] === undefined ? table.length() : checkInt(args, 4);
  let text = '';
  let lookAt = LENGTH_PER_LOOK;
  for (let index = from; index <= to; index++) {
    const value = table.getInt(index);
    if (typeof value === 'string') text += value;
    else if (typeof value === 'number') text += numberToString(value);
    else raise(`invalid value (${typeName(value)}) at index ${index} in table for 'concat'`);
    if (index < to) text += separator;
    if (text.length > lookAt) {
      lookAt = text.length * 2;
      budget.allocateString(text.length);
    }
  }
  budget.spend(Math.max(to - from, 0) >> SHIFT_OF_STEP);
  budget.allocateString(text.length);
  return text;
}

/** The table, where to insert into it, and the index the last element moves to. */
function insertion(args: Arguments): { table: LuaTable; position: number; end: number } {
  const table = checkTable(args, 1);
  const end = table.length() + 1;
  if (args.length !== 2 && args.length !== 3) raise("wrong number of arguments to 'insert'");
  const position = args.length === 2 ? end : checkInt(args, 2);
  return { table, position, end: Math.max(end, position) };
}

function insertPlain(budget: Budget, args: Arguments): Result | typeof MORE {
  const { table, position, end } = insertion(args);
  if (end - position > MOST_AT_ONCE) return MORE;
  budget.spend((end - position) >> SHIFT_OF_STEP);
  budget.allocate(ENTRY_BYTES);
  for (let index = end; index > position; index--) table.set(index, table.getInt(index - 1));
  table.set(position, args[args.length - 1]);
  return [];
}

function* insertSteps(budget: Budget, args: Arguments): Steps {
  const { table, position, end } = insertion(args);
  for (let index = end; index > position; index--) {
    table.set(index, table.getInt(index - 1));
    if ((index & (MOVES_PER_LOOK - 1)) !== 0) continue;
    budget.fuel -= MOVES_PER_LOOK >> SHIFT_OF_STEP;
    yield* pauseIfDue(budget);
  }
  table.set(position, args[args.length - 1]);
  return [];
}

function remove(budget: Budget, args: Arguments): Result {
  const table = checkTable(args, 1);
  const end = table.length();
  const position = optionalInt(args, 2, end);
  if (position < 1 || position > end) return [];
  const value = table.getInt(position);
  for (let index = position; index < end; index++) {
    table.set(index, table.getInt(index + 1));
    if ((index & (MOVES_PER_LOOK - 1)) === 0) budget.spend(MOVES_PER_LOOK >> SHIFT_OF_STEP);
  }
  table.set(end, undefined);
  return value;
}

function greatestKey(budget: Budget, table: LuaTable): number {
  let greatest = 0;
  for (let place = table.nextPlace(0); place > 0; place = table.nextPlace(place)) {
    if ((place & (MOVES_PER_LOOK - 1)) === 0) budget.spend(MOVES_PER_LOOK >> SHIFT_OF_STEP);
    const key = table.keyAt(place);
    if (typeof key === 'number' && key > greatest) greatest = key;
  }
  return greatest;
}

/** Without a comparator, elements that are all numbers or all strings are sorted at once. */
function sortPlain(budget: Budget, args: Arguments): Result | typeof MORE {
  const table = checkTable(args, 1);
  const length = table.length();
  if (args[1] !== undefined || length > LONGEST_SORTED_AT_ONCE) return MORE;
  const kind = typeof table.getInt(1);
  if (length > 1 && kind !== 'number' && kind !== 'string') return MORE;
  for (let index = 2; index <= length; index++) if (typeof table.getInt(index) !== kind) return MORE;
  const sorter = new Sorter(table, length);
  let isLess = false;
  let count = 0;
  for (; sorter.advance(isLess); count++) isLess = (sorter.left as number) < (sorter.right as number);
  budget.spend(count);
  return [];
}

function* sortSteps(machine: Machine, args: Arguments): Steps {
  const table = checkTable(args, 1);
  const length = table.length();
  const comparator = args[1] === undefined ? undefined : checkFunction(args, 2);
  const sorter = new Sorter(table, length);
  let isLess = false;
  for (let count = 1; sorter.advance(isLess); count++) {
    if ((count & (COMPARISONS_PER_LOOK - 1)) === 0) {
      machine.budget.fuel -= COMPARISONS_PER_LOOK;
      yield* pauseIfDue(machine.budget);
    }
    const sides = [sorter.left, sorter.right];
    const handler = comparator ?? comparisonOf(sorter.left, sorter.right);
    if (typeof handler === 'boolean') {
      isLess = handler;
      continue;
    }
    const value = callBack(machine, handler, sides);
    isLess = isTrue(value === MORE ? yield* callBackInSteps(machine, handler, sides) : value);
  }
  return [];
}

/** `left < right` as the language has it, or the metamethod that tells. */
function comparisonOf(left: LuaValue, right: LuaValue): boolean | LuaFunction {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  if (typeof left === 'string' && typeof right === 'string') return left < right;
  const handler = left instanceof LuaTable ? left.metatable?.getString('__lt') : undefined;
  const other = right instanceof LuaTable ? right.metatable?.getString('__lt') : undefined;
  if (handler !== undefined && handler === other) {
    return handler instanceof LuaFunction ? handler : new LuaFunction(undefined, (...sides) => call(handler, ...sides));
  }
  const [one, two] = [typeName(left), typeName(right)];
  throw new LuaError(one === two ? `attempt to compare two ${one} values` : `attempt to compare ${one} with ${two}`);
}
