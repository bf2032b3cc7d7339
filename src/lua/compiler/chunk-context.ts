/** What the functions of a chunk share while they are written: numbered sites, and how much was written. */

import { LuaError } from '../error.ts';
import type { LuaFunction } from '../function.ts';
import { NAMELESS, type Naming, ProgramSite } from '../site.ts';
import { type History, newHistory } from '../speculation.ts';
import type { Expression, FunctionBody } from './ast.ts';
import type { Knowledge } from './knowledge.ts';

/** More than any program: some hundred kilobytes of Lua. What is written takes JavaScript's own compiler time and memory. */
const MAX_TEXT = 2 ** 23;
/** Expressions nested deeper than this might not fit on the stack of JavaScript's own parser. */
const MAX_NESTING = 400;

export class ChunkContext {
  readonly name: string;
  readonly knowledge: Knowledge;
  readonly sites: ProgramSite[] = [];
  readonly histories: History[] = [];
  /** Functions made once, by name. */
  readonly hoisted: string[] = [];
  readonly builtins: LuaFunction[] = [];
  private readonly forms = new Map<FunctionBody, Map<string, string>>();
  private readonly zeros = new Map<FunctionBody, number>();
  private written = 0;
  private nesting = 0;
  private count = 0;

  constructor(name: string, knowledge: Knowledge) {
    this.name = name;
    this.knowledge = knowledge;
  }

  /** The name in generated code of a place that can fail. */
  site(line: number, naming: Naming, right = NAMELESS, key = '', isTail = false): string {
    this.sites.push(new ProgramSite(this.name, line, naming, right, key, isTail));
    return `s${this.sites.length - 1}`;
  }

  /** The name of what is remembered of a function. */
  history(): string {
    this.histories.push(newHistory());
    return `h${this.histories.length - 1}`;
  }

  /** The name of a function that is made once, outside of all others. */
  hoist(text: string): string {
    const name = this.unique('H');
    this.hoisted.push(`${name}=${text}`);
    return name;
  }

  /** The name of a function's form, which `write` writes when it is asked for the first time. */
  form(body: FunctionBody, mode: string, write: () => string): string {
    let forms = this.forms.get(body);
    if (forms === undefined) {
      forms = new Map();
      this.forms.set(body, forms);
    }
    let name = forms.get(mode);
    if (name === undefined) {
      name = this.hoist(write());
      forms.set(mode, name);
    }
    return name;
  }

  /** The number of a builtin that is known: `b0` is the value, `p0` its plain form, `q0` its pure one. */
  builtin(builtin: LuaFunction): number {
    const known = this.builtins.indexOf(builtin);
    return known >= 0 ? known : this.builtins.push(builtin) - 1;
  }

  /** A name that is used once in the chunk. */
  unique(prefix: string): string {
    return `${prefix}${this.count++}`;
  }

  /** A number as text. Lua keeps one zero a function among its constants: the sign is that of the first. */
  number(value: number, body: FunctionBody): string {
    if (value === 0 && !this.zeros.has(body)) this.zeros.set(body, value);
    const kept = value === 0 ? this.zeros.get(body) : value;
    return Object.is(kept, -0) || value < 0 ? `(-${Math.abs(value)})` : `${value}`;
  }

  /** Counts text; throws what Lua says of programs that are too large. */
  measure(text: string, body: FunctionBody): string {
    this.written += text.length;
    if (this.written > MAX_TEXT) this.refuse(body, 'code size overflow');
    return text;
  }

  nest(body: FunctionBody): void {
    if (++this.nesting > MAX_NESTING) this.refuse(body, 'function or expression too complex');
  }

  unnest(): void {
    this.nesting--;
  }

  private refuse({ line }: FunctionBody, message: string): never {
    throw new LuaError(`${this.name}:${Math.max(line, 1)}: ${message}`);
  }
}

/** How messages call an expression's value. */
export function namingOf(expression: Expression): Naming {
  switch (expression.type) {
    case 'local':
      return { kind: expression.isUpvalue ? 'upvalue' : 'local', name: expression.local.name };
    case 'global':
      return { kind: 'global', name: expression.name };
    case 'index':
      return { kind: 'field', name: expression.key.type === 'string' ? expression.key.value : '?' };
    case 'parentheses':
      return namingOf(expression.inner);
    default:
      return NAMELESS;
  }
}
