/**
 * Where Hotset may reply otherwise than redis-server 7.0.15 about collections: what order has no meaning in, and what is
 * drawn by chance. What redis-server keeps in a listpack or an intset has an order, and is compared in it.
 */
import type { Rule } from './allowed.ts';
import { sameButForScores, withShortDoubles } from './printed-scores.ts';
import { isSameEncoding } from './probes.ts';
import { elementsOf, textOf } from './reply-frames.ts';
import type { Words } from './script.ts';

const IN_TABLE = /^(hashtable|skiplist)$/;

export const COLLECTION_RULES: readonly Rule[] = [
  {
    name: 'encoding of small lists and sets',
    reason: 'since Redis 7.2 they are listpacks',
    covers: /^object encoding /,
    agree: ({ ours, theirs }) => ours[0] === '$' && isSameEncoding(textOf(ours), textOf(theirs)),
  },
  {
    name: 'RANK of LPOS',
    reason: 'since Redis 7.2 the least integer is refused, which has no opposite',
    covers: /^lpos .* rank -9223372036854775808/s,
    agree: ({ ours }) => ours.startsWith('-ERR value is out of range, value must between'),
  },
  {
    name: 'order of a hash',
    reason: 'the order of a hash table depends on its secret hash key',
    covers: /^(hgetall|hkeys|hvals) /,
    agree: ({ words, ours, theirs, around }) =>
      isIn(IN_TABLE, around.redis.before[0]) && sameParts(ours, theirs, /^hgetall$/i.test(words[0]) ? 2 : 1),
  },
  {
    name: 'order of a set',
    reason: 'the order of a hash table depends on its secret hash key; sets of integers are in order',
    covers: /^(smembers|sinter|sdiff) /,
    agree: ({ ours, theirs, around }) =>
      around.redis.before.some((encoding) => isIn(IN_TABLE, encoding)) && sameParts(ours, theirs, 1),
  },
  {
    name: 'order of a union',
    reason: 'as for sets; and sets of integers may be too large together for an intset',
    covers: /^sunion /,
    agree: ({ ours, theirs }) => sameParts(ours, theirs, 1),
  },
  {
    name: 'scores in as few digits as needed',
    reason:
      'redis-server 7.0 prints seventeen digits, of a distance or place that a script passes on too; 7.2 no more than it takes',
    covers: /^(z|geo)/,
    agree: ({ ours, theirs }) => sameButForScores(ours, theirs),
  },
  {
    name: 'WITHSCORE of ZRANK',
    reason: 'new in Redis 7.2',
    covers: /^z(rev)?rank /,
    agree: ({ words, ours, theirs }) =>
      words.length > 3 && /^-ERR wrong number/.test(ours) === words.length > 4 && /^-ERR wrong number/i.test(theirs),
  },
  {
    name: 'order of HSCAN, SSCAN and ZSCAN',
    reason:
      'which elements share a bucket depends on the secret hash key; listpacks and intsets come whole and in order',
    covers: /^[hsz]scan /,
    agree: ({ words, ours, theirs, around }) =>
      isIn(IN_TABLE, around.redis.before[0]) &&
      isScanReply(ours) &&
      isScanReply(theirs) &&
      sameScan(words[2], withShortDoubles(ours), withShortDoubles(theirs), /^sscan$/i.test(words[0]) ? 1 : 2),
  },
  {
    name: 'members by chance',
    reason: 'they are random; when all are asked for, only their order is',
    covers: /^(srandmember|zrandmember|hrandfield) /,
    agree: ({ words, ours, theirs }) => areDrawnAlike(words, withShortDoubles(ours), withShortDoubles(theirs)),
  },
  {
    name: 'SPOP',
    reason: 'it takes members by chance; when it takes all, only their order is',
    covers: /^spop /,
    agree: ({ ours, theirs, around }) => {
      const tookAll = around.hotset.after[0] === ':0\r\n' && around.redis.after[0] === ':0\r\n';
      if (tookAll && ours[0] !== '$') return sameParts(ours, theirs, 1);
      return !tookAll && sameForm(ours, theirs);
    },
  },
  {
    name: 'SORT of a set that is not sorted',
    reason: 'its order depends on the secret hash key of a table',
    covers: /^sort(_ro)? .* by /s,
    agree: ({ words, ours, theirs, around }) =>
      isIn(IN_TABLE, around.redis.before[0]) && sortsNothing(words) && sameForm(ours, theirs),
  },
  {
    name: 'SORT of a sorted set with a tiny score',
    reason: 'redis-server takes the underflow of reading the score from the listpack for one of a weight',
    covers: /^sort(_ro)? /,
    agree: ({ ours, theirs, around }) =>
      isIn(/^listpack$/, around.redis.before[0]) && ours[0] !== '-' && theirs.startsWith('-ERR One or more scores'),
  },
  {
    name: 'SORT by equal texts',
    reason:
      'they keep the order they had, which for a set depends on its table, and with LIMIT on a sort that is not stable',
    covers: /^sort(_ro)? (?=.* by )(?=.* alpha)/s,
    agree: ({ words, ours, theirs, around }) => {
      const isLimited = words.some((word) => /^limit$/i.test(word));
      if (isLimited) return sameForm(ours, theirs);
      // SORT moves a sorted set in a listpack to a table.
      return isIn(/^(hashtable|skiplist|listpack)$/, around.redis.before[0]) && sameParts(ours, theirs, 1);
    },
  },
  {
    name: 'SORT of texts that are equal up to a NUL',
    reason: 'redis-server compares no further, and its sort is not stable',
    covers: /^sort(_ro)? (?=.* alpha)/s,
    agree: ({ ours, theirs }) => sameForm(ours, theirs) && upToNul(ours).join() === upToNul(theirs).join(),
  },
];

