/** Functions as JavaScript, each by a writer of its own. */

import type { FunctionBody } from './ast.ts';
import type { ChunkContext } from './chunk-context.ts';
import { isPure } from './purity.ts';
import { StatementWriter } from './statement-writer.ts';

/** An expression that makes a closure of a function of the program. */
export function writeClosure(body: FunctionBody, chunk: ChunkContext): string {
  const steps = new FunctionWriter(chunk, body, 'steps').writeSteps();
  if (!isPure(body)) return `closure(${steps})`;
  return `speculative(${new FunctionWriter(chunk, body, 'pure').writePure()},${steps},${chunk.history()})`;
}

class FunctionWriter extends StatementWriter {
  protected override writeFunction(body: FunctionBody): string {
    return writeClosure(body, this.chunk);
  }

  /**
   * A generator. JavaScript takes two microseconds to call a generator function for the first time, and a closure is a new
   * one each time it is made. So the generator is made once, outside of all functions, and takes what it holds of those
   * around it as its first parameters; only an arrow function is made anew. Variables that are assigned to again must be
   * shared, not handed over: functions that hold such a one are generators where they stand.
   */
  writeSteps(): string {
    const parameters = this.parameters();
    const { parent, upvalues } = this.body;
    const held = [...upvalues];
    if (parent === undefined || held.some((local) => local.isReassigned)) return this.writeGenerator(parameters);
    const names = held.map((local) => this.name(local));
    const all = [...names, parameters].filter((text) => text !== '').join(',');
    return `(${parameters})=>${this.chunk.hoist(this.writeGenerator(all))}(${all})`;
  }

  private writeGenerator(parameters: string): string {
    const statements = this.writeBlock(this.body.body);
    const begin = `if(++machine.depth>machine.brim)machine.overflow();machine.callers[machine.depth]=machine.site;${this.tick}`;
    return `function*(${parameters}){${begin}${this.declarations()}${statements}\n${this.leave}return NOTHING;}`;
  }

  writePure(): string {
    const statements = this.writeBlock(this.body.body);
    return `function(${this.parameters()}){${this.tick}${this.declarations()}${statements}\nreturn NOTHING;}`;
  }

  private parameters(): string {
    const names = this.body.parameters.map((local) => this.name(local));
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
