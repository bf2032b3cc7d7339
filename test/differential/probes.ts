/**
 * Questions put around commands that chance has a part in, on the same connection and of both servers, so that their
 * replies can be compared as exactly as Redis defines them:
 *
 *   before   the encodings that the reply's order depends on: an intset and a listpack have an order, a table has none
 *   after    SPOP took members by chance: how many are left, and the rest is removed, as it is chance as well
 *
 * They count as commands of the script. What a script of Lua's calls is asked about as if it were sent itself.
 */
import { withoutScript } from './called-from-scripts.ts';
import { textOf } from './reply-frames.ts';
import type { Words } from './script.ts';

/** What a server said around a command. */
export interface Circumstances {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const ONE_KEY = /^(hgetall|hkeys|hvals|smembers|[hsz]scan)$/i;
const MANY_KEYS = /^(sinter|sunion|sdiff)$/i;
const SORTS = /^sort(_ro)?$/i;

export function questionsBefore(sent: Words): Words[] {
  const words = withoutScript(sent);
  if (words.length < 2) return [];
  const [name, key] = words;
  if (MANY_KEYS.test(name)) return words.slice(1).map(encodingOf);
  if (ONE_KEY.test(name)) return [encodingOf(key)];
  // A score that is refused: redis-server forgets an overflow before, which SORT would take for one of its own.
  if (SORTS.test(name)) return [encodingOf(key), ['ZINCRBY', key, 'no score', '']];
  return [];
}

function encodingOf(key: string): Words {
  return ['OBJECT', 'ENCODING', key];
}

export function questionsAfter(sent: Words): Words[] {
  const words = withoutScript(sent);
  if (words.length < 2 || !/^spop$/i.test(words[0])) return [];
  const [, key] = words;
  // A set without itself is empty; a key of another type stays.
  return [
    ['SCARD', key],
    ['SDIFFSTORE', key, key, key],
  ];
}

/** Whether two servers' answers around a command agree. */
export function agreeAround(ours: Circumstances, theirs: Circumstances): boolean {
  return (
    ours.after.join('') === theirs.after.join('') &&
    ours.before.length === theirs.before.length &&
    ours.before.every((encoding, i) => isSameEncoding(textOf(encoding), textOf(theirs.before[i])))
  );
}

/**
 * Small lists and sets have an encoding of their own since Redis 7.2; and a sorted set leaves its listpack when a command names
 * more members than that may hold, though it adds none of them.
 */
const NEW_ENCODINGS: Readonly<Record<string, RegExp>> = {
  listpack: /^(quicklist|hashtable)$/,
  skiplist: /^listpack$/,
};

/** Whether a value in our encoding could be in theirs, an encoding of redis-server 7.0. */
export function isSameEncoding(ours: string, theirs: string): boolean {
  return ours === theirs || NEW_ENCODINGS[ours]?.test(theirs) === true;
}
