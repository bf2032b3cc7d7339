/** A reply as a tree, so that tests can compare parts of it. Sets, maps and statuses keep their kind. */
export type Tree =
  | string
  | number
  | null
  | readonly Tree[]
  | { readonly status: string }
  | { readonly error: string }
  | { readonly set: readonly Tree[] }
  | { readonly map: Readonly<Record<string, Tree>> };

/** Reads one whole reply, RESP2 or RESP3, of one character a byte. */
export function readTree(reply: string): Tree {
  return new TreeReader(reply).next();
}

class TreeReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  next(): Tree {
    const marker = this.text[this.at];
    const line = this.line();
    const size = Number(line);
    switch (marker) {
      case ':':
        return size;
      case '+':
        return { status: line };
      case '-':
        return { error: line };
      case '_':
        return null;
      case '$':
        return size < 0 ? null : this.bulk(size);
      case '*':
        return size < 0 ? null : this.several(size);
      case '~':
        return { set: this.several(size) };
      case '%': {
        const flat = this.several(size * 2);
        return { map: Object.fromEntries(pairsOf(flat)) };
      }
      default:
        throw new Error(`no reply begins with '${marker}'`);
    }
  }

  private line(): string {
    const end = this.text.indexOf('\r\n', this.at);
    const line = this.text.slice(this.at + 1, end);
    this.at = end + 2;
    return line;
  }

  private bulk(size: number): string {
    const start = this.at;
    this.at += size + 2;
    return this.text.slice(start, start + size);
  }

  private several(count: number): Tree[] {
    const items: Tree[] = [];
    for (let i = 0; i < count; i++) items.push(this.next());
    return items;
  }
}

/** Keys and values in turn, as pairs; the keys must be text. */
function pairsOf(flat: readonly Tree[]): [string, Tree][] {
  const pairs: [string, Tree][] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([String(flat[i]), flat[i + 1]]);
  return pairs;
}

export type Plain = string | number | null | Plain[] | { [key: string]: Plain };

/** The tree without kinds: statuses as text, sets as arrays, maps as objects. */
export function plain(tree: Tree): Plain {
  if (tree === null || typeof tree !== 'object') return tree;
  if (isList(tree)) return tree.map(plain);
  if ('status' in tree) return tree.status;
  if ('error' in tree) return `-${tree.error}`;
  if ('set' in tree) return tree.set.map(plain);
  return Object.fromEntries(Object.entries(tree.map).map(([key, value]) => [key, plain(value)]));
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}
