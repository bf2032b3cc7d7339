/**
 * `find`, `match`, `gmatch` and `gsub`.
 *
 * Each is tried in its plain form with a limit of steps; a match that takes longer begins again in steps, where it can be
 * suspended. `gsub` takes this way at once if it has to call a function.
 */
import { type Arguments, checkString, optionalInt, optionalInteger } from '../arguments.ts';
import type { Budget } from '../budget.ts';
import { badArgument, LuaError, raise } from '../error.ts';
import { LuaFunction, MORE, type Result, type Signal, type Steps } from '../function.ts';
import { MAX_CHAIN } from '../indexing.ts';
import { addBuiltins } from '../library.ts';
import type { Machine } from '../machine.ts';
import { numberToString } from '../numbers.ts';
import { LuaTable } from '../table.ts';
import { isTrue, type LuaValue, typeName } from '../value.ts';
import { callBack, callBackInSteps } from './call-back.ts';
import { FAILED, Matcher, PAUSED } from './matcher.ts';
import { type Pattern, readPattern, readUnanchored } from './pattern.ts';
import { pauseIfDue } from './pause.ts';

/** A plain form gives up after so many steps. */
const PLAIN_STEPS = 20_000;
/** So does `gsub` after so many for all its matches. */
const PLAIN_TOTAL_STEPS = 100_000;
/** In steps the budget is asked so often. */
const STEPS_PER_LOOK = 5_000;
/** Nothing interrupts a plain form, so they share one. */
const plainMatcher = new Matcher();
/** Matchers of forms in steps that ended: making one takes longer than most matches. */
const idleMatchers: Matcher[] = [];
const MOST_IDLE = 8;

function takeMatcher(): Matcher {
  return idleMatchers.pop() ?? new Matcher();
}

/** For who is done with it; a form that failed or was abandoned keeps its own. */
function giveBack(matcher: Matcher): void {
  if (idleMatchers.length < MOST_IDLE) idleMatchers.push(matcher);
}

/** A text that grows is looked at when it is so long, then whenever it has doubled. */
const LENGTH_PER_LOOK = 1 << 16;
const SHIFT_OF_RUN = 4;

/** Adds the functions to the library `string`. */
export function addPatternFunctions(library: LuaTable, machine: Machine): void {
  const { budget } = machine;
  addBuiltins(
    library,
    {
      find: {
        plain: (...args) => searchPlain(budget, args, true),
        steps: (...args) => searchSteps(budget, args, true),
      },
      match: {
        plain: (...args) => searchPlain(budget, args, false),
        steps: (...args) => searchSteps(budget, args, false),
      },
      gsub: {
        plain: (...args) => substitutePlain(budget, args),
        steps: (...args) => substituteSteps(machine, args),
      },
    },
    'pure',
  );
  addBuiltins(library, { gmatch: (...args) => iterator(budget, checkString(args, 1), checkString(args, 2)) });
  library.setString('gfind', library.getString('gmatch'));
}

/** Runs a plain form's matcher: whether there is a match, or MORE. */
function runPlain(budget: Budget, matcher: Matcher): boolean | typeof MORE {
  const outcome = matcher.run(PLAIN_STEPS);
  budget.spend(PLAIN_STEPS - matcher.stepsLeft);
  return outcome === PAUSED ? MORE : outcome !== FAILED;
}

/** Runs the matcher of a form in steps for a while: as `Matcher.run`. */
function runSome(budget: Budget, matcher: Matcher): number {
  const outcome = matcher.run(STEPS_PER_LOOK);
  budget.fuel -= STEPS_PER_LOOK - matcher.stepsLeft;
  return outcome;
}

function* runInSteps(budget: Budget, matcher: Matcher): Generator<Signal, boolean, Result> {
  let outcome = runSome(budget, matcher);
  for (; outcome === PAUSED; outcome = runSome(budget, matcher)) yield* pauseIfDue(budget);
  return outcome !== FAILED;
}

/** Position `position` of a text so long, counted from its end if below zero. */
export function fromStart(position: number, length: number): number {
  return Math.max(position < 0 ? position + length + 1 : position, 0);
}

