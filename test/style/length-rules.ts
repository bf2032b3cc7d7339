import { compareWithLimit, type Sizes } from './ratchet.ts';
import { isTest, type SourceFile } from './source-tree.ts';
import { child, type Node, nameOf, walk } from './syntax-tree.ts';

const FILE_AIM = 400;
const FILE_STOP = 700;
const FUNCTION_LIMIT = 70;
const SPLIT = 'split it by concept';

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
]);

export function findLongFiles(files: readonly SourceFile[], exempt: Sizes): string[] {
  const sizes = new Map(files.map(({ path, lineCount }) => [path, lineCount]));
  const beyond = files.filter(({ lineCount }) => lineCount > FILE_STOP);
  return [
    ...compareWithLimit(sizes, FILE_AIM, exempt, SPLIT),
    ...beyond.map(({ path, lineCount }) => `${path}: ${lineCount} is over ${FILE_STOP}, where exemptions end`),
  ];
}

export function findLongFunctions(files: readonly SourceFile[], exempt: Sizes): string[] {
  return compareWithLimit(new Map(files.flatMap(functionLengths)), FUNCTION_LIMIT, exempt, SPLIT);
}

/** Lines of every function of a file, by path#name; a second function of one name is path#name@2. */
function functionLengths({ path, program }: SourceFile): [string, number][] {
  const seen = new Map<string, number>();
  const lengths: [string, number][] = [];
  walk(program, (node, parents) => {
    if (!FUNCTIONS.has(node.type) || (isTest(path) && isTestGroup(node, parents))) return;
    const name = [...parents, node].map(declaredName).filter(Boolean).join('.') || '(anonymous)';
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    lengths.push([`${path}#${name}${count > 1 ? `@${count}` : ''}`, node.loc.end.line - node.loc.start.line + 1]);
  });
  return lengths;
}

/** What a node on the way to a function adds to the function's name. */
function declaredName(node: Node): string | undefined {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ClassDeclaration':
    case 'VariableDeclarator':
      return nameOf(child(node, 'id'));
    case 'ObjectProperty':
    case 'ObjectMethod':
    case 'ClassProperty':
    case 'ClassMethod':
    case 'ClassPrivateMethod':
      return nameOf(child(node, 'key'));
    default:
      return undefined;
  }
}

/** The callback of describe(…) in any of its forms: a chapter of tests, not a function in the sense of the rule. */
function isTestGroup(node: Node, parents: readonly Node[]): boolean {
  const call = parents[parents.length - 1];
  if (call?.type !== 'CallExpression' || call.callee === node) return false;
  let callee = child(call, 'callee');
  while (callee !== undefined && callee.type !== 'Identifier')
    callee = child(callee, 'object') ?? child(callee, 'callee');
  return nameOf(callee) === 'describe';
}
