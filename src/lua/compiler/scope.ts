/**
 * Which variable a name means, and Lua's limits on how many there are: sources that exceed them end in Lua's own errors.
 */

import type { FunctionBody, Local } from './ast.ts';

const MAX_LOCALS = 200;
const MAX_UPVALUES = 60;

interface FunctionScope {
  readonly body: FunctionBody;
  readonly outer: FunctionScope | undefined;
  /** The locals in sight, innermost last. */
  readonly visible: Local[];
}

export class Scopes {
  private innermost: FunctionScope | undefined = undefined;
  /** Of every name in sight, in whatever function, its variables, innermost last. */
  private readonly byName = new Map<string, Local[]>();
  private count = 0;
  private readonly fail: (message: string) => never;

  /** `fail` throws a syntax error at the current line. */
  constructor(fail: (message: string) => never) {
    this.fail = fail;
  }

  private get current(): FunctionScope {
    if (this.innermost === undefined) throw new Error('no function is open');
    return this.innermost;
  }

  get body(): FunctionBody {
    return this.current.body;
  }

  /** How many locals of the current function are in sight. */
  get size(): number {
    return this.current.visible.length;
  }

  openFunction(line: number): FunctionBody {
    const parent = this.innermost?.body;
    if (parent !== undefined) parent.hasInnerFunctions = true;
    const body: FunctionBody = {
      parent,
      line,
      parameters: [],
      isVararg: false,
      usesVararg: false,
      arg: undefined,
      upvalues: new Set(),
      hasInnerFunctions: false,
      body: [],
    };
    this.innermost = { body, outer: this.innermost, visible: [] };
    return body;
  }

  closeFunction(): void {
    this.hideTo(0);
    this.innermost = this.current.outer;
  }

  /** A variable that is not in sight yet: `local x = x` means the outer x on the right. */
  create(name: string): Local {
    const owner = this.current.body;
    return { name, owner, id: this.count++, isCaptured: false, isReassigned: false, isCounter: false };
  }

  show(local: Local): void {
    const { visible, body } = this.current;
    visible.push(local);
    const namesakes = this.byName.get(local.name);
    if (namesakes === undefined) this.byName.set(local.name, [local]);
    else namesakes.push(local);
    if (visible.length > MAX_LOCALS) this.refuse(body, MAX_LOCALS, 'local variables');
  }

  /** Puts the variables shown since `size` was so large out of sight. */
  hideTo(size: number): void {
    const { visible } = this.current;
    while (visible.length > size) {
      const local = visible.pop();
      if (local !== undefined) this.byName.get(local.name)?.pop();
    }
  }

  /** The variable a name means here; undefined for a global. */
  find(name: string): Local | undefined {
    const local = this.byName.get(name)?.at(-1);
    return local === undefined ? undefined : this.capture(local);
  }

  /** Every function between the variable's own and this one holds it. */
  private capture(local: Local): Local {
    for (let scope = this.innermost; scope !== undefined && scope.body !== local.owner; scope = scope.outer) {
      local.isCaptured = true;
      scope.body.upvalues.add(local);
      if (scope.body.upvalues.size > MAX_UPVALUES) this.refuse(scope.body, MAX_UPVALUES, 'upvalues');
    }
    return local;
  }

  private refuse(body: FunctionBody, limit: number, what: string): never {
    const where = body.parent === undefined ? 'main function' : `function at line ${body.line}`;
    return this.fail(`${where} has more than ${limit} ${what}`);
  }
}
