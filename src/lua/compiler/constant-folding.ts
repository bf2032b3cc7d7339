/** Arithmetic on constants, done while compiling as Lua does it: where it could fail or gives no number, it is left. */

import { power } from '../power.ts';
import type { BinaryOperator, Expression } from './ast.ts';

/** The constant that an operation on two constants is, if it is one. */
export function foldBinary(operator: BinaryOperator, left: Expression, right: Expression): Expression | undefined {
  const a = constant(left);
  const b = constant(right);
  if (a === undefined || b === undefined) return undefined;
  const value = compute(operator, a, b);
  return value === undefined || Number.isNaN(value) ? undefined : { type: 'number', value };
}

export function foldMinus(operand: Expression): Expression | undefined {
  const value = constant(operand);
  return value === undefined ? undefined : { type: 'number', value: -value };
}

/** `1 and x` and `nil or x` are x: one value, which messages call by its name. */
export function foldLogical(operator: 'and' | 'or', left: Expression, right: Expression): Expression | undefined {
  const decides = operator === 'and' ? isConstantTrue(left) : left.type === 'nil' || left.type === 'false';
  if (!decides) return undefined;
  const isMany = right.type === 'call' || right.type === 'vararg';
  return isMany ? { type: 'parentheses', inner: right } : right;
}

function isConstantTrue({ type }: Expression): boolean {
  return type === 'number' || type === 'string' || type === 'true';
}

function constant(expression: Expression): number | undefined {
  if (expression.type === 'parentheses') return constant(expression.inner);
  return expression.type === 'number' ? expression.value : undefined;
}

function compute(operator: BinaryOperator, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? undefined : a / b;
    case '%':
      return b === 0 ? undefined : a - Math.floor(a / b) * b;
    case '^':
      return power(a, b);
    default:
      return undefined;
  }
}
