/**
 * Expressions as JavaScript.
 *
 * Every value is computed once and in Lua's order: what is used twice (`typeof a === 'number' && typeof b === 'number' ? a + b
 * : arithmetic(0, a, b, s1)`) is put into a temporary first, unless it is a literal or a variable that nothing can change meanwhile.
 * Temporaries are taken and given back like a stack, so a function needs few.
 *
 * Names in the text are ours alone: v1 locals, t1 temporaries, s1 sites, x1 a loop's own. Of the program's text only literals
 * get in, strings as JSON.
 *
 * There are three modes. `steps` writes a generator's body: WAIT is answered by `yield`. `soon` writes a plain function's, of
 * one that never waits (knowledge.ts). So does `pure`, of one that is tried: what would have to wait throws.
 */

import { NAMELESS } from '../site.ts';
import type { Binary, Call, Expression, FunctionBody, Local, TableConstructor } from './ast.ts';
import { type ChunkContext, namingOf } from './chunk-context.ts';
import { isMany } from './walk.ts';

export type Mode = 'steps' | 'soon' | 'pure';

/** What a call is for: its first value, or all of them as a list. */
export type Wanted = 'first' | 'all';

const ARITHMETIC_NUMBERS: Readonly<Record<string, number>> = { '+': 0, '-': 1, '*': 2, '/': 3, '%': 4, '^': 5 };
const NEGATION = 6;
/** Operators on two numbers that JavaScript has otherwise, or not quite. */
const FAST_ARITHMETIC: Readonly<Record<string, (a: string, b: string) => string>> = {
  '%': (a, b) => `${a}-Math.floor(${a}/${b})*${b}`,
  '^': (a, b) => `power(${a},${b})`,
};

export abstract class ExpressionWriter {
  protected readonly chunk: ChunkContext;
  protected readonly body: FunctionBody;
  protected readonly mode: Mode;
  /** How many temporaries the function needs. */
  protected temporaries = 0;
  private taken = 0;

  constructor(chunk: ChunkContext, body: FunctionBody, mode: Mode) {
    this.chunk = chunk;
    this.body = body;
    this.mode = mode;
  }

  protected abstract writeFunction(body: FunctionBody): string;
  protected abstract writeCall(call: Call, wanted: Wanted): string;

  protected take(): string {
    this.taken++;
    if (this.taken > this.temporaries) this.temporaries = this.taken;
    return `t${this.taken}`;
  }

  protected give(count: number): void {
    this.taken -= count;
  }

  /** Runs `write` and gives back what temporaries it took. */
  protected scoped<Text>(write: () => Text): Text {
    const before = this.taken;
    const text = write();
    this.taken = before;
    return text;
  }

  protected name(local: Local): string {
    return `v${local.id}`;
  }

  /** One value. */
  protected write(expression: Expression): string {
    this.chunk.nest(this.body);
    const text = this.scoped(() => this.writeOne(expression));
    this.chunk.unnest();
    return text;
  }

  private writeOne(expression: Expression): string {
    switch (expression.type) {
      case 'nil':
        return 'undefined';
      case 'true':
      case 'false':
        return expression.type;
      case 'number':
        return this.chunk.number(expression.value, this.body);
      case 'string':
        return JSON.stringify(expression.value);
      case 'vararg':
        return 'va[0]';
      case 'function':
        return this.writeFunction(expression.body);
      case 'local':
        return this.readLocal(expression.local, expression);
      case 'global': {
        const site = this.chunk.site(expression.line, NAMELESS, NAMELESS, expression.name);
        return this.answer(`field(G,${site})`);
      }
      case 'index':
        return this.writeIndex(expression.object, expression.key, expression.line);
      case 'call':
        return this.writeCall(expression, 'first');
      case 'parentheses':
        return this.write(expression.inner);
      case 'table':
        return this.writeTable(expression);
      default:
        return this.writeOperator(expression);
    }
  }

  private writeOperator(expression: Extract<Expression, { type: 'and' | 'or' | 'binary' | 'unary' }>): string {
    if (expression.type === 'unary') return this.writeUnary(expression);
    if (expression.type === 'binary') return this.writeBinary(expression);
    const isAnd = expression.type === 'and';
    const left = this.write(expression.left);
    if (this.isBoolean(expression.left)) return `(${left}${isAnd ? '&&' : '||'}${this.write(expression.right)})`;
    const value = this.take();
    this.give(1);
    const test = isAnd ? `${value}===undefined||${value}===false` : `${value}!==undefined&&${value}!==false`;
    return `((${value}=${left},${test})?${value}:${this.write(expression.right)})`;
  }

  private readLocal(local: Local, expression: Expression): string {
    const builtin = this.chunk.knowledge.builtinOf(expression);
    return builtin === undefined ? this.name(local) : `b${this.chunk.builtin(builtin)}`;
  }