function isIn(encodings: RegExp, encoding: string | undefined): boolean {
  return encoding !== undefined && encodings.test(textOf(encoding));
}

/** Two arrays, sets or maps of the same length with the same parts of `size` elements, in any order. */
function sameParts(ours: string, theirs: string, size: number): boolean {
  return (
    headOf(ours) === headOf(theirs) && '*~%'.includes(ours[0]) && sortedParts(ours, size) === sortedParts(theirs, size)
  );
}

export function sortedParts(reply: string, size: number): string {
  return partsOf(elementsOf(reply), size).sort().join('');
}

/** Elements joined by `size`: the fields of a hash with their values. */
export function partsOf(elements: readonly string[], size: number): string[] {
  return elements.flatMap((_, i) => (i % size === 0 ? [elements.slice(i, i + size).join('')] : []));
}

/** What strcoll sees of an array's elements. */
function upToNul(reply: string): string[] {
  return elementsOf(reply).map((element) => textOf(element).split('\0', 1)[0]);
}

/** Both one element, or both arrays of the same length. */
function sameForm(ours: string, theirs: string): boolean {
  return ours[0] === theirs[0] && (ours[0] === '$' || ('*~'.includes(ours[0]) && headOf(ours) === headOf(theirs)));
}

function areDrawnAlike(words: Words, ours: string, theirs: string): boolean {
  if (!sameForm(ours, theirs) || ours.startsWith('$-1')) return false;
  if (ours[0] === '$') return true;
  const isFlat = words.length === 4 && !elementsOf(theirs).some((element) => element[0] === '*');
  const size = isFlat ? 2 : 1;
  const drawn = partsOf(elementsOf(ours), size);
  const count = Number(words[2]);
  if (count < 0) return true;
  return drawn.length < count ? sameParts(ours, theirs, size) : new Set(drawn).size === drawn.length;
}

export function isScanReply(reply: string): boolean {
  if (!reply.startsWith('*2\r\n$')) return false;
  const [cursor, elements] = elementsOf(reply);
  return /^\d+$/.test(textOf(cursor)) && elements[0] === '*';
}

/** Two whole iterations gave the same; of parts nothing can be said. */
export function sameScan(start: string, ours: string, theirs: string, size: number): boolean {
  const [ourCursor, ourElements] = elementsOf(ours);
  const [theirCursor, theirElements] = elementsOf(theirs);
  const isWhole = start === '0' && textOf(ourCursor) === '0' && textOf(theirCursor) === '0';
  return !isWhole || sortedParts(ourElements, size) === sortedParts(theirElements, size);
}

/** SORT's last BY has no `*`. */
function sortsNothing(words: Words): boolean {
  const by = words.map((word) => word.toLowerCase()).lastIndexOf('by');
  return by > 1 && by + 1 < words.length && !words[by + 1].includes('*');
}

function headOf(reply: string): string {
  return reply.slice(0, reply.indexOf('\r\n'));
}
