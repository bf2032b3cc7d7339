/**
 * Lua 5.1's grammar, by recursive descent as Lua's own parser has it: so complaints come at the same token in the same words.
 *
 * (The package luaparse was considered: it words its complaints in its own way and does not limit nesting.)
 *
 * Nesting is limited as in Lua, which is also what keeps hostile sources off the JavaScript stack.
 */

import type { Expression, FunctionBody, Local, Statement, Target } from './ast.ts';
import { ExpressionParser } from './expression-parser.ts';

/** The tree of a whole chunk; throws LuaError with Lua's message. `chunk` is its name in messages. */
export function parse(source: string, chunk: string): FunctionBody {
  return new Parser(source, chunk).parseChunk();
}

class Parser extends ExpressionParser {
  private loops = 0;

  parseChunk(): FunctionBody {
    const main = this.scopes.openFunction(0);
    main.isVararg = true;
    main.body = this.parseBlock();
    if (this.lexer.kind !== '<eof>') this.failExpected('<eof>');
    this.scopes.closeFunction();
    return main;
  }

  protected override parseFunctionBlock(): Statement[] {
    const outerLoops = this.loops;
    this.loops = 0;
    const body = this.parseBlock();
    this.loops = outerLoops;
    return body;
  }

  /** Statements up to the keyword that ends them; their locals stay in sight for `until`. */
  private parseStatements(): Statement[] {
    this.enter();
    const statements: Statement[] = [];
    while (!this.endsBlock()) {
      const isLast = this.lexer.kind === 'return' || this.lexer.kind === 'break';
      statements.push(this.parseStatement());
      this.accept(';');
      if (isLast) break;
    }
    this.leave();
    return statements;
  }

  private parseBlock(): Statement[] {
    const size = this.scopes.size;
    const statements = this.parseStatements();
    this.scopes.hideTo(size);
    return statements;
  }

  private endsBlock(): boolean {
    switch (this.lexer.kind) {
      case 'else':
      case 'elseif':
      case 'end':
      case '<eof>':
      case 'until':
        return true;
      default:
        return false;
    }
  }

  private parseLoopBlock(): Statement[] {
    this.loops++;
    const body = this.parseBlock();
    this.loops--;
    return body;
  }

  private parseStatement(): Statement {
    const line = this.lexer.line;
    switch (this.lexer.kind) {
      case 'if':
        return this.parseIf(line);
      case 'while': {
        this.lexer.next();
        const condition = this.parseExpression();
        this.expect('do');
        const body = this.parseLoopBlock();
        this.expectClosing('end', 'while', line);
        return { type: 'while', condition, body };
      }
      case 'do': {
        this.lexer.next();
        const body = this.parseBlock();
        this.expectClosing('end', 'do', line);
        return { type: 'do', body };
      }
      case 'for':
        return this.parseFor(line);
      case 'repeat':
        return this.parseRepeat(line);
      case 'function':
        return this.parseFunctionStatement(line);
      case 'local':
        this.lexer.next();
        return this.accept('function') ? this.parseLocalFunction() : this.parseLocal();
      case 'return':
        return this.parseReturn();
      case 'break':
        this.lexer.next();
        if (this.loops === 0) this.lexer.fail('no loop to break');
        return { type: 'break' };
      default:
        return this.parseExpressionStatement();
    }
  }

  private parseIf(line: number): Statement {
    const branches = [];
    do {
      this.lexer.next();
      const condition = this.parseExpression();
      this.expect('then');
      branches.push({ condition, body: this.parseBlock() });
    } while (this.lexer.kind === 'elseif');
    const otherwise = this.accept('else') ? this.parseBlock() : undefined;
    this.expectClosing('end', 'if', line);
    return { type: 'if', branches, otherwise };
  }

  private parseRepeat(line: number): Statement {
    this.lexer.next();
    const size = this.scopes.size;
    this.loops++;
    const body = this.parseStatements();
    this.loops--;
    this.expectClosing('until', 'repeat', line);
    const condition = this.parseExpression();
    this.scopes.hideTo(size);
    return { type: 'repeat', body, condition };
  }

