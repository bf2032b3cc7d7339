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

  writeSteps(): string {
    const parameters = this.parameters();
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
