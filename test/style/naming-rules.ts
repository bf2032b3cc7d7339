import type { SourceFile } from './source-tree.ts';
import { child, nameOf, walk } from './syntax-tree.ts';

/** Names that say nothing: what lives under them has no home because its concept has no name yet. */
const EMPTY_WORDS = new Set(['util', 'utils', 'helper', 'helpers', 'misc', 'common', 'manager', 'managers']);
const EMPTY_SUFFIX = /(Util|Utils|Helper|Helpers|Manager)$/;
const DECLARATIONS = new Set([
  'FunctionDeclaration',
  'ClassDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
]);

export function findEmptyNames(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [...emptyPaths(file), ...emptyDeclarations(file)]);
}

function emptyPaths({ path }: SourceFile): string[] {
  const words = path.split(/[/.-]/);
  const word = words.find((candidate) => EMPTY_WORDS.has(candidate));
  if (word !== undefined) return [`${path}: '${word}' names no concept`];
  if (/(^|\/)types\.ts$/.test(path)) return [`${path}: a type lives beside the code it belongs to`];
  return [];
}

function emptyDeclarations({ path, program }: SourceFile): string[] {
  const problems: string[] = [];
  walk(program, (node) => {
    const name = DECLARATIONS.has(node.type) ? nameOf(child(node, 'id')) : undefined;
    if (name !== undefined && EMPTY_SUFFIX.test(name)) {
      problems.push(`${path}:${node.loc.start.line} ${name}: say what it does, not that it does something`);
    }
  });
  return problems;
}
