/**
 * Where Hotset may reply otherwise than redis-server 7.0.15, and why. Each rule covers as little as it can, and says
 * whether two unequal replies still agree; whatever no rule covers is a bug. A rule that a full run never needed is
 * reported, because it may hide one.
 */
import { COLLECTION_RULES, isScanReply, sameScan, sortedParts } from './allowed-collections.ts';
import type { Circumstances } from './probes.ts';
import { elementsOf, textOf } from './reply-frames.ts';
import type { Words } from './script.ts';
import type { Both } from './servers.ts';

export interface Exchange {
  /** The command; no words where bytes were sent. */
  readonly words: Words;
  readonly ours: string;
  readonly theirs: string;
  /** At most so long after each other did the servers run the command. */
  readonly elapsedMs: number;
  /** What the servers said around the command. */
  readonly around: Both<Circumstances>;
}

export interface Rule {
  readonly name: string;
  readonly reason: string;
  /** The command's words, joined by spaces, in lowercase. */
  readonly covers: RegExp;
  readonly agree: (exchange: Exchange) => boolean;
}

/** How far rounding may carry a time, with a second's own rounding. */
const ROUNDING_MS = 2048;

const MONITOR_LINE = /^\+\d{10}\.\d{6} (\[\d+ 127\.0\.0\.1:)\d+\]/;

