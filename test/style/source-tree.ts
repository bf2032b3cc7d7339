import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ModuleLinks, readLinks } from './module-links.ts';
import { parseModule, type Syntax } from './syntax-tree.ts';

/** One source file, read and parsed once for all rules. Paths are relative to the root and use '/'. */
export interface SourceFile extends Syntax, ModuleLinks {
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
}

/** A text file that is not code: documents, settings. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export interface Tree {
  readonly sources: readonly SourceFile[];
  readonly texts: readonly TextFile[];
}

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

const CODE = /\.(ts|mjs)$/;
const TEXT = /\.(ts|mjs|md|json|ya?ml|sh|html|css)$|^\.ci\/run$/;
const LEFT_ALONE = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache', 'package-lock.json']);
/** `suite`: shared by the implementations of one interface; `testing`: what several tests stand on. */
const TEST_SUFFIX = /\.(test|fuzz|bench|suite|testing)\.ts$/;

/** Whether a file exists for testing or measuring only: nothing that ships may import it. */
export function isTest(path: string): boolean {
  return TEST_SUFFIX.test(path) || path.startsWith('test/') || path.startsWith('bench/');
}

/** Whether a file is part of what ships. */
export function isShipped(path: string): boolean {
  return path.startsWith('src/') && !isTest(path);
}

export function sourceFile(path: string, text: string): SourceFile {
  const syntax = parse(path, text);
  return { path, text, lineCount: lineCountOf(text), ...syntax, ...readLinks(path, syntax.program) };
}

function parse(path: string, text: string): Syntax {
  try {
    return parseModule(text);
  } catch (error) {
    throw new Error(`${path} cannot be parsed: ${error instanceof Error ? error.message : error}`);
  }
}

export function readTree(): Tree {
  const texts = listFiles('').map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const sources = texts.filter(({ path }) => CODE.test(path)).map(({ path, text }) => sourceFile(path, text));
  return { sources, texts };
}

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_ALONE.has(entry.name)) return [];
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return listFiles(path);
    return entry.isFile() && TEXT.test(path) ? [path] : [];
  });
}

function lineCountOf(text: string): number {
  const newlines = text.split('\n').length - 1;
  return text.endsWith('\n') ? newlines : newlines + 1;
}