/** Begins the search that `find` and `match` ask for; or answers it where it is one for a text. */
function beginSearch(matcher: Matcher, args: Arguments, isFind: boolean): Result | typeof MORE {
  const text = checkString(args, 1);
  const pattern = checkString(args, 2);
  const from = args.length < 3 ? 0 : startOf(optionalInteger(args, 3, 1), text.length);
  const read = readPattern(pattern);
  if (isFind && (read.isText || isTrue(args[3]))) {
    const at = text.indexOf(pattern, from);
    return at < 0 ? undefined : [at + 1, at + pattern.length];
  }
  matcher.begin(text, read.items, from, read.isAnchored);
  return MORE;
}

/** The offset of a position, within the text or at its end. */
function startOf(position: number, length: number): number {
  return Math.min(Math.max(fromStart(position, length) - 1, 0), length);
}

function searchPlain(budget: Budget, args: Arguments, isFind: boolean): Result | typeof MORE {
  const matcher = plainMatcher;
  const answer = beginSearch(matcher, args, isFind);
  if (answer !== MORE) return answer;
  const isFound = runPlain(budget, matcher);
  return isFound === true ? found(matcher, isFind) : isFound === false ? undefined : MORE;
}

function* searchSteps(budget: Budget, args: Arguments, isFind: boolean): Steps {
  const matcher = takeMatcher();
  const answer = beginSearch(matcher, args, isFind);
  if (answer !== MORE) return answer;
  const result = (yield* runInSteps(budget, matcher)) ? found(matcher, isFind) : undefined;
  giveBack(matcher);
  return result;
}

function found(matcher: Matcher, isFind: boolean): Result {
  if (!isFind) return matcher.captureCount <= 1 ? matcher.capture(0) : captures(matcher);
  const place = [matcher.start + 1, matcher.end];
  return matcher.captureCount === 0 ? place : [...place, ...captures(matcher)];
}

/** All captures, the whole match if there are none. */
function captures(matcher: Matcher): LuaValue[] {
  const values: LuaValue[] = [matcher.capture(0)];
  for (let index = 1; index < matcher.captureCount; index++) values.push(matcher.capture(index));
  return values;
}

/** What `gmatch` answers: each call is the next match. An anchor means nothing here. */
function iterator(budget: Budget, text: string, pattern: string): LuaFunction {
  const { items } = readUnanchored(pattern);
  let from = 0;
  function end(matcher: Matcher, isFound: boolean): Result {
    if (!isFound) return [];
    from = matcher.end > matcher.start ? matcher.end : matcher.end + 1;
    return matcher.captureCount <= 1 ? matcher.capture(0) : captures(matcher);
  }
  return new LuaFunction(
    () => {
      if (from > text.length) return [];
      plainMatcher.begin(text, items, from, false);
      const isFound = runPlain(budget, plainMatcher);
      return isFound === MORE ? MORE : end(plainMatcher, isFound);
    },
    function* () {
      const matcher = takeMatcher();
      matcher.begin(text, items, from, false);
      const result = end(matcher, yield* runInSteps(budget, matcher));
      giveBack(matcher);
      return result;
    },
  );
}

/** A `gsub` under way. */
class Substitution {
  readonly matcher: Matcher;
  readonly replacement: LuaValue;
  private readonly budget: Budget;
  private readonly text: string;
  private readonly pattern: Pattern;
  private readonly most: number;
  private made = '';
  private lookAt = LENGTH_PER_LOOK;
  private count = 0;
  /** From where the next match is looked for, and up to where the text is in what was made. */
  private from = 0;
  private copied = 0;

  constructor(budget: Budget, args: Arguments, matcher: Matcher) {
    this.budget = budget;
    this.matcher = matcher;
    this.text = checkString(args, 1);
    const pattern = checkString(args, 2);
    this.most = optionalInt(args, 4, this.text.length + 1);
    const kind = typeName(args[2]);
    if (kind !== 'number' && kind !== 'string' && kind !== 'table' && kind !== 'function') {
      badArgument(3, 'string/function/table expected');
    }
    this.replacement = typeof args[2] === 'number' ? numberToString(args[2]) : args[2];
    this.pattern = readPattern(pattern);
  }

  /** Begins to look for the next match; false if no more is wanted. */
  begin(): boolean {
    if (this.count >= this.most || this.from > this.text.length || (this.pattern.isAnchored && this.count > 0)) {
      return false;
    }
    this.matcher.begin(this.text, this.pattern.items, this.from, this.pattern.isAnchored);
    return true;
  }

