/** What stands directly inside of what, for whoever looks through a whole tree. */

import type { Expression, Statement } from './ast.ts';

/** The expressions of a statement, without those of statements inside it. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.type) {
    case 'local':
    case 'return':
      return statement.values;
    case 'assign':
      return [...statement.targets, ...statement.values];
    case 'call statement':
      return [statement.call];
    case 'while':
    case 'repeat':
      return [statement.condition];
    case 'if':
      return statement.branches.map(({ condition }) => condition);
    case 'numeric for': {
      const { start, limit, step } = statement;
      return step === undefined ? [start, limit] : [start, limit, step];
    }
    case 'generic for':
      return statement.values;
    default:
      return [];
  }
}

/** The blocks of a statement; a function's is no part of it. */
export function blocksOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.type) {
    case 'if':
      return [...statement.branches.map(({ body }) => body), statement.otherwise ?? []];
    case 'do':
    case 'while':
    case 'repeat':
    case 'numeric for':
    case 'generic for':
      return [statement.body];
    default:
      return [];
  }
}

/** The operands of an expression. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case 'index':
      return [expression.object, expression.key];
    case 'call':
      return [expression.callee, ...expression.args];
    case 'and':
    case 'or':
    case 'binary':
      return [expression.left, expression.right];
    case 'unary':
      return [expression.operand];
    case 'parentheses':
      return [expression.inner];
    case 'table':
      return expression.fields.flatMap(({ key, value }) => (key === undefined ? [value] : [key, value]));
    default:
      return [];
  }
}

export function isLoop({ type }: Statement): boolean {
  return type === 'while' || type === 'repeat' || type === 'numeric for' || type === 'generic for';
}

/** Whether an expression at the end of a list may give any number of values. */
export function isMany({ type }: Expression): boolean {
  return type === 'vararg' || type === 'call';
}
