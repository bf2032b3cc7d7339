import { posix } from 'node:path';
import { child, children, type Node, nameOf, walk } from './syntax-tree.ts';

/** One place where a file names another module. */
export interface Import {
  readonly specifier: string;
  /** The imported file's path from the root; undefined for packages. */
  readonly target: string | undefined;
  /** What is taken: names, or everything. */
  readonly names: readonly string[] | 'everything';
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface Export {
  readonly name: string;
  readonly line: number;
  /** A type that the rest of its own file speaks of: whoever uses that may have to name it. */
  readonly isTypeInUse: boolean;
}

export interface ModuleLinks {
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
}

const TYPE_DECLARATIONS = new Set(['TSInterfaceDeclaration', 'TSTypeAliasDeclaration']);

/** Reads what a module imports in any form (static, dynamic, type, re-export, worker URL) and what it exports. */
export function readLinks(path: string, program: Node): ModuleLinks {
  const imports: Import[] = [];
  const exports: Export[] = [];
  const add = (node: Node, source: Node | undefined, names: Import['names'], typeOnly: boolean): void => {
    const specifier = nameOf(source);
    if (specifier === undefined) return;
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
    imports.push({ specifier, target, names, typeOnly, line: node.loc.start.line });
  };
  walk(program, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
        add(node, child(node, 'source'), importedNames(node, program), isTypeOnly(node));
        break;
      case 'ExportAllDeclaration':
        add(node, child(node, 'source'), 'everything', node.exportKind === 'type');
        break;
      case 'ExportNamedDeclaration':
        add(node, child(node, 'source'), reexportedNames(node), node.exportKind === 'type');
        exports.push(...exportedNames(node, program));
        break;
      case 'ExportDefaultDeclaration':
        exports.push({ name: 'default', line: node.loc.start.line, isTypeInUse: false });
        break;
      case 'TSImportType':
        add(node, child(node, 'argument'), typeNames(node), true);
        break;
      case 'CallExpression':
        if (child(node, 'callee', 'Import')) add(node, children(node, 'arguments')[0], 'everything', false);
        break;
      case 'NewExpression':
        if (isOwnModule(node)) add(node, children(node, 'arguments')[0], 'everything', false);
        break;
    }
  });
  return { imports, exports };
}

function importedNames(node: Node, program: Node): Import['names'] {
  const names: string[] = [];
  for (const specifier of children(node, 'specifiers')) {
    const local = nameOf(child(specifier, 'local'));
    if (specifier.type === 'ImportSpecifier') names.push(nameOf(child(specifier, 'imported')) ?? '');
    else if (specifier.type === 'ImportDefaultSpecifier') names.push('default');
    else {
      const members = local === undefined ? undefined : membersTaken(program, local);
      if (members === undefined) return 'everything';
      names.push(...members);
    }
  }
  return names;
}

/** The members read from a namespace import; undefined when the namespace is also used whole. */
function membersTaken(program: Node, namespace: string): string[] | undefined {
  const names: string[] = [];
  let whole = false;
  walk(program, (node, parents) => {
    if (nameOf(node) !== namespace || node.type !== 'Identifier') return;
    const parent = parents[parents.length - 1];
    if (parent === undefined || parent.type === 'ImportNamespaceSpecifier') return;
    const member =
      parent.type === 'TSQualifiedName' && parent.left === node
        ? child(parent, 'right')
        : parent.type === 'MemberExpression' && parent.object === node && parent.computed === false
          ? child(parent, 'property')
          : undefined;
    const name = nameOf(member);
    if (name !== undefined) names.push(name);
    else if (parent.type !== 'MemberExpression' || parent.object === node) whole = true;
  });
  return whole ? undefined : names;
}

function isTypeOnly(node: Node): boolean {
  if (node.importKind === 'type') return true;
  const specifiers = children(node, 'specifiers');
  return specifiers.length > 0 && specifiers.every((specifier) => specifier.importKind === 'type');
}

function reexportedNames(node: Node): Import['names'] {
  const specifiers = children(node, 'specifiers');
  if (specifiers.some(({ type }) => type === 'ExportNamespaceSpecifier')) return 'everything';
  return specifiers.map((specifier) => nameOf(child(specifier, 'local')) ?? '');
}

function exportedNames(node: Node, program: Node): Export[] {
  const line = node.loc.start.line;
  const declaration = child(node, 'declaration');
  const names =
    declaration === undefined
      ? children(node, 'specifiers').map((specifier) => nameOf(child(specifier, 'exported')))
      : declaration.type === 'VariableDeclaration'
        ? children(declaration, 'declarations').flatMap((declarator) => boundNames(child(declarator, 'id')))
        : [nameOf(child(declaration, 'id'))];
  const isType = declaration !== undefined && TYPE_DECLARATIONS.has(declaration.type);
  return names
    .filter((name) => name !== undefined)
    .map((name) => ({ name, line, isTypeInUse: isType && isNamedOutside(node, name, program) }));
}

function isNamedOutside(declaration: Node, name: string, program: Node): boolean {
  let named = false;
  walk(program, (node) => {
    const outside = node.end <= declaration.start || node.start >= declaration.end;
    if (outside && node.type === 'Identifier' && nameOf(node) === name) named = true;
  });
  return named;
}

function boundNames(pattern: Node | undefined): string[] {
  if (pattern === undefined) return [];
  if (pattern.type === 'Identifier') return [nameOf(pattern) ?? ''];
  const names: string[] = [];
  for (const part of [...children(pattern, 'properties'), ...children(pattern, 'elements')]) {
    names.push(...boundNames(child(part, 'value') ?? child(part, 'argument') ?? child(part, 'left') ?? part));
  }
  return names;
}

function typeNames(node: Node): Import['names'] {
  let qualifier = child(node, 'qualifier');
  while (qualifier?.type === 'TSQualifiedName') qualifier = child(qualifier, 'left');
  const name = nameOf(qualifier);
  return name === undefined ? 'everything' : [name];
}

/** `new URL('./worker.ts', import.meta.url)` */
function isOwnModule(node: Node): boolean {
  const [first, second] = children(node, 'arguments');
  const isCode = /\.(ts|mjs)$/.test(nameOf(first) ?? '');
  return nameOf(child(node, 'callee')) === 'URL' && second?.type === 'MemberExpression' && isCode;
}
