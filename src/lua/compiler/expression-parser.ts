/** The part of the grammar that is expressions; functions among them, whose blocks are parser.ts's. */

import type { BinaryOperator, Expression, FunctionBody, Local, Statement, Target } from './ast.ts';
import { foldBinary, foldLogical, foldMinus } from './constant-folding.ts';
import { Lexer, printable } from './lexer.ts';
import { Scopes } from './scope.ts';

/** Lua's limit on nesting of blocks and expressions. */
const MAX_LEVELS = 198;
/** Lua's registers of a function: what it has at hand at once. */
const MAX_REGISTERS = 249;

/** How tightly operators hold what is on their left and on their right. */
const PRIORITIES: Readonly<Record<string, readonly [left: number, right: number]>> = {
  or: [1, 1],
  and: [2, 2],
  '<': [3, 3],
  '>': [3, 3],
  '<=': [3, 3],
  '>=': [3, 3],
  '~=': [3, 3],
  '==': [3, 3],
  '..': [5, 4],
  '+': [6, 6],
  '-': [6, 6],
  '*': [7, 7],
  '/': [7, 7],
  '%': [7, 7],
  '^': [10, 9],
};
const UNARY_PRIORITY = 8;

export abstract class ExpressionParser {
  protected readonly lexer: Lexer;
  protected readonly scopes: Scopes;
  private levels = 0;

  constructor(source: string, chunk: string) {
    this.lexer = new Lexer(source, chunk);
    this.scopes = new Scopes((message) => this.lexer.failWithoutToken(message));
  }

  /** The statements of a function, up to its `end`. */
  protected abstract parseFunctionBlock(): Statement[];

  protected enter(): void {
    if (++this.levels > MAX_LEVELS) this.lexer.failWithoutToken('chunk has too many syntax levels');
  }

  protected leave(): void {
    this.levels--;
  }

  protected accept(kind: string): boolean {
    if (this.lexer.kind !== kind) return false;
    this.lexer.next();
    return true;
  }

  protected expect(kind: string): void {
    if (!this.accept(kind)) this.failExpected(kind);
  }

  protected failExpected(kind: string): never {
    return this.lexer.fail(`'${printable(kind)}' expected`);
  }

  protected expectClosing(kind: string, opening: string, line: number): void {
    if (this.accept(kind)) return;
    if (line === this.lexer.line) this.failExpected(kind);
    this.lexer.fail(`'${kind}' expected (to close '${opening}' at line ${line})`);
  }

  protected expectName(): string {
    const name = this.lexer.text;
    this.expect('<name>');
    return name;
  }

  protected parseExpressionList(): Expression[] {
    const list = [this.parseExpression()];
    while (this.accept(',')) {
      this.readHere(list[list.length - 1]);
      list.push(this.parseExpression());
      if (list.length + this.scopes.size > MAX_REGISTERS) this.lexer.fail('function or expression too complex');
    }
    return list;
  }

  protected parseExpression(): Expression {
    return this.parseOperators(0);
  }

  /** Lua writes what reads a global or a field when it knows what follows: errors are at the line of the token before. */
  private readHere(expression: Expression | undefined): void {
    if (expression?.type === 'global' || expression?.type === 'index') expression.line = this.lexer.lastLine;
  }

  /** An expression of operators that hold tighter than `limit`. */
  private parseOperators(limit: number): Expression {
    this.enter();
    let left = this.parseOperand();
    for (;;) {
      const operator = this.lexer.kind;
      const priority = Object.hasOwn(PRIORITIES, operator) ? PRIORITIES[operator] : undefined;
      if (priority === undefined || priority[0] <= limit) break;
      this.lexer.next();
      this.readHere(left);
      const right = this.parseOperators(priority[1]);
      // As Lua counts: where the second operand ends.
      const line = this.lexer.lastLine;
      if (operator === 'and' || operator === 'or')
        left = foldLogical(operator, left, right) ?? { type: operator, left, right };
      else left = binary(operator as BinaryOperator, left, right, line);
    }
    this.leave();
    return left;
  }

  private parseOperand(): Expression {
    const operator = this.lexer.kind;
    if (operator !== 'not' && operator !== '-' && operator !== '#') return this.parseSimple();
    this.lexer.next();
    const operand = this.parseOperators(UNARY_PRIORITY);
    const folded = operator === '-' ? foldMinus(operand) : undefined;
    return folded ?? { type: 'unary', operator, operand, line: this.lexer.lastLine };
  }

  private parseSimple(): Expression {
    const { kind, number, text, line } = this.lexer;
    switch (kind) {
      case '<number>':
        this.lexer.next();
        return { type: 'number', value: number };
      case '<string>':
        this.lexer.next();
        return { type: 'string', value: text };
      case 'nil':
      case 'true':
      case 'false':
        this.lexer.next();
        return { type: kind };
      case '...':
        if (!this.scopes.body.isVararg) this.lexer.fail("cannot use '...' outside a vararg function");
        this.scopes.body.usesVararg = true;
        this.lexer.next();
        return { type: 'vararg' };
      case '{':
        return this.parseTable();
      case 'function':
        this.lexer.next();
        return { type: 'function', body: this.parseFunctionBody(false, line) };
      default:
        return this.parsePrimary();
    }
  }

