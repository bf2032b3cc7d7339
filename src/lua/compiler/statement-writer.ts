/** Statements as JavaScript. Lua's blocks are JavaScript's: `let` makes a new variable each time a block is entered, as Lua does. */

import { NAMELESS } from '../site.ts';
import type { Assignment, Branch, Expression, GenericFor, Local, NumericFor, Statement, Target } from './ast.ts';
import { CallWriter } from './call-writer.ts';
import { namingOf } from './chunk-context.ts';
import { isSharedRegister } from './expression-writer.ts';

/** More branches than this are not nested: JavaScript's parser would need too much stack. */
const MAX_NESTED_BRANCHES = 40;

export abstract class StatementWriter extends CallWriter {
  /** What a function does before it returns. */
  protected get leave(): string {
    return this.mode === 'pure' ? '' : 'machine.depth--;';
  }

  /** Counts a step; where the slice may be over, looks. */
  protected get tick(): string {
    if (this.mode === 'pure') return 'if(--budget.fuel<0)refill();';
    if (this.mode === 'soon') return 'budget.fuel--;';
    return 'if(--budget.fuel<0&&budget.isSliceOver())yield PAUSE;';
  }

  protected writeBlock(statements: readonly Statement[]): string {
    return statements.map((statement) => this.chunk.measure(this.writeStatement(statement), this.body)).join('\n');
  }

  private writeStatement(statement: Statement): string {
    switch (statement.type) {
      case 'local':
        return this.writeLocals(statement);
      case 'local function': {
        if (this.chunk.knowledge.directFunction(statement.local) !== undefined) return '';
        const name = this.name(statement.local);
        return `let ${name};${name}=${this.writeFunction(statement.body)};`;
      }
      case 'assign':
        return statement.targets.length === 1 && statement.values.length === 1
          ? this.scoped(() => this.writeAssignment(statement.targets[0], statement.values[0], statement.line))
          : this.scoped(() => this.writeAssignments(statement));
      case 'call statement':
        return this.writeCallStatement(statement.call);
      case 'do':
        return `{${this.writeBlock(statement.body)}}`;
      case 'while':
        return `while(${this.writeCondition(statement.condition)}){${this.tick}${this.writeBlock(statement.body)}}`;
      case 'repeat': {
        const body = this.writeBlock(statement.body);
        return `for(;;){${this.tick}${body}\nif(${this.writeCondition(statement.condition)})break;}`;
      }
      case 'if':
        return this.writeIf(statement.branches, statement.otherwise);
      case 'numeric for':
        return this.writeNumericFor(statement);
      case 'generic for':
        return this.writeGenericFor(statement);
      case 'return':
        return this.writeReturn(statement.values);
      case 'break':
        return 'break;';
    }
  }

  /**
   * Values for `count` variables: what is missing is nil, what is too much is computed all the same. `keep` may put a value
   * aside as soon as it is written.
   */
  private writeValues(
    values: readonly Expression[],
    count: number,
    keep: (text: string) => string = (text) => text,
  ): { texts: string[]; surplus: string[] } {
    const texts: string[] = [];
    const surplus: string[] = [];
    values.forEach((value, i) => {
      const isLast = i === values.length - 1;
      const missing = count - i;
      if (isLast && missing > 1 && (value.type === 'call' || value.type === 'vararg')) {
        const list = this.take();
        texts.push(keep(`(${list}=${this.writeList([value])})[0]`));
        for (let j = 1; j < missing; j++) texts.push(keep(`${list}[${j}]`));
      } else if (missing > 0) {
        texts.push(keep(this.write(value)));
      } else {
        surplus.push(keep(this.write(value)));
      }
    });
    while (texts.length < count) texts.push('undefined');
    return { texts, surplus };
  }

  private writeLocals({ locals, values }: Extract<Statement, { type: 'local' }>): string {
    if (locals.length === 1 && this.isKnown(locals[0])) return '';
    if (values.length === 0) return `let ${locals.map((local) => this.name(local)).join(',')};`;
    return this.scoped(() => {
      const { texts, surplus } = this.writeValues(values, locals.length);
      const declared = locals.map((local, i) => `${this.name(local)}=${texts[i]}`);
      return `let ${declared.join(',')};${surplus.map((text) => `${text};`).join('')}`;
    });
  }

