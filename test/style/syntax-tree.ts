import { parse } from '@babel/parser';

/*
 * Just enough of a syntax tree for the style rules. The parser is Babel's: plain JavaScript, and TypeScript's own has no
 * stable interface at version 7. Nodes stay untyped records on purpose: a rule looks for a handful of shapes, and typing
 * two hundred kinds of node would cost more than it finds.
 */

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly [key: string]: unknown;
}

export interface Comment {
  readonly block: boolean;
  readonly text: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface Syntax {
  readonly program: Node;
  readonly comments: readonly Comment[];
}

/** Parses TypeScript or JavaScript; throws a SyntaxError that names the line. */
export function parseModule(text: string): Syntax {
  const file = parse(text, {
    sourceType: 'module',
    plugins: ['typescript', 'importAttributes'],
    allowReturnOutsideFunction: true,
  });
  const program: unknown = file.program;
  if (!isNode(program)) throw new Error('the parser gave no program');
  const comments = (file.comments ?? []).map((comment) => ({
    block: comment.type === 'CommentBlock',
    text: comment.value,
    firstLine: comment.loc?.start.line ?? 0,
    lastLine: comment.loc?.end.line ?? 0,
  }));
  return { program, comments };
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value && 'start' in value;
}

/** The child of `node` under `key` when it is a node of type `type`. */
export function child(node: Node, key: string, type?: string): Node | undefined {
  const value = node[key];
  return isNode(value) && (type === undefined || value.type === type) ? value : undefined;
}

/** The nodes in the list of `node` under `key`. */
export function children(node: Node, key: string): Node[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text of an identifier or string literal. */
export function nameOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'Identifier' && typeof node.name === 'string') return node.name;
  if (node.type === 'StringLiteral' && typeof node.value === 'string') return node.value;
  if (node.type === 'PrivateName') return `#${nameOf(child(node, 'id'))}`;
  return undefined;
}

/** Visits every node below and including `node`, parents first. `parents` is innermost last and reused: do not keep it. */
export function walk(node: Node, visit: (node: Node, parents: readonly Node[]) => void): void {
  const parents: Node[] = [];
  const descend = (current: Node): void => {
    visit(current, parents);
    parents.push(current);
    for (const key in current) {
      if (key === 'loc' || key.endsWith('Comments')) continue;
      const value = current[key];
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) descend(item);
      } else if (isNode(value)) descend(value);
    }
    parents.pop();
  };
  descend(node);
}
