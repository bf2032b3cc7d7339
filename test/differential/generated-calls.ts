/** Calls of a command made from the tree of its arguments: most of them right, some not. The same in every run. */

/** An argument as COMMAND DOCS tells it. */
export interface DocumentedArgument {
  readonly name: string;
  readonly type: string;
  readonly token?: string;
  readonly flags?: readonly string[];
  readonly arguments?: readonly DocumentedArgument[];
}

const WORDS = ['x', 'streams', 'STORE', 'KEYS', 'get', 'set', '1', ''];
const NUMBERS = ['0', '1', '1', '2', '2', '3', '5', '-1', 'abc', '2147483648', '9223372036854775807'];
const SURPRISES = [...WORDS, ...NUMBERS];

export class CallGenerator {
  private seed: number;
  private keys = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** `name` is a full name such as `config|get`. */
  call(name: string, tree: readonly DocumentedArgument[]): string[] {
    this.keys = 0;
    const words = [...name.split('|'), ...tree.flatMap((argument) => this.occurrences(argument))];
    return this.below(5) === 0 ? this.damaged(words) : words;
  }

  private occurrences(argument: DocumentedArgument): string[] {
    const flags = argument.flags ?? [];
    if (flags.includes('optional') && this.below(2) === 0) return [];
    const count = flags.includes('multiple') ? 1 + this.below(3) : 1;
    const announced = argument.token !== undefined && argument.type !== 'pure-token' ? [argument.token] : [];
    const words: string[] = [];
    for (let i = 0; i < count; i++) {
      if (i === 0 || flags.includes('multiple_token')) words.push(...announced);
      words.push(...this.value(argument));
    }
    return words;
  }

  private value({ type, token, arguments: parts = [] }: DocumentedArgument): string[] {
    switch (type) {
      case 'oneof':
        return this.occurrences(this.one(parts));
      case 'block':
        return parts.flatMap((part) => this.occurrences(part));
      case 'pure-token':
        return [token ?? ''];
      case 'key':
        return [`key${++this.keys}`];
      case 'integer':
      case 'double':
      case 'unix-time':
        return [this.one(NUMBERS)];
      default:
        return [this.one(WORDS)];
    }
  }

  /** With a word missing, added or replaced, but never the first. */
  private damaged(words: readonly string[]): string[] {
    const at = 1 + this.below(words.length);
    const removed = this.below(2);
    return [...words.slice(0, at), ...(this.below(2) === 0 ? [this.one(SURPRISES)] : []), ...words.slice(at + removed)];
  }

  private one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  /** xorshift32 */
  private below(limit: number): number {
    this.seed ^= this.seed << 13;
    this.seed ^= this.seed >>> 17;
    this.seed ^= this.seed << 5;
    return (this.seed >>> 0) % limit;
  }
}
