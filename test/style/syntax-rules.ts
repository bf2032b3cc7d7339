import { isWithinEngine } from './layers.ts';
import { compareWithLimit, type Sizes } from './ratchet.ts';
import { isShipped, type SourceFile } from './source-tree.ts';
import { child, children, type Node, nameOf, walk } from './syntax-tree.ts';

/** Runs `describe` on every node of every file and gathers what it says. */
function report(files: readonly SourceFile[], describe: (node: Node) => string | undefined): string[] {
  return files.flatMap(({ path, program }) => {
    const problems: string[] = [];
    walk(program, (node) => {
      const problem = describe(node);
      if (problem !== undefined) problems.push(`${path}:${node.loc.start.line} ${problem}`);
    });
    return problems;
  });
}

export function findAny(files: readonly SourceFile[]): string[] {
  return report(files, (node) => (node.type === 'TSAnyKeyword' ? 'any: say what it is, or unknown' : undefined));
}

/** `as unknown as`, counted per file. */
export function findDoubleCasts(files: readonly SourceFile[], exempt: Sizes): string[] {
  const counts = new Map(
    files.map(({ path, program }) => {
      let count = 0;
      walk(program, (node) => {
        const inner = node.type === 'TSAsExpression' ? child(node, 'expression', 'TSAsExpression') : undefined;
        if (inner !== undefined && child(inner, 'typeAnnotation', 'TSUnknownKeyword')) count++;
      });
      return [path, count];
    }),
  );
  return compareWithLimit(counts, 0, exempt, 'say what the value is, or check it');
}

export function findConsole(files: readonly SourceFile[]): string[] {
  const silent = files.filter(({ path }) => isShipped(path) && path !== 'src/cli.ts');
  return report(silent, (node) =>
    memberOf(node, 'console') === undefined ? undefined : 'console: only the command line speaks to the terminal',
  );
}

export function findDefaultExports(files: readonly SourceFile[]): string[] {
  const ours = files.filter(({ path }) => !path.endsWith('.config.ts'));
  return report(ours, (node) =>
    node.type === 'ExportDefaultDeclaration' ? 'default export: a thing has one name everywhere' : undefined,
  );
}

export function findBarrels(files: readonly SourceFile[]): string[] {
  return report(files, (node) =>
    node.type === 'ExportAllDeclaration' ? 'export *: import from where the thing is' : undefined,
  );
}

const CLOCKS: Readonly<Record<string, readonly string[]>> = {
  Date: ['now'],
  Math: ['random'],
  performance: ['now', 'timeOrigin'],
  process: ['hrtime', 'nextTick', 'uptime'],
  crypto: ['getRandomValues', 'randomUUID', 'randomBytes', 'randomInt', 'randomFillSync'],
};
const TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']);
const CHANCE = /^random|^getRandomValues$/;

/** The engine gets its clock and its chance; a run can then be repeated from a seed. */
export function findClockAndChance(files: readonly SourceFile[]): string[] {
  const engine = files.filter(({ path }) => isWithinEngine(path));
  const say = (what: string) => `${what}: clock and chance are handed to the engine`;
  return [
    ...report(engine, (node) => {
      const used = clockUsedBy(node);
      return used === undefined ? undefined : say(used);
    }),
    ...engine.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier, names }) => specifier === 'node:crypto' && takesChance(names))
        .map(({ line }) => `${path}:${line} ${say('node:crypto random')}`),
    ),
  ];
}

function takesChance(names: readonly string[] | 'everything'): boolean {
  return names === 'everything' || names.some((name) => CHANCE.test(name));
}

function clockUsedBy(node: Node): string | undefined {
  for (const [object, members] of Object.entries(CLOCKS)) {
    const member = memberOf(node, object);
    if (member !== undefined && members.includes(member)) return `${object}.${member}`;
  }
  const callee = nameOf(child(node, 'callee'));
  if (node.type === 'CallExpression' && callee !== undefined && TIMERS.has(callee)) return callee;
  if (node.type === 'NewExpression' && callee === 'Date' && children(node, 'arguments').length === 0)
    return 'new Date()';
  return undefined;
}

/** The member that `node` reads from the global `object`; undefined when it does not. */
function memberOf(node: Node, object: string): string | undefined {
  if (node.type !== 'MemberExpression' || nameOf(child(node, 'object', 'Identifier')) !== object) return undefined;
  return nameOf(child(node, 'property')) ?? '';
}
