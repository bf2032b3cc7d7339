import type { SourceFile, TextFile } from './source-tree.ts';
import { type Comment, child, children, type Node, parseModule } from './syntax-tree.ts';

const DEBT = /\b(TODO|FIXME|XXX|HACK)\b/;
/** Paths that exist on somebody's machine only. */
const MACHINE_PATH = /(?<![\w.~*-])\/(home|root|Users|work|workspace)\/[\w.-]+|\b[A-Z]:\\+Users\b/;

export function findDebt(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, comments }) =>
    comments
      .filter(({ text }) => DEBT.test(text))
      .map(({ text, firstLine }) => `${path}:${firstLine} ${DEBT.exec(text)?.[0]}: do it, or open an issue`),
  );
}

export function findMachinePaths(files: readonly TextFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = MACHINE_PATH.exec(line);
      return found === null ? [] : [`${path}:${index + 1} ${found[0]} exists on one machine only`];
    }),
  );
}

/**
 * Comments that are code. A guess, kept narrow: plain comments (documentation may show code) that end as a statement
 * does and parse as one that does something.
 */
export function findCommentedOutCode(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, comments }) =>
    paragraphs(comments)
      .filter(({ lines }) => isCode(lines.join('\n')) || lines.some(isCode))
      .map(({ firstLine }) => `${path}:${firstLine} looks like commented-out code: the history keeps it`),
  );
}

/** Line comments on consecutive lines together, and block comments that are not documentation. */
function paragraphs(comments: readonly Comment[]): { firstLine: number; lines: string[] }[] {
  const found: { firstLine: number; lines: string[] }[] = [];
  let previous: Comment | undefined;
  for (const comment of comments) {
    const current = found[found.length - 1];
    if (comment.block) {
      if (!comment.text.startsWith('*')) found.push({ firstLine: comment.firstLine, lines: comment.text.split('\n') });
    } else if (previous?.block === false && previous.lastLine === comment.firstLine - 1 && current !== undefined) {
      current.lines.push(comment.text);
    } else found.push({ firstLine: comment.firstLine, lines: [comment.text] });
    previous = comment;
  }
  return found;
}

function isCode(text: string): boolean {
  if (!/[;}]\s*$/.test(text)) return false;
  try {
    return children(parseModule(text).program, 'body').some(doesSomething);
  } catch {
    return false;
  }
}

function doesSomething(statement: Node): boolean {
  if (statement.type === 'EmptyStatement' || statement.type === 'LabeledStatement') return false;
  if (statement.type === 'BlockStatement') return children(statement, 'body').some(doesSomething);
  if (statement.type !== 'ExpressionStatement') return true;
  const kind = child(statement, 'expression')?.type ?? '';
  return ['CallExpression', 'AssignmentExpression', 'AwaitExpression', 'UpdateExpression'].includes(kind);
}