const RULES: readonly Rule[] = [
  {
    name: 'unbalanced streams',
    reason: 'since Redis 7.2 the error names the command, and what stands for news of a group',
    covers: /^xread(group)? /,
    agree: ({ ours, theirs }) => ours.startsWith('-ERR Unbalanced ') && theirs.startsWith('-ERR Unbalanced XREAD '),
  },
  {
    name: 'waiting for longer than there is time',
    reason: 'redis-server 7.0 does not see that the deadline of BLOCK is beyond its clock',
    covers: /^xread(group)? .*block 9223\d{15}/s,
    agree: ({ ours }) => ours === '-ERR timeout is out of range\r\n',
  },
  {
    name: 'seconds to live',
    reason: 'each server reads its own clock, and rounds to seconds',
    covers: /^(ttl|expiretime) /,
    agree: ({ ours, theirs, elapsedMs }) => distance(ours, theirs) <= 1 + elapsedMs / 1000,
  },
  {
    name: 'milliseconds to live',
    reason: 'each server reads its own clock',
    covers: /^(pttl|pexpiretime) /,
    agree: ({ ours, theirs, elapsedMs }) => distance(ours, theirs) <= elapsedMs,
  },
  {
    name: 'deadlines beyond 2^53 milliseconds',
    reason: 'they are rounded to 1,024 ms, in the year 287396 and later',
    covers: /^p?(ttl|expiretime) /,
    agree: ({ words, ours, theirs }) => {
      const unitMs = words[0].toLowerCase().startsWith('p') ? 1 : 1000;
      return Number(textOf(theirs)) * unitMs > 2 ** 52 && distance(ours, theirs) * unitMs <= ROUNDING_MS;
    },
  },
  {
    name: 'comparing deadlines beyond 2^53 milliseconds',
    reason: 'they are rounded to 1,024 ms, so a later one may count as the same',
    covers: /^p?expire(at)? .* (gt|lt)$/s,
    agree: ({ words, ours, theirs }) => Number(words[2]) > 2 ** 43 && distance(ours, theirs) === 1,
  },
  {
    name: 'idle seconds',
    reason: 'each server reads its own clock, and rounds to seconds',
    covers: /^object idletime /,
    agree: ({ ours, theirs }) => distance(ours, theirs) <= 1,
  },
  {
    name: 'idle seconds of shared integers',
    reason: 'redis-server keeps one for all keys that share the integer, so another key may have been idle for longer',
    covers: /^object idletime /,
    agree: ({ ours, theirs }) => distance(ours, theirs) > 1 && Number(textOf(ours)) < Number(textOf(theirs)),
  },
  {
    name: 'order of keys',
    reason: 'the order of a hash table depends on its secret hash key',
    covers: /^keys /,
    agree: ({ ours, theirs }) => kindOf(ours) === '*' && sortedParts(ours, 1) === sortedParts(theirs, 1),
  },
  {
    name: 'order of SCAN',
    reason: 'which keys share a bucket depends on the secret hash key',
    covers: /^scan /,
    agree: ({ words, ours, theirs }) => isScanReply(ours) && isScanReply(theirs) && sameScan(words[1], ours, theirs, 1),
  },
  {
    name: 'NUL in a cursor',
    reason: 'redis-server reads up to the NUL; Hotset takes no such number',
    covers: /^(scan|[hsz]scan [^ ]*) [^ ]*\0/,
    agree: ({ ours, theirs }) =>
      ours === '-ERR invalid cursor\r\n' && (isScanReply(theirs) || /^-ERR (syntax|value)/.test(theirs)),
  },
  {
    name: 'RANDOMKEY',
    reason: 'it is random',
    covers: /^randomkey$/,
    agree: ({ ours, theirs }) => kindOf(ours) === '$' && kindOf(theirs) === '$',
  },
  {
    name: 'TIME',
    reason: 'each server reads its own clock',
    covers: /^time$/,
    agree: ({ ours, theirs }) => shapeOf(ours) === shapeOf(theirs),
  },
  {
    name: 'bytes of memory',
    reason: 'the records are laid out differently',
    covers: /^memory usage /,
    agree: ({ ours, theirs }) => kindOf(ours) === ':' && kindOf(theirs) === ':',
  },
  {
    name: 'references to shared integers',
    reason: 'redis-server stops sharing a small integer when a copy of it is changed or copied; Hotset shares nothing',
    covers: /^object refcount /,
    agree: ({ ours, theirs }) => [ours, theirs].every((reply) => reply === ':2147483647\r\n' || reply === ':1\r\n'),
  },
  {
    name: 'ranges of bits where there are none',
    reason: 'since Redis 7.2 BITCOUNT and BITPOS read all arguments before they look for the key and its bits',
    covers: /^bit(count|pos) /,
    agree: ({ ours, theirs }) =>
      /^-ERR (syntax error|value is not an integer)/.test(ours) && /^(:(0|-1)\r|-WRONGTYPE)/.test(theirs),
  },
  {
    name: 'long words in errors',
    reason: 'a text repeats at most 128 bytes of what a client sent; redis-server repeats some words whole',
    covers: /^(hello|p?expire(at)?|pfdebug) /,
    agree: ({ ours, theirs }) => theirs.length > ours.length && isCut(ours, theirs),
  },
  {
    name: 'COMMAND GETKEYS of one word',
    reason: 'since Redis 7.2 a command without arguments may be asked about',
    covers: /^command getkeys(andflags)? /,
    agree: ({ words, ours, theirs }) =>
      words.length === 3 && kindOf(ours) === '-' && /^-ERR wrong number of arguments/.test(theirs),
  },
  {
    name: 'HELLO reads first',
    reason: 'since Redis 7.2 HELLO reads all options before it checks the password',
    covers: /^hello \d+ .*auth /s,
    agree: ({ ours, theirs }) => /^-ERR (Syntax error in HELLO|Client names)/.test(ours) && /^-WRONGPASS/.test(theirs),
  },
  {
    name: 'HELLO before AUTH',
    reason: 'the text of Redis 7.2 names the protocol version in its example',
    covers: /^hello/,
    agree: ({ ours, theirs }) =>
      ours.startsWith('-NOAUTH') && ours.replace('HELLO <proto> AUTH', 'HELLO AUTH') === theirs,
  },
  {
    name: 'HELLO',
    reason: 'it tells the version, and the id of the connection',
    covers: /^hello/,
    agree: ({ ours, theirs }) => withoutVersionAndId(ours) === withoutVersionAndId(theirs),
  },
  {
    name: 'HELP',
    reason: 'the sentences are our own',
    covers: /^\S+ help$/,
    agree: ({ words, ours, theirs }) => isHelp(words[0], ours) && isHelp(words[0], theirs),
  },
  {
    name: 'MONITOR',
    reason: 'its lines tell the time and the port of a client',
    covers: /^/,
    agree: ({ ours, theirs }) =>
      MONITOR_LINE.test(ours) && ours.replace(MONITOR_LINE, '$1') === theirs.replace(MONITOR_LINE, '$1'),
  },
  {
    name: 'CLIENT ID',
    reason: 'connections are counted from the start of each server',
    covers: /^client id$/,
    agree: ({ ours, theirs }) => kindOf(ours) === ':' && kindOf(theirs) === ':',
  },
  ...COLLECTION_RULES,
];

/**
 * Commands of which the two count hits and misses differently: BITCOUNT and BITPOS find an error in their arguments before
 * they look for the key since Redis 7.2, SCAN's TYPE counted every key as a hit, and which of equal elements LIMIT lets SORT
 * ask GET for is chance.
 */