  private parseFor(line: number): Statement {
    this.lexer.next();
    const name = this.expectName();
    switch (this.lexer.kind) {
      case '=':
        return this.parseNumericFor(name, line);
      case ',':
      case 'in':
        return this.parseGenericFor(name, line);
      default:
        return this.lexer.fail("'=' or 'in' expected");
    }
  }

  private parseNumericFor(name: string, line: number): Statement {
    this.lexer.next();
    const start = this.parseExpression();
    this.expect(',');
    const limit = this.parseExpression();
    const step = this.accept(',') ? this.parseExpression() : undefined;
    const local = this.scopes.create(name);
    local.isCounter = true;
    // The loop's values are checked where its `do` is.
    const checkLine = this.lexer.line;
    const body = this.parseForBody([local], line);
    return { type: 'numeric for', local, start, limit, step, body, line: checkLine };
  }

  private parseGenericFor(firstName: string, line: number): Statement {
    const names = [firstName];
    while (this.accept(',')) names.push(this.expectName());
    this.expect('in');
    const valuesLine = this.lexer.line;
    const values = this.parseExpressionList();
    const locals = names.map((name) => this.scopes.create(name));
    const body = this.parseForBody(locals, line);
    return { type: 'generic for', locals, values, body, line: valuesLine };
  }

  /** Lua keeps three hidden variables for a loop, which count as locals. */
  private parseForBody(locals: readonly Local[], line: number): Statement[] {
    const size = this.scopes.size;
    for (let i = 0; i < 3; i++) this.scopes.show(this.scopes.create('(for state)'));
    this.expect('do');
    for (const local of locals) this.scopes.show(local);
    const body = this.parseLoopBlock();
    this.scopes.hideTo(size);
    this.expectClosing('end', 'for', line);
    return body;
  }

  private parseFunctionStatement(line: number): Statement {
    this.lexer.next();
    const name = this.expectName();
    let target = this.resolve(name, this.lexer.lastLine);
    while (this.lexer.kind === '.') target = this.parseField(target);
    let isMethod = false;
    if (this.lexer.kind === ':') {
      isMethod = true;
      target = this.parseField(target);
    }
    const body = this.parseFunctionBody(isMethod, line);
    this.noteAssignment(target);
    return { type: 'assign', targets: [target], values: [{ type: 'function', body }], line };
  }

  private parseField(object: Expression): Target {
    this.lexer.next();
    const value = this.expectName();
    return { type: 'index', object, key: { type: 'string', value }, line: this.lexer.lastLine };
  }

  private parseLocalFunction(): Statement {
    const local = this.scopes.create(this.expectName());
    this.scopes.show(local);
    return { type: 'local function', local, body: this.parseFunctionBody(false, this.lexer.line) };
  }

  private parseLocal(): Statement {
    const locals: Local[] = [];
    do {
      locals.push(this.scopes.create(this.expectName()));
    } while (this.accept(','));
    const values = this.accept('=') ? this.parseExpressionList() : [];
    for (const local of locals) this.scopes.show(local);
    return { type: 'local', locals, values };
  }

  private parseReturn(): Statement {
    this.lexer.next();
    const isEmpty = this.endsBlock() || this.lexer.kind === ';';
    return { type: 'return', values: isEmpty ? [] : this.parseExpressionList() };
  }

  private parseExpressionStatement(): Statement {
    const expression = this.parsePrimary();
    if (expression.type === 'call') return { type: 'call statement', call: expression };
    const targets = [this.asTarget(expression)];
    while (this.accept(',')) {
      targets.push(this.asTarget(this.parsePrimary()));
      if (targets.length > 200) this.lexer.failWithoutToken('main function has more than 200 variables in assignment');
    }
    this.expect('=');
    const values = this.parseExpressionList();
    for (const target of targets) this.noteAssignment(target);
    return { type: 'assign', targets, values, line: this.lexer.lastLine };
  }

  private asTarget(expression: Expression): Target {
    if (expression.type === 'local' || expression.type === 'global' || expression.type === 'index') return expression;
    return this.lexer.fail('syntax error');
  }

  private noteAssignment(target: Target): void {
    if (target.type === 'local') target.local.isReassigned = true;
  }
}
