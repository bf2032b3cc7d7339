/**
 * Operators on anything but two numbers, which compiled code does by itself: strings that are numbers, metamethods, Lua's
 * complaints. WAIT means that a metamethod is being called in steps.
 */

import type { Budget } from './budget.ts';
import { LuaError, positionOf } from './error.ts';
import type { Signal } from './function.ts';
import { type Metamethods, metafield, wrongOperand } from './metamethods.ts';
import { numberToString, stringToNumber } from './numbers.ts';
import { power } from './power.ts';
import type { ProgramSite } from './site.ts';
import { type FieldCache, LuaTable } from './table.ts';
import { type LuaValue, typeName } from './value.ts';

type Answer = LuaValue | Signal;

export interface Operators {
  arithmetic(operator: number, a: LuaValue, b: LuaValue, site: ProgramSite): Answer;
  concat(a: LuaValue, b: LuaValue, site: ProgramSite): Answer;
  length(value: LuaValue, site: ProgramSite): Answer;
  equal(a: LuaValue, b: LuaValue, site: ProgramSite): Answer;
  less(a: LuaValue, b: LuaValue, site: ProgramSite): Answer;
  lessOrEqual(a: LuaValue, b: LuaValue, site: ProgramSite): Answer;
}

/** By their numbers in compiled code. */
const ARITHMETIC: readonly { readonly sign: string; readonly event: FieldCache }[] = [
  { sign: '+', event: metafield('__add') },
  { sign: '-', event: metafield('__sub') },
  { sign: '*', event: metafield('__mul') },
  { sign: '/', event: metafield('__div') },
  { sign: '%', event: metafield('__mod') },
  { sign: '^', event: metafield('__pow') },
  { sign: 'minus', event: metafield('__unm') },
];

const CONCAT = metafield('__concat');
const LENGTH = metafield('__len');
const EQUAL = metafield('__eq');
const LESS = metafield('__lt');
const LESS_OR_EQUAL = metafield('__le');

export function makeOperators(budget: Budget, metamethods: Metamethods): Operators {
  function arithmetic(operator: number, a: LuaValue, b: LuaValue, site: ProgramSite): Answer {
    const x = toNumber(a);
    const y = toNumber(b);
    if (x !== undefined && y !== undefined) return compute(operator, x, y);
    const event = ARITHMETIC[operator].event;
    const handler = metamethods.find(a, event) ?? metamethods.find(b, event);
    if (handler !== undefined) return metamethods.invoke(site, handler, [a, b], 'value');
    if (x === undefined) return wrongOperand(site, a, 'perform arithmetic on', site);
    return wrongOperand(site, b, 'perform arithmetic on', site.right);
  }

  function concat(a: LuaValue, b: LuaValue, site: ProgramSite): Answer {
    const left = typeof a === 'number' ? numberToString(a) : a;
    const right = typeof b === 'number' ? numberToString(b) : b;
    if (typeof left === 'string' && typeof right === 'string') {
      budget.allocateString(left.length + right.length);
      return left + right;
    }
    const handler = metamethods.find(a, CONCAT) ?? metamethods.find(b, CONCAT);
    if (handler !== undefined) return metamethods.invoke(site, handler, [a, b], 'value');
    if (typeof left === 'string') return wrongOperand(site, b, 'concatenate', site.right);
    return wrongOperand(site, a, 'concatenate', site);
  }

  function length(value: LuaValue, site: ProgramSite): Answer {
    if (value instanceof LuaTable) return value.length();
    if (typeof value === 'string') return value.length;
    const handler = metamethods.find(value, LENGTH);
    if (handler !== undefined) return metamethods.invoke(site, handler, [value, undefined], 'value');
    return wrongOperand(site, value, 'get length of', site);
  }

  function equal(a: LuaValue, b: LuaValue, site: ProgramSite): Answer {
    if (a === b) return true;
    if (!(a instanceof LuaTable && b instanceof LuaTable)) return false;
    const handler = a.metatable?.getField(EQUAL);
    if (handler === undefined || handler !== b.metatable?.getField(EQUAL)) return false;
    return metamethods.invoke(site, handler, [a, b], 'truth');
  }

  /** A handler that both operands have. */
  function common(a: LuaValue, b: LuaValue, event: FieldCache): LuaValue {
    const handler = metamethods.find(a, event);
    return handler !== undefined && handler === metamethods.find(b, event) ? handler : undefined;
  }

  function less(a: LuaValue, b: LuaValue, site: ProgramSite): Answer {
    if (typeof a === 'number' && typeof b === 'number') return a < b;
    if (typeof a === 'string' && typeof b === 'string') return a < b;
    const handler = typeName(a) === typeName(b) ? common(a, b, LESS) : undefined;
    if (handler === undefined) return incomparable(a, b, site);
    return metamethods.invoke(site, handler, [a, b], 'truth');
  }

  function lessOrEqual(a: LuaValue, b: LuaValue, site: ProgramSite): Answer {
    if (typeof a === 'number' && typeof b === 'number') return a <= b;
    if (typeof a === 'string' && typeof b === 'string') return a <= b;
    if (typeName(a) !== typeName(b)) return incomparable(a, b, site);
    const handler = common(a, b, LESS_OR_EQUAL);
    if (handler !== undefined) return metamethods.invoke(site, handler, [a, b], 'truth');
    const reverse = common(b, a, LESS);
    if (reverse === undefined) return incomparable(a, b, site);
    return metamethods.invoke(site, reverse, [b, a], 'untruth');
  }

  return { arithmetic, concat, length, equal, less, lessOrEqual };
}

function toNumber(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? stringToNumber(value) : undefined;
}

function compute(operator: number, x: number, y: number): number {
  switch (ARITHMETIC[operator].sign) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return x / y;
    case '%':
      return x - Math.floor(x / y) * y;
    case '^':
      return power(x, y);
    default:
      return -x;
  }
}

function incomparable(a: LuaValue, b: LuaValue, site: ProgramSite): never {
  const [left, right] = [typeName(a), typeName(b)];
  const what = left === right ? `two ${left} values` : `${left} with ${right}`;
  throw new LuaError(`${positionOf(site)}attempt to compare ${what}`);
}