  /** Puts `value`, or the match itself if that is nil or false, in the place of the match that was found. */
  put(value: LuaValue): void {
    const { start, end } = this.matcher;
    this.count++;
    let put = this.text.slice(start, end);
    if (typeof value === 'string') put = value;
    else if (typeof value === 'number') put = numberToString(value);
    else if (isTrue(value)) raise(`invalid replacement value (a ${typeName(value)})`);
    this.made += this.text.slice(this.copied, start) + put;
    this.copied = end;
    // Behind an empty match the next character stays as it is.
    this.from = end > start ? end : end + 1;
    if (this.made.length > this.lookAt) {
      this.lookAt = this.made.length * 2;
      this.budget.allocateString(this.made.length);
    }
  }

  /** The replacement text with its captures. */
  expand(replacement: string): string {
    let expanded = '';
    let copied = 0;
    for (let at = replacement.indexOf('%'); at >= 0; at = replacement.indexOf('%', at + 2)) {
      expanded += replacement.slice(copied, at);
      copied = at + 2;
      const digit = replacement.charCodeAt(at + 1) - 0x30;
      // Behind a `%` at the end C finds a NUL.
      if (!(digit >= 0 && digit <= 9)) expanded += replacement[at + 1] ?? '\0';
      else if (digit === 0) expanded += this.text.slice(this.matcher.start, this.matcher.end);
      else expanded += this.matcher.capture(digit - 1);
    }
    return expanded + replacement.slice(copied);
  }

  finish(): Result {
    const length = this.made.length + this.text.length - this.copied;
    this.budget.spend(length >> SHIFT_OF_RUN);
    this.budget.allocateString(length);
    return [this.made + this.text.slice(this.copied), this.count];
  }
}

function substitutePlain(budget: Budget, args: Arguments): Result | typeof MORE {
  // What has to be called, or may have to be, is not begun.
  const given = args[2];
  if (given instanceof LuaFunction || (given instanceof LuaTable && given.metatable !== undefined)) return MORE;
  const task = new Substitution(budget, args, plainMatcher);
  const { replacement } = task;
  const isText = typeof replacement === 'string' && !replacement.includes('%');
  let stepsLeft = PLAIN_TOTAL_STEPS;
  while (task.begin()) {
    const isFound = runPlain(budget, task.matcher);
    stepsLeft -= PLAIN_STEPS - task.matcher.stepsLeft;
    if (isFound === MORE || stepsLeft < 0) return MORE;
    if (!isFound) break;
    if (isText) task.put(replacement);
    else if (typeof replacement === 'string') task.put(task.expand(replacement));
    else if (replacement instanceof LuaTable) task.put(replacement.get(task.matcher.capture(0)));
  }
  return task.finish();
}

function* substituteSteps(machine: Machine, args: Arguments): Steps {
  const { budget } = machine;
  const task = new Substitution(budget, args, takeMatcher());
  const { replacement } = task;
  while (task.begin()) {
    const outcome = runSome(budget, task.matcher);
    if (budget.fuel < 0) yield* pauseIfDue(budget);
    if (outcome === FAILED || (outcome === PAUSED && !(yield* runInSteps(budget, task.matcher)))) break;
    if (typeof replacement === 'string') {
      task.put(task.expand(replacement));
    } else if (replacement instanceof LuaFunction) {
      const values = captures(task.matcher);
      const value = callBack(machine, replacement, values);
      task.put(value === MORE ? yield* callBackInSteps(machine, replacement, values) : value);
    } else {
      const key = task.matcher.capture(0);
      task.put(yield* fieldOf(machine, replacement, key));
    }
  }
  giveBack(task.matcher);
  return task.finish();
}

/** `table[key]`, with metamethods. */
function* fieldOf(machine: Machine, table: LuaValue, key: LuaValue): Generator<Signal, LuaValue, Result> {
  let at = table;
  for (let i = 0; i < MAX_CHAIN; i++) {
    if (at instanceof LuaTable) {
      const value = at.get(key);
      if (value !== undefined || at.metatable === undefined) return value;
    }
    const metatable =
      at instanceof LuaTable ? at.metatable : typeof at === 'string' ? machine.stringMetatable : undefined;
    const handler: LuaValue = metatable?.getString('__index');
    if (handler instanceof LuaFunction) {
      const value = callBack(machine, handler, [at, key]);
      return value === MORE ? yield* callBackInSteps(machine, handler, [at, key]) : value;
    }
    if (handler === undefined) {
      if (at instanceof LuaTable) return undefined;
      throw new LuaError(`attempt to index a ${typeName(at)} value`);
    }
    at = handler;
  }
  throw new LuaError('loop in gettable');
}
