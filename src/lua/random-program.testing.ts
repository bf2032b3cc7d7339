/**
 * Random programs: every statement, operator and kind of value, mostly of types that fit, sometimes not.
 *
 * What the order of keys in a table or the border of one with holes would show is not used.
 */

type Type = 'number' | 'string' | 'boolean' | 'table' | 'function' | 'nil';

interface Variable {
  readonly name: string;
  /** A `callee` is a local function that is only called. */
  readonly type: Type | 'callee';
}

const LITERALS: Readonly<Record<Type, readonly string[]>> = {
  number: ['0', '1', '2', '-1', '3.5', '10', '100', '1e15', '0.1', '7', '-2.5', '1e300'],
  string: ['"a"', '"b"', '"10"', '""', '"abc"', '"0x10"', '[[x]]', '"\\0\\200"', '"5"'],
  boolean: ['true', 'false'],
  table: ['{}', '{1,2,3}', '{x=1,y=2,z=3}', '{5,x=1}', '{"a","b"}'],
  function: ['function(a) return a end', 'function(...) return ... end', 'function() end', 'tostring', 'type'],
  nil: ['nil'],
};

/** The program of a seed. */
export function randomProgram(seed: number): string {
  return new Program(seed).write();
}

class Program {
  private seed: number;
  private count = 0;
  private variables: Variable[] = [];
  private hasVarargs = true;
  private readonly hasMetatables: boolean;

  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.hasMetatables = this.below(2) > 0;
  }

  write(): string {
    const statements = Array.from({ length: 3 + this.below(6) }, () => this.statement(4)).join('\n');
    const values = Array.from({ length: 1 + this.below(3) }, () => this.value(this.type(), 3));
    return `${statements}\nreturn ${[...values, ...this.assignable().map(({ name }) => name)].join(', ')}`;
  }

  private below(limit: number): number {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
    return (this.seed >>> 8) % limit;
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  /** The variables that are more than called. */
  private assignable(): Variable[] {
    return this.variables.filter(({ type }) => type !== 'callee');
  }

  private declare(type: Type | 'callee'): string {
    const name = `v${this.count++}`;
    this.variables.push({ name, type });
    return name;
  }

  private type(): Type {
    return this.pick(['number', 'number', 'string', 'string', 'boolean', 'table', 'function', 'nil']);
  }

  private simple(type: Type): string {
    const own = this.variables.filter((variable) => variable.type === type);
    return own.length > 0 && this.below(4) > 0 ? this.pick(own).name : this.pick(LITERALS[type]);
  }

  private value(wanted: Type, depth: number): string {
    const type = this.below(60) === 0 ? this.type() : wanted;
    if (depth <= 0 || this.below(5) === 0) return this.simple(type);
    const inner = depth - 1;
    const same = (): string => this.value(type, inner);
    switch (this.below(24)) {
      case 0:
      case 1:
      case 2:
        return `(${same()} ${this.pick(['and', 'or'])} ${same()})`;
      case 3:
        return `(function(...) ${this.block(inner, this.below(3))} return ${same()} end)(${this.values(inner)})`;
      case 4:
        return `(select(2, pcall(function() ${this.block(inner, this.below(2))} return ${same()} end)))`;
      case 6:
      case 7: {
        const callees = this.variables.filter((variable) => variable.type === 'callee');
        return callees.length > 0 ? `${this.pick(callees).name}(${this.values(inner)})` : this.ofType(type, inner);
      }
      case 5:
        return `coroutine.wrap(function(...) coroutine.yield(${same()}) end)(${this.values(inner)})`;
      default:
        return this.ofType(type, inner);
    }
  }

  private ofType(type: Type, depth: number): string {
    switch (type) {
      case 'number':
        return this.number(depth);
      case 'string':
        return this.string(depth);
      case 'boolean':
        return this.boolean(depth);
      case 'table':
        return this.table(depth);
      case 'function':
        return this.function(depth);
      case 'nil':
        return this.pick([`${this.prefix('table', depth)}.nofield`, 'nil', '(function() end)()']);
    }
  }

  private number(depth: number): string {
    switch (this.below(8)) {
      case 0:
        return `#${this.prefix(this.pick(['string', 'table']), depth)}`;
      case 1:
        return `-${this.prefix('number', depth)}`;
      case 2:
        return `math.floor(${this.value('number', depth)})`;
      case 3:
        return `(${this.pick(['"10"', '"5"', '"0x10"'])} ${this.pick(['+', '-', '*'])} ${this.value('number', depth)})`;
      case 4:
        return `select("#", ${this.value('number', depth)}, ${this.values(depth) || '1'})`;
      default: {
        const operator = this.pick(['+', '-', '*', '/', '%', '+', '-']);
        return `(${this.value('number', depth)} ${operator} ${this.value('number', depth)})`;
      }
    }
  }

  private string(depth: number): string {
    switch (this.below(5)) {
      case 0:
        return `tostring(${this.value(this.pick(['number', 'boolean', 'string', 'nil']), depth)})`;
      case 1:
        return `type(${this.value(this.type(), depth)})`;
      case 2:
        return `${this.prefix('string', depth)}:${this.pick(['upper', 'lower', 'reverse'])}()`;
      default: {
        const left = this.value(this.pick(['string', 'number']), depth);
        return `(${left} .. ${this.value(this.pick(['string', 'string', 'number']), depth)})`;
      }
    }
  }

  private boolean(depth: number): string {
    const type = this.type();
    switch (this.below(4)) {
      case 0: {
        const ordered = this.pick<Type>(['number', 'string']);
        const operator = this.pick(['<', '<=', '>', '>=']);
        return `(${this.value(ordered, depth)} ${operator} ${this.value(ordered, depth)})`;
      }
      case 1:
        return `(not ${this.value(type, depth)})`;
      default: {
        const other = this.below(3) > 0 ? type : this.type();
        return `(${this.value(type, depth)} ${this.pick(['==', '~='])} ${this.value(other, depth)})`;
      }
    }
  }

  private table(depth: number): string {
    const number = (): string => this.value('number', depth);
    const kind = this.below(4);
    switch (kind === 2 && !this.hasMetatables ? 3 : kind) {
      case 0:
        return `{${this.values(depth)}}`;
      case 1: {
        const key = this.value(this.pick(['number', 'string', 'boolean']), depth);
        return `{x=${number()}, ${number()}, y=${this.value('string', depth)}, [${key}]=${number()}}`;
      }
      case 2: {
        const index = this.pick(['function(t, k) return k end', '{x=1,y="why"}']);
        const orders = `__lt = function(a, b) return ${this.value('boolean', depth)} end, __eq = function() return true end`;
        const sums = `__add = function(a, b) return ${number()} end, __unm = function(a) return ${number()} end`;
        const rest = `__call = ${this.function(depth)}, __concat = function(a, b) return "cat" end`;
        return `setmetatable({${this.values(1)}}, {__index = ${index}, ${sums}, ${rest}, ${orders}})`;
      }
      default:
        return `{${number()}, ${number()}, n = ${number()}}`;
    }
  }

  private function(depth: number): string {
    return `function${this.functionBody(depth)}`;
  }

  private functionBody(depth: number): string {
    const outer = this.variables;
    const outerVarargs = this.hasVarargs;
    this.variables = [...outer];
    this.hasVarargs = this.below(3) === 0;
    const parameters = Array.from({ length: this.below(3) }, () => this.declare('nil'));
    if (this.hasVarargs) parameters.push('...');
    const values = this.below(4) > 0 ? this.value(this.type(), depth) : this.values(depth);
    const result = this.below(4) > 0 ? `return ${values}` : '';
    const text = `(${parameters.join(', ')}) ${this.block(depth, this.below(3))} ${result} end`;
    this.variables = outer;
    this.hasVarargs = outerVarargs;
    return text;
  }

  /** What can be indexed, called or negated as it stands. */
  private prefix(type: Type, depth: number): string {
    const own = this.variables.filter((variable) => variable.type === type);
    return own.length > 0 && this.below(3) > 0 ? this.pick(own).name : `(${this.value(type, depth)})`;
  }

  private values(depth: number): string {
    const list = Array.from({ length: this.below(3) }, () => this.value(this.type(), depth));
    if (this.below(8) === 0) list.push(`${this.prefix('function', depth)}(${this.value('number', depth)})`);
    if (this.hasVarargs && this.below(5) === 0) list.push('...');
    return list.join(', ');
  }

  private block(depth: number, length: number): string {
    const outer = this.variables;
    this.variables = [...outer];
    const text = Array.from({ length }, () => this.statement(depth)).join(' ');
    this.variables = outer;
    return text;
  }

  private statement(depth: number): string {
    if (depth <= 0) return '';
    const inner = depth - 1;
    switch (this.below(15)) {
      case 13:
      case 14: {
        const body = this.functionBody(inner);
        const name = this.declare('callee');
        return this.below(3) > 0 ? `local function ${name}${body};` : `local ${name} = function${body};`;
      }
      case 0:
      case 1:
      case 2:
      case 3:
        return this.localStatement(inner);
      case 4:
      case 5:
        return this.assignment(inner);
      case 6:
        return this.fieldAssignment(inner);
      case 7: {
        const otherwise = this.below(2) > 0 ? `else ${this.block(inner, 1)}` : '';
        const second = this.below(2) > 0 ? `elseif ${this.value('boolean', inner)} then ${this.block(inner, 1)}` : '';
        return `if ${this.value('boolean', inner)} then ${this.block(inner, 2)} ${second} ${otherwise} end`;
      }
      case 8:
      case 9:
      case 10:
        return this.loop(inner);
      default: {
        const functions = this.variables.filter(({ type }) => type === 'function' || type === 'callee');
        return functions.length > 0 ? `${this.pick(functions).name}(${this.values(inner)});` : '';
      }
    }
  }

  private localStatement(depth: number): string {
    const types = Array.from({ length: 1 + this.below(2) }, () => this.type());
    const values = types.map((type) => this.value(type, depth));
    return `local ${types.map((type) => this.declare(type)).join(', ')} = ${values.join(', ')};`;
  }

  private assignment(depth: number): string {
    const variables = this.assignable();
    if (variables.length === 0) return '';
    const targets = Array.from({ length: 1 + this.below(2) }, () => this.pick(variables));
    const values = targets.map(({ type }) => (type === 'callee' ? 'nil' : this.value(type, depth)));
    return `${targets.map(({ name }) => name).join(', ')} = ${values.join(', ')};`;
  }

  private fieldAssignment(depth: number): string {
    const tables = this.variables.filter(({ type }) => type === 'table');
    if (tables.length === 0) return '';
    const key = `[${this.value(this.pick(['number', 'string']), depth)}]`;
    const field = this.pick(['.x', '.y', '[1]', key, '.f']);
    return `${this.pick(tables).name}${field} = ${this.value(this.type(), depth)};`;
  }

  private loop(depth: number): string {
    const outer = this.variables;
    this.variables = [...outer];
    const text = this.pick([
      () => this.numericFor(depth),
      () => this.genericFor(depth),
      () => this.conditionalLoop(depth),
    ])();
    this.variables = outer;
    return text;
  }

  private numericFor(depth: number): string {
    const step = this.below(3) > 0 ? '' : `, ${this.pick(['1', '-1', '2', '0.5'])}`;
    const head = `for ${this.declare('number')} = ${this.pick(['1', '3', '"1"', '2'])}, ${this.pick(['3', '1', '5', '"2"'])}${step}`;
    const end = this.below(6) > 0 ? '' : `if ${this.value('boolean', depth)} then break end`;
    return `${head} do ${this.block(depth, 2)} ${end} end`;
  }

  private genericFor(depth: number): string {
    const source = `${this.pick(['pairs', 'ipairs'])}(${this.pick(['{5,6,7}', '{1,2}', this.prefix('table', 0)])})`;
    return `for ${this.declare('number')}, ${this.declare('nil')} in ${source} do ${this.block(depth, 2)} end`;
  }

  private conditionalLoop(depth: number): string {
    const counter = `n${this.count++}`;
    const body = `${counter} = ${counter} + 1 ${this.block(depth, 2)}`;
    if (this.below(2) > 0) return `do local ${counter} = 0 while ${counter} < 3 do ${body} end end`;
    return `do local ${counter} = 0 repeat ${body} until ${counter} > 2 or ${this.value('boolean', 1)} end`;
  }
}