  /** A name or something in parentheses, with what is called and indexed behind it. */
  protected parsePrimary(): Expression {
    let expression = this.parsePrefix();
    for (;;) {
      const { line } = this.lexer;
      switch (this.lexer.kind) {
        case '.':
          this.lexer.next();
          expression = { type: 'index', object: expression, key: this.parseFieldName(), line: this.lexer.lastLine };
          break;
        case '[': {
          this.lexer.next();
          const key = this.parseExpression();
          this.expect(']');
          expression = { type: 'index', object: expression, key, line: this.lexer.lastLine };
          break;
        }
        case ':': {
          this.lexer.next();
          const method = this.expectName();
          this.readHere(expression);
          const { line, lastLine: methodLine } = this.lexer;
          expression = { type: 'call', callee: expression, method, args: this.parseArguments(), line, methodLine };
          break;
        }
        case '(':
        case '<string>':
        case '{':
          expression = {
            type: 'call',
            callee: expression,
            method: undefined,
            args: this.parseArguments(),
            line,
            methodLine: line,
          };
          break;
        default:
          return expression;
      }
    }
  }

  private parseFieldName(): Expression {
    return { type: 'string', value: this.expectName() };
  }

  private parsePrefix(): Expression {
    const line = this.lexer.line;
    if (this.lexer.kind === '<name>') {
      const name = this.expectName();
      return this.resolve(name, this.lexer.lastLine);
    }
    if (!this.accept('(')) return this.lexer.fail('unexpected symbol');
    const inner = this.parseExpression();
    this.expectClosing(')', '(', line);
    this.readHere(inner);
    return { type: 'parentheses', inner };
  }

  /** What a name means. */
  protected resolve(name: string, line: number): Target {
    const local = this.scopes.find(name);
    if (local === undefined) return { type: 'global', name, line };
    return { type: 'local', local, isUpvalue: local.owner !== this.scopes.body };
  }

  private parseArguments(): Expression[] {
    const { kind, line, text } = this.lexer;
    if (kind === '<string>') {
      this.lexer.next();
      return [{ type: 'string', value: text }];
    }
    if (kind === '{') return [this.parseTable()];
    if (kind !== '(') return this.lexer.fail('function arguments expected');
    if (line !== this.lexer.lastLine) this.lexer.fail('ambiguous syntax (function call x new statement)');
    this.lexer.next();
    if (this.accept(')')) return [];
    const args = this.parseExpressionList();
    this.expectClosing(')', '(', line);
    this.readHere(args.at(-1));
    return args;
  }

  private parseTable(): Expression {
    const opened = this.lexer.line;
    const fields: { key: Expression | undefined; value: Expression; line: number }[] = [];
    this.expect('{');
    while (this.lexer.kind !== '}') {
      const field = this.parseTableField();
      fields.push(field);
      if (!this.accept(',') && !this.accept(';')) break;
      if (field.key === undefined) this.readHere(field.value);
    }
    this.expectClosing('}', '{', opened);
    return { type: 'table', fields };
  }

  private parseTableField(): { key: Expression | undefined; value: Expression; line: number } {
    const { kind } = this.lexer;
    let key: Expression | undefined;
    if (kind === '[') {
      this.lexer.next();
      key = this.parseExpression();
      this.expect(']');
      this.expect('=');
    } else if (kind === '<name>' && this.lexer.peek() === '=') {
      key = this.parseFieldName();
      this.lexer.next();
    }
    const value = this.parseExpression();
    return { key, value, line: this.lexer.lastLine };
  }

  /** Parameters and statements of a function; a method's first parameter is `self`. */
  protected parseFunctionBody(isMethod: boolean, line: number): FunctionBody {
    const body = this.scopes.openFunction(line);
    if (isMethod) this.addParameter(body, 'self');
    this.expect('(');
    if (this.lexer.kind !== ')') {
      do {
        if (this.accept('...')) body.isVararg = true;
        else if (this.lexer.kind === '<name>') this.addParameter(body, this.expectName());
        else this.lexer.fail("<name> or '...' expected");
      } while (!body.isVararg && this.accept(','));
    }
    this.expect(')');
    if (body.isVararg) {
      body.arg = this.scopes.create('arg');
      this.scopes.show(body.arg);
    }
    body.body = this.parseFunctionBlock();
    this.expectClosing('end', 'function', line);
    this.scopes.closeFunction();
    return body;
  }

  private addParameter(body: FunctionBody, name: string): void {
    const parameter: Local = this.scopes.create(name);
    body.parameters.push(parameter);
    this.scopes.show(parameter);
  }
}

function binary(operator: BinaryOperator, left: Expression, right: Expression, line: number): Expression {
  return (
    foldBinary(operator, left, right) ?? { type: 'binary', operator, left, right, line: lineOf(operator, right, line) }
  );
}

/** Concatenations in a row are one operation, which is where the innermost is. */
function lineOf(operator: BinaryOperator, right: Expression, line: number): number {
  if (operator !== '..') return line;
  if (right.type === 'parentheses') return lineOf(operator, right.inner, line);
  return right.type === 'binary' && right.operator === '..' ? right.line : line;
}
