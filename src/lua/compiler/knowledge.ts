/**
 * What is known of a chunk before it is written.
 *
 * A chunk is *closed* when it can have no metatable of a program's making: it never names what makes one, or what would let
 * it reach that by another name. Then no operator and no index calls anything. A builtin called by a name that nobody can
 * change is known, and so is a local function that is never assigned to again: it is called directly, and if nothing else
 * is made of it there is no closure.
 *
 * A function *ends soon* when it has no loop and all it calls is known and ends soon: builtins without steps, and functions
 * that end soon themselves, all in all not many. Nothing has to interrupt it, so it is written as an ordinary JavaScript
 * function, which costs a fraction of a generator to run and to compile.
 */

import { ANY_NUMBER, LuaFunction } from '../function.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';
import type { Call, Expression, FunctionBody, Local } from './ast.ts';
import { isHarmless } from './purity.ts';
import { Survey } from './survey.ts';
import { isMany } from './walk.ts';

/** What makes metatables, and what a program could reach it by without its name. */
const OPENING_NAMES = ['setmetatable', '_G', 'loadstring', 'load'];
/** So many calls, and calls inside calls, are soon made. */
const MOST_CALLS = 1000;
const MOST_NESTED = 20;

/** How many calls a function makes at most, and how deep. */
interface Extent {
  readonly calls: number;
  readonly depth: number;
}

const ENDLESS: Extent = { calls: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };

export class Knowledge {
  readonly isClosed: boolean;
  private readonly globals: LuaTable;
  private readonly survey: Survey;
  private readonly extents = new Map<FunctionBody, Extent>();
  private readonly purity = new Map<FunctionBody, boolean>();
  private readonly direct = new Map<Local, FunctionBody | undefined>();
  private readonly held = new Map<FunctionBody, ReadonlySet<Local>>();

  /** `isShared`: the chunk is given values by another one, which may have metatables. */
  constructor(main: FunctionBody, globals: LuaTable, isShared: boolean) {
    this.globals = globals;
    this.survey = new Survey(main);
    const names = this.survey.globals;
    const isOpen = isShared || this.survey.isIncomplete || OPENING_NAMES.some((name) => names.has(name));
    this.isClosed = !isOpen && globals.readonly;
  }

  /** The builtin that an expression always is. */
  builtinOf(expression: Expression): LuaFunction | undefined {
    if (!this.isClosed) return undefined;
    const value = this.constantOf(expression);
    return value instanceof LuaFunction && value.isBuiltin ? value : undefined;
  }

  private constantOf(expression: Expression): LuaValue {
    switch (expression.type) {
      case 'global':
        return this.globals.getString(expression.name);
      case 'index': {
        if (expression.key.type !== 'string') return undefined;
        const table = this.constantOf(expression.object);
        return table instanceof LuaTable && table.readonly ? table.getString(expression.key.value) : undefined;
      }
      case 'local': {
        const initial = this.initialOf(expression.local);
        return initial === undefined ? undefined : this.constantOf(initial);
      }
      default:
        return undefined;
    }
  }

  /** What a local is declared as, if it stays that. */
  private initialOf(local: Local): Expression | undefined {
    return local.isReassigned ? undefined : this.survey.initial.get(local);
  }

  /** The function that a local always is and that is called directly; no closure is made of it. */
  directFunction(local: Local): FunctionBody | undefined {
    if (!this.isClosed) return undefined;
    if (!this.direct.has(local)) this.direct.set(local, this.findDirect(local));
    return this.direct.get(local);
  }

  /** The function that a call calls directly. */
  directlyCalled({ callee, method }: Call): FunctionBody | undefined {
    return method === undefined && callee.type === 'local' ? this.directFunction(callee.local) : undefined;
  }

  private findDirect(local: Local): FunctionBody | undefined {
    const initial = this.initialOf(local);
    if (initial?.type !== 'function' || this.survey.escaping.has(local)) return undefined;
    const { body } = initial;
    // It calls itself; by way of others it cannot, because functions know only those before them.
    if (body.upvalues.has(local)) return undefined;
    // Forms that are tried first (purity.ts) belong to closures.
    if (!this.endsSoon(body) && this.isPure(body)) return undefined;
    return [...this.heldBy(body)].some((held) => held.isReassigned) ? undefined : body;
  }

  /** The variables of functions around it that a function needs, for itself and for those it calls directly. */
  heldBy(body: FunctionBody): ReadonlySet<Local> {
    let held = this.held.get(body);
    if (held === undefined) {
      const all = new Set<Local>();
      for (const local of body.upvalues) {
        const called = this.directFunction(local);
        if (called !== undefined) for (const inner of this.heldBy(called)) all.add(inner);
        else if (!this.isConstant(local)) all.add(local);
      }
      held = all;
      this.held.set(body, held);
    }
    return held;
  }

  /** Whether a local is a builtin, so that nothing has to be declared. */
  isConstant(local: Local): boolean {
    return this.builtinOf({ type: 'local', local, isUpvalue: false }) !== undefined;
  }

  endsSoon(body: FunctionBody): boolean {
    const { calls, depth } = this.extentOf(body);
    return calls <= MOST_CALLS && depth <= MOST_NESTED;
  }

  private extentOf(body: FunctionBody): Extent {
    if (!this.isClosed) return ENDLESS;
    let extent = this.extents.get(body);
    if (extent === undefined) {
      // Found while it is being made: it calls itself.
      this.extents.set(body, ENDLESS);
      extent = this.measure(body);
      this.extents.set(body, extent);
    }
    return extent;
  }

  private measure(body: FunctionBody): Extent {
    const { calls, hasLoop } = this.survey.of(body);
    if (hasLoop) return ENDLESS;
    let all = 0;
    let depth = 0;
    for (const call of calls) {
      const inner = this.extentOfCall(call);
      all += inner.calls + 1;
      depth = Math.max(depth, inner.depth + 1);
    }
    return { calls: all, depth };
  }

  private extentOfCall(call: Call): Extent {
    const builtin = call.method === undefined ? this.builtinOf(call.callee) : undefined;
    if (builtin !== undefined) return this.needsNoSteps(builtin, call) ? NOTHING_MORE : ENDLESS;
    const body = this.directlyCalled(call);
    return body === undefined ? ENDLESS : this.extentOf(body);
  }

  /** Whether a builtin's plain form does what this call asks for. */
  needsNoSteps(builtin: LuaFunction, { args }: Call): boolean {
    const last = args.at(-1);
    const count = last !== undefined && isMany(last) ? Number.POSITIVE_INFINITY : args.length;
    return builtin.plainArguments === ANY_NUMBER || count <= builtin.plainArguments;
  }

  /** Whether a function gets a form that may be forgotten and called again. */
  isPure(body: FunctionBody): boolean {
    let pure = this.purity.get(body);
    if (pure === undefined) {
      // It may call itself.
      this.purity.set(body, true);
      pure = isHarmless(body) && this.survey.of(body).calls.every((call) => this.mayBePure(call));
      this.purity.set(body, pure);
    }
    return pure;
  }

  /** What is not known decides for itself, when it is called. */
  private mayBePure(call: Call): boolean {
    if (call.method !== undefined) return true;
    const builtin = this.builtinOf(call.callee);
    if (builtin !== undefined) return builtin.isPure;
    const initial = call.callee.type === 'local' && this.isClosed ? this.initialOf(call.callee.local) : undefined;
    return initial?.type === 'function' ? this.isPure(initial.body) : true;
  }
}

const NOTHING_MORE: Extent = { calls: 0, depth: 0 };
