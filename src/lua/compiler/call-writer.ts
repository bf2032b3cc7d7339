/**
 * Calls as JavaScript:
 *
 *     (t1 = callee, t2 = argument, machine.site = s1,
 *       t1 instanceof LuaFunction ? (t3 = t1.plain(t2)) === MORE ? yield* t1.steps(t2) : t3 : yield* callOther(t1, s1, t2))
 */

import { NAMELESS } from '../site.ts';
import type { Call, Expression } from './ast.ts';
import { namingOf } from './chunk-context.ts';
import { ExpressionWriter, type Wanted } from './expression-writer.ts';

export interface PreparedCall {
  readonly before: readonly string[];
  readonly callee: string;
  readonly args: string;
  readonly site: string;
}

export abstract class CallWriter extends ExpressionWriter {
  protected override writeCall(call: Call, wanted: Wanted): string {
    return this.scoped(() => {
      const prepared = this.prepare(call);
      const result = this.take();
      return this.sequence(prepared.before, this.convert(this.invoke(prepared, result), result, wanted));
    });
  }

  /** A call as a statement: its result is looked at only to see whether there is something left to do. */
  protected writeCallStatement(call: Call): string {
    return this.scoped(() => {
      const prepared = this.prepare(call);
      const result = this.take();
      const text = this.sequence(prepared.before, this.invoke(prepared, result));
      if (this.mode === 'pure') return `if(${text}===MORE)redo();`;
      return `if((${result}=${text})instanceof TailCall)yield*finish(${result});`;
    });
  }

  /** `return f(x)`: where no room is left, the caller makes the call. */
  protected writeTailCall(call: Call, leave: string): string {
    return this.scoped(() => {
      const prepared = this.prepare(call);
      const { before, callee, args } = prepared;
      const result = this.take();
      const text = this.invoke(prepared, result);
      const begin = before.length === 0 ? '' : `${before.join(',')};`;
      if (this.mode === 'pure') return `${begin}if((${result}=${text})===MORE)redo();return ${result};`;
      const tail = `if(machine.depth>=machine.limit&&${callee} instanceof F){${leave}return new TailCall(${callee},[${args}]);}`;
      return `${begin}${tail}${result}=${text};${leave}return ${result};`;
    });
  }

  /** Evaluates callee and arguments, in this order. */
  private prepare({ callee, method, args, line }: Call): PreparedCall {
    const before: string[] = [];
    let held: string;
    const items: string[] = [];
    if (method === undefined) {
      held = this.hold(callee, before);
    } else {
      const object = this.hold(callee, before);
      const lookup = this.chunk.site(line, namingOf(callee), NAMELESS, method);
      const text = this.answer(`field(${object},${lookup})`);
      held = this.take();
      before.push(`${held}=${text}`);
      items.push(object);
    }
    items.push(...this.holdAll(args, before));
    const naming = method === undefined ? namingOf(callee) : { kind: 'method', name: method };
    return { before, callee: held, args: items.join(','), site: this.chunk.site(line, naming) };
  }

  protected invoke({ callee, args, site }: PreparedCall, result: string): string {
    const rest = args === '' ? '' : `,${args}`;
    if (this.mode === 'pure') {
      return `(machine.site=${site},${callee} instanceof F?${callee}.pure(${args}):refuseCall(${callee},${site}))`;
    }
    const plain = `(${result}=${callee}.plain(${args}))===MORE?yield*${callee}.steps(${args}):${result}`;
    return `(machine.site=${site},${callee} instanceof F?${plain}:yield*callOther(${callee},${site}${rest}))`;
  }

  protected convert(text: string, result: string, wanted: Wanted): string {
    if (wanted === 'raw') return text;
    const isAll = wanted === 'all';
    if (this.mode === 'pure') {
      const values = `Array.isArray(${result})?${isAll ? result : `${result}[0]`}:${isAll ? `[${result}]` : result}`;
      return `((${result}=${text})===MORE?redo():${values})`;
    }
    const done = `yield*finish(${result})`;
    const values = isAll
      ? `${result} instanceof TailCall?list(${done}):${result}:[${result}]`
      : `${result} instanceof TailCall?first(${done}):${result}[0]:${result}`;
    return `(Array.isArray(${result}=${text})?${values})`;
  }

  /** The call that an expression is, if it is one that gives all its values. */
  protected asCall(expression: Expression | undefined): Call | undefined {
    return expression?.type === 'call' ? expression : undefined;
  }
}