  /** What may be a metamethod's call: WAIT is answered here. */
  protected answer(text: string): string {
    if (this.mode !== 'steps' || this.chunk.knowledge.isClosed) return text;
    const value = this.take();
    this.give(1);
    return `((${value}=${text})===WAIT?yield WAIT:${value})`;
  }

  /**
   * Text that may be used more than once; what has to come first is added to `before`. An operand that is a local of this
   * function is read when the operation is made, as Lua's registers are: in `x + f()` f may change x.
   */
  protected hold(expression: Expression, before: string[], isOperand = false): string {
    const isRegister = isOperand && expression.type === 'local' && !expression.isUpvalue;
    if (isRegister || isStable(expression)) return this.write(expression);
    const text = this.write(expression);
    const value = this.take();
    before.push(`${value}=${text}`);
    return value;
  }

  protected sequence(before: readonly string[], text: string): string {
    return before.length === 0 ? text : `(${before.join(',')},${text})`;
  }

  private writeIndex(object: Expression, key: Expression, line: number): string {
    const name = key.type === 'string' ? key.value : '';
    const site = this.chunk.site(line, namingOf(object), NAMELESS, name);
    const before: string[] = [];
    const held = this.hold(object, before, true);
    const text = key.type === 'string' ? `field(${held},${site})` : `index(${held},${this.write(key)},${site})`;
    return this.sequence(before, this.answer(text));
  }

  private writeUnary({ operator, operand, line }: Extract<Expression, { type: 'unary' }>): string {
    if (operator === 'not') return `(!${this.writeCondition(operand)})`;
    const site = this.chunk.site(line, namingOf(operand));
    if (operator === '#') return this.answer(`length(${this.write(operand)},${site})`);
    const before: string[] = [];
    const held = this.hold(operand, before);
    const slow = this.answer(`arithmetic(${NEGATION},${held},${held},${site})`);
    return this.sequence(
      before,
      this.isNumber(operand) ? `(-${held})` : `(typeof ${held}==='number'?-${held}:${slow})`,
    );
  }

  private writeBinary(binary: Binary): string {
    const { operator, left, right, line } = binary;
    const before: string[] = [];
    const isOperand = operator !== '..';
    const a = this.hold(left, before, isOperand);
    const b = this.hold(right, before, isOperand);
    const site = (): string => this.chunk.site(line, namingOf(left), namingOf(right));
    switch (operator) {
      case '==':
      case '~=':
        return this.sequence(before, this.writeEquality(binary, a, b, site));
      case '..':
        return this.sequence(before, this.answer(`concat(${a},${b},${site()})`));
      case '<':
        return this.sequence(before, this.writeFastOrSlow(binary, `${a}<${b}`, a, b, `less(${a},${b},${site()})`));
      case '<=':
        return this.sequence(
          before,
          this.writeFastOrSlow(binary, `${a}<=${b}`, a, b, `lessOrEqual(${a},${b},${site()})`),
        );
      case '>':
        return this.sequence(before, this.writeFastOrSlow(binary, `${a}>${b}`, a, b, `less(${b},${a},${site()})`));
      case '>=':
        return this.sequence(
          before,
          this.writeFastOrSlow(binary, `${a}>=${b}`, a, b, `lessOrEqual(${b},${a},${site()})`),
        );
      default: {
        const fast = FAST_ARITHMETIC[operator]?.(a, b) ?? `${a}${operator}${b}`;
        const slow = `arithmetic(${ARITHMETIC_NUMBERS[operator]},${a},${b},${site()})`;
        return this.sequence(before, this.writeFastOrSlow(binary, fast, a, b, slow));
      }
    }
  }

  /** The fast way where both operands are numbers, else the slow one. */
  private writeFastOrSlow({ left, right }: Binary, fast: string, a: string, b: string, slow: string): string {
    const tests: string[] = [];
    if (!this.isNumber(left)) tests.push(`typeof ${a}==='number'`);
    if (!this.isNumber(right)) tests.push(`typeof ${b}==='number'`);
    return tests.length === 0 ? `(${fast})` : `(${tests.join('&&')}?${fast}:${this.answer(slow)})`;
  }

  private writeEquality({ operator, left, right }: Binary, a: string, b: string, site: () => string): string {
    const sign = operator === '==' ? '===' : '!==';
    if (isPrimitive(left) || isPrimitive(right)) return `(${a}${sign}${b})`;
    const slow = this.answer(`equal(${a},${b},${site()})`);
    const equal = `(${a}===${b}||(typeof ${a}==='object'&&typeof ${b}==='object'&&${slow}))`;
    return operator === '==' ? equal : `(!${equal})`;
  }