  /** Whether nothing has to be declared. */
  private isKnown(local: Local): boolean {
    const { knowledge } = this.chunk;
    return knowledge.isConstant(local) || knowledge.directFunction(local) !== undefined;
  }

  private writeAssignment(target: Target, value: Expression, line: number): string {
    if (target.type === 'local') return `${this.name(target.local)}=${this.write(value)};`;
    if (target.type === 'global') return this.writeStore('G', target, line, this.write(value));
    const before: string[] = [];
    const object = this.hold(target.object, before, true);
    const key = target.key.type === 'string' ? undefined : this.hold(target.key, before, true);
    // Registers are read when the value is there: computing it may have changed them.
    const isLate = isSharedRegister(target.object) || isSharedRegister(target.key);
    const text = this.writeStore(object, target, line, isLate ? this.hold(value, before) : this.write(value), key);
    return before.length === 0 ? text : `${before.join(';')};${text}`;
  }

  private writeStore(
    object: string,
    target: Exclude<Target, { type: 'local' }>,
    line: number,
    value: string,
    key?: string,
  ): string {
    const name = target.type === 'global' ? target.name : target.key.type === 'string' ? target.key.value : '';
    const naming = target.type === 'global' ? NAMELESS : namingOf(target.object);
    const site = this.chunk.site(line, naming, NAMELESS, name);
    const text =
      key === undefined ? `setField(${object},${value},${site})` : `setIndex(${object},${key},${value},${site})`;
    return this.mode === 'steps' && !this.chunk.knowledge.isClosed ? `if(${text}===WAIT)yield WAIT;` : `${text};`;
  }

  /**
   * All values are computed before the first is assigned; Lua assigns from the last to the first. A register that a target
   * is found by is read when it is stored to, unless one behind it assigns to the register.
   */
  private writeAssignments({ targets, values, line }: Assignment): string {
    const before: string[] = [];
    const fix = (expression: Expression, at: number): string => {
      if (isSharedRegister(expression) && !targets.slice(at + 1).some((later) => isSameLocal(later, expression))) {
        return this.write(expression);
      }
      const text = this.write(expression);
      const value = this.take();
      before.push(`${value}=${text}`);
      return value;
    };
    const places = targets.map((target, i) => {
      if (target.type === 'local') return { object: '', key: undefined };
      if (target.type === 'global') return { object: 'G', key: undefined };
      return { object: fix(target.object, i), key: target.key.type === 'string' ? undefined : fix(target.key, i) };
    });
    const { texts } = this.writeValues(values, targets.length, (text) => {
      const value = this.take();
      before.push(`${value}=${text}`);
      return value;
    });
    const stores = targets.map((target, i) => {
      if (target.type === 'local') return `${this.name(target.local)}=${texts[i]};`;
      return this.writeStore(places[i].object, target, line, texts[i], places[i].key);
    });
    return before.map((text) => `${text};`).join('') + stores.reverse().join('');
  }

  private writeIf(branches: readonly Branch[], otherwise: readonly Statement[] | undefined): string {
    const last = otherwise === undefined ? '' : this.writeBlock(otherwise);
    if (branches.length <= MAX_NESTED_BRANCHES) {
      const parts = branches.map(
        ({ condition, body }) => `if(${this.writeCondition(condition)}){${this.writeBlock(body)}}`,
      );
      return parts.join('else ') + (otherwise === undefined ? '' : `else{${last}}`);
    }
    const label = this.chunk.unique('l');
    const parts = branches.map(({ condition, body }) => {
      return `if(${this.writeCondition(condition)}){${this.writeBlock(body)}\nbreak ${label};}`;
    });
    return `${label}:{${parts.join('')}${last}}`;
  }

