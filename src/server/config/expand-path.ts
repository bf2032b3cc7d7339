/**
 * Paths that match a shell pattern, for `include conf.d/*.conf`: as glob(3) finds them, sorted by bytes, names that
 * begin with a dot only for patterns that do. Node 20 has no glob of its own.
 */

import { globMatch } from '../../bytes/glob.ts';

/** Names in a directory; none when it cannot be read. */
export type ListDirectory = (path: string) => readonly string[];

export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** The existing paths that match `pattern`. */
export function expandPath(pattern: string, list: ListDirectory): string[] {
  const [first, ...parts] = pattern.split('/');
  let paths = pattern.startsWith('/') ? ['/'] : expandPart('', first, list);
  for (const part of parts) {
    paths = part === '' ? paths : paths.flatMap((path) => expandPart(path, part, list));
  }
  return paths;
}

function expandPart(parent: string, part: string, list: ListDirectory): string[] {
  const prefix = parent === '' || parent.endsWith('/') ? parent : `${parent}/`;
  if (part === '.' || part === '..') return [`${prefix}${part}`];
  // A class is negated by '!' in the shell and by '^' in Redis's patterns.
  const glob = Buffer.from(part.replaceAll('[!', '[^'));
  return list(parent === '' ? '.' : parent)
    .map((name) => ({ name, bytes: Buffer.from(name) }))
    .filter(({ name }) => part.startsWith('.') || !name.startsWith('.'))
    .filter(({ bytes }) => globMatch(glob, 0, glob.length, bytes, 0, bytes.length, false))
    .sort((a, b) => a.bytes.compare(b.bytes))
    .map(({ name }) => `${prefix}${name}`);
}