  /** A JavaScript condition: true where Lua takes the value for true. */
  protected writeCondition(expression: Expression): string {
    switch (expression.type) {
      case 'nil':
        return 'false';
      case 'parentheses':
        return this.writeCondition(expression.inner);
      case 'and':
      case 'or': {
        this.chunk.nest(this.body);
        const sign = expression.type === 'and' ? '&&' : '||';
        const text = `(${this.writeCondition(expression.left)}${sign}${this.writeCondition(expression.right)})`;
        this.chunk.unnest();
        return text;
      }
      default: {
        if (this.isBoolean(expression)) return this.write(expression);
        return this.scoped(() => {
          const before: string[] = [];
          const value = this.hold(expression, before);
          return this.sequence(before, `(${value}!==undefined&&${value}!==false)`);
        });
      }
    }
  }

  private isBoolean(expression: Expression): boolean {
    switch (expression.type) {
      case 'true':
      case 'false':
        return true;
      case 'unary':
        return expression.operator === 'not';
      case 'binary':
        return /^([<>]=?|[=~]=)$/.test(expression.operator);
      case 'parentheses':
        return this.isBoolean(expression.inner);
      default:
        return false;
    }
  }

  protected isNumber(expression: Expression): boolean {
    switch (expression.type) {
      case 'number':
        return true;
      case 'local':
        return expression.local.isCounter && !expression.local.isReassigned;
      case 'parentheses':
        return this.isNumber(expression.inner);
      case 'unary':
        return expression.operator === '-' && this.isNumber(expression.operand);
      case 'binary':
        return (
          Object.hasOwn(ARITHMETIC_NUMBERS, expression.operator) &&
          this.isNumber(expression.left) &&
          this.isNumber(expression.right)
        );
      default:
        return false;
    }
  }

  /** Several values, the last of which may be many: the text of a list. */
  protected writeList(expressions: readonly Expression[]): string {
    const last = expressions.at(-1);
    if (last === undefined) return 'NOTHING';
    if (expressions.length === 1) {
      if (last.type === 'vararg') return 'va';
      if (last.type === 'call') return this.scoped(() => this.writeCall(last, 'all'));
    }
    return this.scoped(() => {
      const before: string[] = [];
      const items = this.holdAll(expressions, before);
      return this.sequence(before, `[${items.join(',')}]`);
    });
  }

  /** The items of a list as they stand in brackets or in a call, each to be used more than once. */
  protected holdAll(expressions: readonly Expression[], before: string[]): string[] {
    return expressions.map((expression, i) => {
      const isLast = i === expressions.length - 1;
      if (isLast && expression.type === 'vararg') return '...few(va)';
      if (isLast && expression.type === 'call') {
        const text = this.scoped(() => this.writeCall(expression, 'all'));
        const value = this.take();
        before.push(`${value}=${text}`);
        return `...few(${value})`;
      }
      return this.hold(expression, before);
    });
  }

  private writeTable({ fields }: TableConstructor): string {
    if (fields.length === 0) return 'makeTable([])';
    const items = fields.filter(({ key }) => key === undefined).map(({ value }) => value);
    if (items.length === fields.length) return `makeTable(${this.writeItems(items)})`;
    const shape: string[] = [];
    const parts: string[] = [];
    fields.forEach(({ key, value, line }, i) => {
      const isLast = i === fields.length - 1;
      if (key !== undefined) {
        const site = this.chunk.site(line, NAMELESS);
        parts.push(...this.writeField(key, value, site));
        shape.push('f');
      } else if (isLast && isMany(value)) {
        parts.push(this.writeList([value]));
        shape.push('l');
      } else {
        parts.push(this.write(value));
        shape.push('i');
      }
    });
    return `fillTable('${shape.join('')}',[${parts.join(',')}])`;
  }

  /** Key and value of a field. The value is computed first if the key is in a register, or may be none: only then that is told. */
  private writeField(key: Expression, value: Expression, site: string): readonly [key: string, value: string] {
    if (key.type === 'string' || key.type === 'number') return [this.write(key), this.write(value)];
    return this.scoped((): readonly [string, string] => {
      const before: string[] = [];
      const heldKey = this.hold(key, before, true);
      const heldValue = this.hold(value, before);
      return [this.sequence(before, `checkKey(${heldKey},${site})`), heldValue];
    });
  }

  /** A new array: a table keeps it. */
  private writeItems(items: readonly Expression[]): string {
    const last = items[items.length - 1];
    const texts = items.map((item, i) => {
      return i === items.length - 1 && isMany(last) ? `...${this.writeList([item])}` : this.write(item);
    });
    return `[${texts.join(',')}]`;
  }
}

function isPrimitive({ type }: Expression): boolean {
  return type === 'nil' || type === 'true' || type === 'false' || type === 'number' || type === 'string';
}

/** Whether evaluating it again, or later in the same expression, gives the same. */
function isStable(expression: Expression): boolean {
  if (expression.type === 'local') return !(expression.local.isCaptured && expression.local.isReassigned);
  if (expression.type === 'string') return expression.value.length < 40;
  return isPrimitive(expression);
}

/** A variable of this function that a call may change. */
export function isSharedRegister(expression: Expression): boolean {
  return expression.type === 'local' && !expression.isUpvalue && !isStable(expression);
}
