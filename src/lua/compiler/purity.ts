/**
 * Which functions get a plain form: those whose calls may be forgotten and made again (../speculation.ts), because they assign to
 * nothing but their own locals. What they call decides for itself, when it is called.
 *
 * Functions that make functions are left out: writing them twice would write what is inside them four times, and so on. So are
 * long ones, in which the cost of a call does not matter.
 */

import type { FunctionBody, Statement } from './ast.ts';
import { blocksOf } from './walk.ts';

const MAX_STATEMENTS = 60;

/** Whether a function by itself could be forgotten; knowledge.ts looks at what it calls, too. */
export function isHarmless(body: FunctionBody): boolean {
  return !body.hasInnerFunctions && size(body.body) <= MAX_STATEMENTS && areHarmless(body.body);
}

function size(statements: readonly Statement[]): number {
  return statements.reduce(
    (sum, statement) => sum + 1 + blocksOf(statement).reduce((all, block) => all + size(block), 0),
    0,
  );
}

function areHarmless(statements: readonly Statement[]): boolean {
  return statements.every((statement) => assignsLocals(statement) && blocksOf(statement).every(areHarmless));
}

function assignsLocals(statement: Statement): boolean {
  if (statement.type !== 'assign') return true;
  return statement.targets.every((target) => target.type === 'local' && !target.isUpvalue);
}
