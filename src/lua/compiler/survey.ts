/** One look through a whole chunk before it is written: what its functions call, and where its locals come from. */

import type { Call, Expression, FunctionBody, Local, Statement } from './ast.ts';
import { blocksOf, expressionsOf, isLoop, operandsOf } from './walk.ts';

const MAX_NESTING = 800;

/** What a function does by itself, without the functions inside it. */
interface Doings {
  readonly calls: Call[];
  hasLoop: boolean;
}

export class Survey {
  /** Names of globals that are used anywhere. */
  readonly globals = new Set<string>();
  /** What locals that are declared alone are declared as. */
  readonly initial = new Map<Local, Expression>();
  /** Locals of which anything else is made than calls. */
  readonly escaping = new Set<Local>();
  /** Expressions are nested too deep to be looked at; most likely they are refused when they are written. */
  isIncomplete = false;
  private nesting = 0;
  private readonly doings = new Map<FunctionBody, Doings>();

  constructor(main: FunctionBody) {
    this.lookAtFunction(main);
  }

  of(body: FunctionBody): Doings {
    let doings = this.doings.get(body);
    if (doings === undefined) {
      doings = { calls: [], hasLoop: false };
      this.doings.set(body, doings);
    }
    return doings;
  }

  private lookAtFunction(body: FunctionBody): void {
    for (const statement of body.body) this.lookAtStatement(statement, body);
  }

  private lookAtStatement(statement: Statement, body: FunctionBody): void {
    if (isLoop(statement)) this.of(body).hasLoop = true;
    if (statement.type === 'local' && statement.locals.length === 1 && statement.values.length === 1)
      this.initial.set(statement.locals[0], statement.values[0]);
    if (statement.type === 'local function') {
      this.initial.set(statement.local, { type: 'function', body: statement.body });
      this.lookAtFunction(statement.body);
    }
    for (const expression of expressionsOf(statement)) this.lookAt(expression, body);
    for (const block of blocksOf(statement)) for (const inner of block) this.lookAtStatement(inner, body);
  }

  private lookAt(expression: Expression, body: FunctionBody): void {
    if (this.nesting > MAX_NESTING) {
      this.isIncomplete = true;
      return;
    }
    this.nesting++;
    this.lookInto(expression, body);
    this.nesting--;
  }

  private lookInto(expression: Expression, body: FunctionBody): void {
    if (expression.type === 'global') this.globals.add(expression.name);
    else if (expression.type === 'local') this.escaping.add(expression.local);
    else if (expression.type === 'function') this.lookAtFunction(expression.body);
    else if (expression.type === 'call') {
      this.of(body).calls.push(expression);
      const isPlainCall = expression.method === undefined && expression.callee.type === 'local';
      for (const operand of isPlainCall ? expression.args : operandsOf(expression)) this.lookAt(operand, body);
    } else for (const operand of operandsOf(expression)) this.lookAt(operand, body);
  }
}