const COUNTED_DIFFERENTLY = /^(bit(count|pos) |scan .* type |sort(_ro)? (?=.* limit )(?=.* get ))/is;

/** Whether hits and misses can be compared after this command. */
export function hasComparableLookups(words: Words): boolean {
  return !COUNTED_DIFFERENTLY.test(words.join(' '));
}

/** Commands that redis-server refuses before they run, by the number of their words, where 7.2 lets them run and refuse. */
const REFUSED_EARLIER = /^z(rev)?rank( [^ ]*){3,}$/i;

/** Whether calls and errors can be compared after this command. */
export function hasComparableCalls(words: Words): boolean {
  return !REFUSED_EARLIER.test(words.map((word) => word.replaceAll(' ', '')).join(' '));
}

/**
 * Whether what the servers did may differ though they reply the same: since Redis 7.2 XREADGROUP makes its consumer known to
 * every group, not only where there is news. What is queued does not tell where there will be any.
 */
export function mayHaveDoneMore(words: Words, reply: string): boolean {
  if (!/^xreadgroup$/i.test(words[0]) || kindOf(reply) === '-') return false;
  const asked = (words.length - 1 - words.findIndex((word) => /^streams$/i.test(word))) / 2;
  const replied = Number(/^[*%](\d+)\r\n/.exec(reply)?.[1] ?? 0);
  return replied < asked;
}

/** The rules, and how often each was needed. */
export class AllowedDifferences {
  private readonly uses = new Map<Rule, number>(RULES.map((rule) => [rule, 0]));

  /** How often a rule accepted that the servers did different things, not only said so: what they count differs then. */
  deedsApart = 0;

  /** Whether a rule accepts two unequal replies. */
  allows(exchange: Exchange): boolean {
    const line = exchange.words.join(' ').toLowerCase();
    const rule = RULES.find(({ covers, agree }) => covers.test(line) && agree(exchange));
    if (rule === undefined) return false;
    if (didDifferentThings(exchange)) this.deedsApart++;
    this.uses.set(rule, (this.uses.get(rule) ?? 0) + 1);
    return true;
  }

  /** Names of the rules that nothing needed. */
  unused(): string[] {
    return RULES.filter((rule) => this.uses.get(rule) === 0).map(({ name }) => name);
  }

  /** A line a rule: how often it was needed. */
  summary(): string {
    return RULES.map((rule) => `${String(this.uses.get(rule)).padStart(8)}  ${rule.name}: ${rule.reason}`).join('\n');
  }
}

/** One succeeded and one failed, both failed for different reasons, or only one changed something. */
function didDifferentThings({ ours, theirs }: Exchange): boolean {
  return kindOf(ours) === '-' || kindOf(theirs) === '-' || /^:[01]\r\n:[01]\r\n$/.test(ours + theirs);
}

/** The marker of a reply's type; `null` where it says that there is nothing. */
export function kindOf(reply: string): string {
  return /^([$*]-1|_)\r\n/.test(reply) ? 'null' : reply[0];
}

function distance(ours: string, theirs: string): number {
  if (kindOf(ours) !== ':' || kindOf(theirs) !== ':') return Number.POSITIVE_INFINITY;
  const [a, b] = [Number(textOf(ours)), Number(textOf(theirs))];
  return a < 0 || b < 0 ? Number.POSITIVE_INFINITY : Math.abs(a - b);
}

function shapeOf(reply: string): string {
  return reply.replace(/\d+/g, '0');
}

function withoutVersionAndId(reply: string): string {
  return reply.replace(/(\$7\r\nversion\r\n)\$\d+\r\n[\d.]+\r\n/, '$1').replace(/(\$2\r\nid\r\n):\d+\r\n/, '$1');
}

/** Statuses, the first of which names the container, the last two HELP itself. */
function isHelp(container: string, reply: string): boolean {
  const lines = kindOf(reply) === '*' ? elementsOf(reply) : [];
  const title = `+${container.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n`;
  return lines[0] === title && lines.slice(-2).join('') === '+HELP\r\n+    Prints this help.\r\n';
}

/** The same error, in whose text a long word was cut. */
function isCut(ours: string, theirs: string): boolean {
  const text = ours.replace(/'?\r\n$/, '');
  return ours[0] === '-' && text.length >= 128 && theirs.startsWith(text);
}