  private writeNumericFor({ local, start, limit, step, body, line }: NumericFor): string {
    const [at, end, by] = [this.chunk.unique('x'), this.chunk.unique('x'), this.chunk.unique('x')];
    const bounds = [`${at}=${this.write(start)}`, `${end}=${this.write(limit)}`];
    if (step !== undefined) bounds.push(`${by}=${this.write(step)}`);
    const checks: string[] = [];
    const check = (expression: Expression, name: string, what: string): void => {
      if (this.isNumber(expression)) return;
      checks.push(`${name}=loopNumber(${name},'${what}',${this.chunk.site(line, NAMELESS)});`);
    };
    check(start, at, 'initial');
    check(limit, end, 'limit');
    if (step !== undefined) check(step, by, 'step');
    const isUp = step === undefined || (step.type === 'number' && step.value > 0);
    const test = isUp ? `${at}<=${end}` : `(${by}>0?${at}<=${end}:${end}<=${at})`;
    const increment = step === undefined ? '1' : by;
    const variable = `let ${this.name(local)}=${at};`;
    // As Lua begins: one step back, then one on, which is rounded twice.
    const first = isShortInteger(start) && isShortInteger(step) ? '' : `${at}=${at}-${increment}+${increment}`;
    const loop = `for(${first};${test};${at}+=${increment}){${this.tick}${variable}${this.writeBlock(body)}}`;
    return `{let ${bounds.join(',')};${checks.join('')}${loop}}`;
  }

  private writeGenericFor({ locals, values, body, line }: GenericFor): string {
    const [f, state, control] = [this.chunk.unique('x'), this.chunk.unique('x'), this.chunk.unique('x')];
    const [kind, place] = [this.chunk.unique('x'), this.chunk.unique('x')];
    const start = this.scoped(() => {
      const { texts, surplus } = this.writeValues(values, 3);
      const declared = `let ${f}=${texts[0]},${state}=${texts[1]},${control}=${texts[2]};`;
      return declared + surplus.map((text) => `${text};`).join('');
    });
    const names = locals.map((local) => this.name(local));
    const value = (text: string): string => (names.length > 1 ? `${names[1]}=${text};` : '');
    const next = `if((${place}=${state}.nextPlace(${place}))===0)break;${names[0]}=${state}.keyAt(${place});${value(`${state}.valueAt(${place})`)}`;
    const item = names.length > 1 ? names[1] : names[0];
    const inext = `if((${item}=${state}.getInt(++${place}))===undefined)break;${names[0]}=${place};`;
    const other = this.writeIteration(f, `${state},${control}`, names, line);
    return `{${start}let ${kind}=loopKind(${f},${state},${control}),${place}=0;for(;;){let ${names.join(',')};
if(${kind}===1){${next}}else if(${kind}===2){${inext}}else{${other}if(${names[0]}===undefined)break;${control}=${names[0]};}
${this.tick}${this.writeBlock(body)}}}`;
  }

  /** The call of an iterator that is neither `next` nor that of `ipairs`. */
  private writeIteration(f: string, args: string, names: readonly string[], line: number): string {
    return this.scoped(() => {
      const result = this.take();
      const site = this.chunk.site(line, NAMELESS);
      const call = this.invoke({ before: [], callee: f, args, site, known: undefined }, result);
      const begin = `${call.join(';')};`;
      if (names.length === 1) return `${begin}${names[0]}=${this.convert(result, 'first')};`;
      const list = this.take();
      const parts = names.map((name, i) => `${name}=${list}[${i}];`);
      return `${begin}${list}=${this.convert(result, 'all')};${parts.join('')}`;
    });
  }

  private writeReturn(values: readonly Expression[]): string {
    const call = values.length === 1 ? this.asCall(values[0]) : undefined;
    if (call !== undefined) return this.writeTailCall(call, this.leave);
    if (values.length === 0) return `${this.leave}return NOTHING;`;
    const isOne = values.length === 1 && values[0].type !== 'vararg';
    return this.scoped(() => {
      const text = isOne ? this.write(values[0]) : this.writeList(values);
      if (this.mode === 'pure') return `return ${text};`;
      const result = this.take();
      return `${result}=${text};${this.leave}return ${result};`;
    });
  }
}

/** Whether a number, or the step that is not written, is an integer so short that sums with it are exact. */
function isShortInteger(expression: Expression | undefined): boolean {
  if (expression === undefined) return true;
  return expression.type === 'number' && (expression.value | 0) === expression.value;
}

function isSameLocal(target: Target, expression: Expression): boolean {
  return target.type === 'local' && expression.type === 'local' && target.local === expression.local;
}
