/**
 * Calls as JavaScript:
 *
 *     (t1 = callee, t2 = argument, machine.site = s1,
 *       (t3 = t1 instanceof F ? t1.plain(t2) : callOther(t1, s1, t2)) === MORE && (t3 = enter(t1.steps(t2))),
 *       t3 === WAIT && (t3 = yield WAIT),
 *       Array.isArray(t3) ? t3[0] : t3)
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
      const prepared = this.prepare(call);
      const { before, callee, args } = prepared;
      const result = this.take();
      const begin = before.map((text) => `${text};`).join('');
      const text = `${this.invoke(prepared, result).join(';')};${leave}return ${result};`;
      if (this.mode === 'pure') return begin + text;
      return `${begin}if(machine.depth>=machine.limit&&${callee} instanceof F){${leave}return new TailCall(${callee},[${args}]);}${text}`;
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

  /** What has to be evaluated, in order, to have the result as it comes: one value or a list. */
  protected invoke({ callee, args, site }: PreparedCall, result: string): string[] {
    const rest = args === '' ? '' : `,${args}`;
    const begin = `machine.site=${site}`;
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

  protected convert(result: string, wanted: Wanted): string {
    if (wanted === 'first') return `Array.isArray(${result})?${result}[0]:${result}`;
    return `Array.isArray(${result})?${result}:[${result}]`;
  }

  /** The call that an expression is, if it is one that gives all its values. */
  protected asCall(expression: Expression | undefined): Call | undefined {
    return expression?.type === 'call' ? expression : undefined;
  }
}
