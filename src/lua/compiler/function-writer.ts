/** Functions as JavaScript, each by a writer of its own. */

import type { FunctionBody, Local } from './ast.ts';
import type { ChunkContext } from './chunk-context.ts';
import type { Mode } from './expression-writer.ts';
import { StatementWriter } from './statement-writer.ts';

/** An expression that makes a closure of a function of the program. */
export function writeClosure(body: FunctionBody, chunk: ChunkContext): string {
  const { knowledge } = chunk;
  const isPure = knowledge.isPure(body);
  if (knowledge.endsSoon(body)) {
    return `settled(${writeHeld(body, chunk, 'soon')}${isPure ? `,${writeHeld(body, chunk, 'pure')}` : ''})`;
  }
  const steps = writeHeld(body, chunk, 'steps');
  if (!isPure) return `closure(${steps})`;
  return `speculative(${new FunctionWriter(chunk, body, 'pure').writeForm()},${steps},${chunk.history()})`;
}

/**
 * A function where it stands. JavaScript takes two microseconds to call a generator function for the first time, and a
 * closure is a new one each time it is made. So the function is made once, outside of all functions, and takes what it holds
 * of those around it as its first parameters; only an arrow function is made anew. Variables that are assigned to again must
 * be shared, not handed over: functions that hold such a one are written where they stand.
 */
function writeHeld(body: FunctionBody, chunk: ChunkContext, mode: Mode): string {
  const writer = new FunctionWriter(chunk, body, mode);
  const held = [...chunk.knowledge.heldBy(body)];
  if (body.parent === undefined || held.some((local) => local.isReassigned)) return writer.writeForm();
  const all = [...writer.names(held), writer.parameters].filter((text) => text !== '').join(',');
  return `(${writer.parameters})=>${formOf(body, chunk, mode)}(${all})`;
}

/** The name of a form that is made once and takes what the function holds as its first parameters. */
function formOf(body: FunctionBody, chunk: ChunkContext, mode: Mode): string {
  return chunk.form(body, mode, () => {
    const writer = new FunctionWriter(chunk, body, mode);
    return writer.writeForm(writer.names([...chunk.knowledge.heldBy(body)]));
  });
}

class FunctionWriter extends StatementWriter {
  protected override writeFunction(body: FunctionBody): string {
    return writeClosure(body, this.chunk);
  }

  protected override form(body: FunctionBody, mode: Mode): string {
    return formOf(body, this.chunk, mode);
  }

  /** A function of JavaScript; `held` are parameters before its own. */
  writeForm(held: readonly string[] = []): string {
    const parameters = [...held, this.parameters].filter((text) => text !== '').join(',');
    const statements = this.writeBlock(this.body.body);
    const star = this.mode === 'steps' ? '*' : '';
    return `function${star}(${parameters}){${this.enter()}${this.tick}${this.declarations()}${statements}\n${this.leave}return NOTHING;}`;
  }

  private enter(): string {
    const note = 'machine.callers[machine.depth]=machine.site;';
    if (this.mode === 'steps') return `if(++machine.depth>machine.brim)machine.overflow();${note}`;
    return this.mode === 'soon' ? `++machine.depth;${note}` : '';
  }

  names(locals: readonly Local[]): string[] {
    return locals.map((local) => this.name(local));
  }

  get parameters(): string {
    const names = this.names(this.body.parameters);
    if (this.body.isVararg) names.push('...va');
    return names.join(',');
  }

  private declarations(): string {
    const { arg, usesVararg } = this.body;
    const names = Array.from({ length: this.temporaries }, (_, i) => `t${i + 1}`);
    if (arg !== undefined) names.push(`${this.name(arg)}=${usesVararg ? 'undefined' : 'makeArg(va)'}`);
    return names.length === 0 ? '' : `let ${names.join(',')};`;
  }
}
