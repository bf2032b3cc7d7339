/**
 * Calls as JavaScript:
 *
 *     (t1 = callee, t2 = argument, machine.site = s1,
 *       (t3 = t1 instanceof F ? t1.plain(t2) : callOther(t1, s1, t2)) === MORE && (t3 = enter(t1.steps(t2))),
 *       t3 === WAIT && (t3 = yield WAIT),
 *       Array.isArray(t3) ? t3[0] : t3)
 *
 * What is known (knowledge.ts) is called directly: a builtin by `p1(t2)`, a function by its form, `H1(v1, t2)`, which is handed
 * the variables around it.
 */

import { LuaFunction } from '../function.ts';
import { NAMELESS } from '../site.ts';
import type { Call, Expression, FunctionBody } from './ast.ts';
import { namingOf } from './chunk-context.ts';
import { ExpressionWriter, type Mode, type Wanted } from './expression-writer.ts';

export interface PreparedCall {
  readonly before: readonly string[];
  /** A value. */
  readonly callee: string;
  readonly args: string;
  readonly site: string;
  /** What is called without asking for a value, if that is known. */
  readonly known: LuaFunction | FunctionBody | undefined;
}

export abstract class CallWriter extends ExpressionWriter {
  /** The name of a form of a function that is called directly. */
  protected abstract form(body: FunctionBody, mode: Mode): string;

  protected override writeCall(call: Call, wanted: Wanted): string {
    return this.scoped(() => {
      const prepared = this.prepare(call);
      const result = this.take();
      const texts = [...prepared.before, ...this.invoke(prepared, result)];
      return `(${texts.join(',')},${this.convert(result, wanted)})`;
    });
  }

  protected writeCallStatement(call: Call): string {
    return this.scoped(() => {
      const prepared = this.prepare(call);
      return `${[...prepared.before, ...this.invoke(prepared, this.take())].join(';')};`;
    });
  }

  /** `return f(x)`: where no room is left, whoever called makes the call. */
  protected writeTailCall(call: Call, leave: string): string {
    return this.scoped(() => {
      const prepared = this.prepare(call, true);
      const { before, callee, args, known } = prepared;
      const result = this.take();
      const begin = before.map((text) => `${text};`).join('');
      const text = `${this.invoke(prepared, result).join(';')};${leave}return ${result};`;
      if (this.mode !== 'steps' || known !== undefined) return begin + text;
      return `${begin}if(machine.depth>=machine.limit&&${callee} instanceof F){${leave}return new TailCall(${callee},[${args}]);}${text}`;
    });
  }

  /** Evaluates callee and arguments, in this order. */
  private prepare(call: Call, isTail = false): PreparedCall {
    const { callee, method, args, line, methodLine } = call;
    const before: string[] = [];
    let held = '';
    const items: string[] = [];
    const known = this.knownCallee(call);
    if (known !== undefined) {
      // There is nothing to evaluate.
    } else if (method === undefined) {
      held = this.hold(callee, before);
    } else {
      const object = this.hold(callee, before);
      const lookup = this.chunk.site(methodLine, namingOf(callee), NAMELESS, method);
      const text = this.answer(`field(${object},${lookup})`);
      held = this.take();
      before.push(`${held}=${text}`);
      items.push(object);
    }
    items.push(...this.holdAll(args, before));
    const naming = method === undefined ? namingOf(callee) : { kind: 'method', name: method };
    return {
      before,
      callee: held,
      args: items.join(','),
      site: this.chunk.site(line, naming, NAMELESS, '', isTail),
      known,
    };
  }

  private knownCallee(call: Call): LuaFunction | FunctionBody | undefined {
    const { knowledge } = this.chunk;
    const body = knowledge.directlyCalled(call);
    if (body !== undefined || call.method !== undefined) return body;
    const builtin = knowledge.builtinOf(call.callee);
    return builtin !== undefined && knowledge.needsNoSteps(builtin, call) ? builtin : undefined;
  }

  /** What has to be evaluated, in order, to have the result as it comes: one value or a list. */
  protected invoke(prepared: PreparedCall, result: string): string[] {
    const { callee, args, site, known } = prepared;
    const begin = `machine.site=${site}`;
    if (known !== undefined) {
      return [
        begin,
        ...(known instanceof LuaFunction
          ? this.invokeBuiltin(known, args, result)
          : this.invokeBody(known, args, result)),
      ];
    }
    const rest = args === '' ? '' : `,${args}`;
    if (this.mode === 'pure') {
      const text = `${callee} instanceof F?${callee}.pure(${args}):refuseCall(${callee},${site})`;
      return [begin, `(${result}=${text})===MORE&&redo()`];
    }
    const text = `${callee} instanceof F?${callee}.plain(${args}):callOther(${callee},${site}${rest})`;
    return [
      begin,
      `(${result}=${text})===MORE&&(${result}=enter(${callee}.steps(${args})))`,
      `${result}===WAIT&&(${result}=yield WAIT)`,
    ];
  }

  private invokeBuiltin(builtin: LuaFunction, args: string, result: string): string[] {
    const number = this.chunk.builtin(builtin);
    if (this.mode !== 'pure') return [`${result}=p${number}(${args})`];
    return [builtin.isPure ? `(${result}=q${number}(${args}))===MORE&&redo()` : 'redo()'];
  }

  private invokeBody(body: FunctionBody, args: string, result: string): string[] {
    const { knowledge } = this.chunk;
    const held = [...knowledge.heldBy(body)].map((local) => this.name(local));
    const all = [...held, args].filter((text) => text !== '').join(',');
    if (this.mode === 'pure') {
      return [knowledge.isPure(body) ? `${result}=${this.form(body, 'pure')}(${all})` : 'redo()'];
    }
    if (knowledge.endsSoon(body)) return [`${result}=${this.form(body, 'soon')}(${all})`];
    return [`${result}=enter(${this.form(body, 'steps')}(${all}))`, `${result}===WAIT&&(${result}=yield WAIT)`];
  }

  protected convert(result: string, wanted: Wanted): string {
    if (wanted === 'first') return `Array.isArray(${result})?${result}[0]:${result}`;
    return `Array.isArray(${result})?${result}:[${result}]`;
  }

  /** The call that an expression is, if it is one that gives all its values. */
  protected asCall(expression: Expression | undefined): Call | undefined {
    return expression?.type === 'call' ? expression : undefined;
  }
}
