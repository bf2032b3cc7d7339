/**
 * Which functions get a plain form: those whose calls may be forgotten and made again (../speculation.ts), because they assign to
 * nothing but their own locals. What they call decides for itself, when it is called.
 *
 * Functions that make functions are left out: writing them twice would write what is inside them four times, and so on.
 */

import type { FunctionBody, Statement } from './ast.ts';

export function isPure(body: FunctionBody): boolean {
  return !body.hasInnerFunctions && areHarmless(body.body);
}

function areHarmless(statements: readonly Statement[]): boolean {
  return statements.every(isHarmless);
}

function isHarmless(statement: Statement): boolean {
  switch (statement.type) {
    case 'assign':
      return statement.targets.every((target) => target.type === 'local' && !target.isUpvalue);
    case 'if':
      return (
        statement.branches.every(({ body }) => areHarmless(body)) &&
        (statement.otherwise === undefined || areHarmless(statement.otherwise))
      );
    case 'do':
    case 'while':
    case 'repeat':
    case 'numeric for':
    case 'generic for':
      return areHarmless(statement.body);
    default:
      return true;
  }
}
