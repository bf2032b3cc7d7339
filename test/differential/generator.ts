/**
 * Random commands, most of them valid: the argument trees of redis-server are walked with words from small pools. Then some
 * are spoilt: a word too many, too few, another, options twice. The same seed gives the same script.
 */
import type { ArgumentTree, CommandTree } from './argument-trees.ts';
import { calledByScript, maySuitScripts, withoutScript } from './called-from-scripts.ts';
import type { Chance } from './chance.ts';
import {
  type Context,
  changedSettings,
  collectionCrowd,
  collectionWord,
  keyFor,
  levelScores,
  sortPattern,
} from './collection-words.ts';
import { commandStep, type Script, type Words } from './script.ts';
import {
  randomDouble,
  randomInteger,
  randomNamedWord,
  randomOffset,
  randomPattern,
  randomText,
  randomTime,
  randomWord,
} from './words.ts';

/** More of what changes values, less of what only asks. */
const GROUP_WEIGHTS: Readonly<Record<string, number>> = {
  string: 8,
  bitmap: 6,
  hash: 8,
  list: 8,
  set: 8,
  'sorted-set': 6,
  hyperloglog: 6,
  geo: 4,
  stream: 6,
  pubsub: 1,
  generic: 6,
  connection: 1,
  server: 1,
};
/** What fills collections comes so many times as often. */
const FILLING = /^(hset|hmset|rpush|lpush|sadd|zadd|geoadd|pfadd|sort|xadd)$/;
const FILLING_WEIGHT = 4;

/** Commands that random scripts leave out, and why. Scripts written by hand may still use them. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'client kill|client pause|client reply|client no-evict': 'stops or silences the very connections that compare',
  'client getname': 'HELLO sets a name in 7.0 even when a later option is wrong',
  'client list|client info|client getredir|client trackinginfo|client tracking|client caching':
    'tells of one connection',
  'client unpause|client unblock': 'concerns other connections',
  'subscribe|unsubscribe|psubscribe|punsubscribe|ssubscribe|sunsubscribe':
    'the replies are as many as the channels, and RESP2 allows little else then; hand-written scripts do it',
  'auth|quit|reset': 'ends or changes the connection; hand-written scripts do it',
  'config set|config rewrite|config get|config resetstat': 'configuration is compared by tests of its own',
  'command|command count|command docs|command info|command list': 'the two servers have different commands',
  'info|memory stats|memory doctor|memory malloc-stats|memory purge|lolwut': 'tells of the process',
  'latency doctor|latency graph|latency histogram|latency history|latency latest|latency reset': 'tells of time',
  'slowlog get|slowlog len|slowlog reset|lastsave': 'tells of time',
  'shutdown|save|bgsave|bgrewriteaof|failover|replicaof|slaveof|sync|psync|replconf': 'touches process or disk',
  'monitor|debug|module load|module loadex|module unload|migrate|wait|waitaof|restore-asking':
    'touches process or network',
  'dump|restore': 'the payload names the version',
  'acl|acl setuser|acl deluser|acl load|acl save|acl genpass|acl log|acl list|acl users|acl getuser|acl cat|acl whoami|acl dryrun':
    'users are compared by tests of their own',
  'blpop|brpop|blmove|brpoplpush|blmpop|bzpopmin|bzpopmax|bzmpop': 'may wait for longer than a script lasts',
  xsetid: 'since Redis 7.2 no ID below the greatest deleted is taken for an empty stream either',
  'xclaim|xautoclaim': 'since Redis 7.2 they make the consumer known though nothing is claimed',
  'xinfo stream|xinfo consumers|xpending': 'tells of time; XINFO says more since 7.2',
  pfselftest: 'takes seconds',
};
const EXCLUDED = new Set(Object.keys(LEFT_OUT).flatMap((names) => names.split('|')));
/** How many scripts have their keyspace notifications compared. */
const HEARD = 0.3;
/** How many of the commands that suit it are called by a script. */
const FROM_SCRIPTS = 0.05;
const MAX_REPEATS = 3;
/** Enough to cross a threshold that a script has lowered. */
const MANY_REPEATS = 20;
const MOST_KEYS = 3000;

/** The part of the commands that random scripts use; of some groups only where any are named. */
export function usableTrees(trees: readonly CommandTree[], groups: readonly string[]): CommandTree[] {
  const isWanted = (group: string) =>
    GROUP_WEIGHTS[group] !== undefined && (groups.length === 0 || groups.includes(group));
  return trees.filter(({ words, group }) => isWanted(group) && !EXCLUDED.has(words.join(' ')));
}

export class Generator {
  private readonly weighted: readonly CommandTree[];
  private readonly names: ReadonlySet<string>;

  constructor(trees: readonly CommandTree[]) {
    this.names = new Set(trees.map(({ words }) => words[0]));
    this.weighted = trees.flatMap((tree) => {
      const times = FILLING.test(tree.words[0]) ? FILLING_WEIGHT : 1;
      return Array.from({ length: GROUP_WEIGHTS[tree.group] * times }, () => tree);
    });
  }

  /**
   * Some scripts change between two connections, some arrive in pieces, some meet a crowd of keys or members, some move the
   * thresholds between encodings.
   */
  script(chance: Chance, length: number): Script {
    const hasTwo = chance.happens(0.3);
    let connection = 1;
    const steps = Array.from({ length }, () => {
      if (hasTwo && chance.happens(0.1)) connection = 3 - connection;
      const words = this.command(chance);
      return [...levelScores(withoutScript(words)), words].map((some) => commandStep(some, connection));
    }).flat();
    const insert = (some: Words[]) =>
      steps.splice(chance.below(steps.length + 1), 0, ...some.map((words) => commandStep(words)));
    if (chance.happens(0.05)) insert(crowd(chance));
    while (chance.happens(0.3)) insert(collectionCrowd(chance).filter(([name]) => this.names.has(name.toLowerCase())));
    if (chance.happens(0.4)) steps.unshift(commandStep(changedSettings(chance, true)));
    while (chance.happens(0.15)) insert([changedSettings(chance, false)]);
    const inPieces = chance.happens(0.1) ? { pieceBytes: 1 + chance.below(100) } : {};
    const isHeard = chance.happens(HEARD);
    return { name: 'random', needs: [], steps, isHeard, ...inPieces };
  }

  private command(chance: Chance): Words {
    const tree = chance.pick(this.weighted);
    const name = tree.words.map((word) => (chance.happens(0.2) ? word.toUpperCase() : word));
    const range = chance.pick(['index', 'score', 'lex'] as const);
    const context = { chance, group: tree.group, command: tree.words[0], range, key: '', counted: 0 };
    const groups = fill(context, tree.arguments);
    if (chance.happens(0.05)) groups.push(chance.pick(groups.concat([[]])));
    const words = withoutHints(
      withoutChance(
        withoutLastBits(withoutTimeIds(bounded(lengthen([...name, ...spoil(groups.flat(), chance)], chance)))),
      ),
    );
    return maySuitScripts(tree.group) && chance.happens(FROM_SCRIPTS) ? calledByScript(words, chance) : words;
  }
}

/** So many keys that the table grows, then fewer, so that it shrinks again. */
function crowd(chance: Chance): Words[] {
  const names = Array.from({ length: 1 + chance.below(MOST_KEYS) }, (_, i) => `crowd:${i}`);
  const pairs = names.flatMap((name) => [name, randomText(chance)]);
  const leaving = names.filter(() => chance.happens(0.7));
  return [['MSET', ...pairs], ['DBSIZE'], ['DEL', 'crowd:0', ...leaving], ['DBSIZE']];
}

/** The words of each argument, the optional ones in any order behind where the first of them stands. */
function fill(context: Context, trees: readonly ArgumentTree[]): string[][] {
  const { chance } = context;
  const fixed: string[][] = [];
  const optional: string[][] = [];
  for (const tree of trees) {
    if (!tree.optional) (optional.length > 0 ? optional : fixed).push(wordsOf(context, tree));
    else if (isWanted(context, tree)) optional.push(wordsOf(context, tree));
  }
  return [...fixed, ...(chance.happens(0.5) ? chance.shuffle(optional) : optional)];
}

function isWanted({ chance, range }: Context, tree: ArgumentTree): boolean {
  const tokens = tree.parts.map(({ token }) => token);
  if (tokens.includes('BYLEX')) return chance.happens(range === 'index' ? 0.03 : 0.97);
  return chance.happens(0.45);
}

function wordsOf(context: Context, tree: ArgumentTree): string[] {
  const { chance } = context;
  const repeats = repeatsOf(context, tree);
  const words: string[] = [];
  for (let i = 0; i < repeats; i++) {
    if (tree.token !== undefined && tree.type !== 'pure-token' && (i === 0 || tree.multipleToken)) {
      words.push(cased(tree.token, chance));
    }
    words.push(...oneOf(context, tree));
  }
  return words;
}

/** Keys are mostly as many as `numkeys` announced, weights as many as keys. */
function repeatsOf({ chance, counted, command }: Context, tree: ArgumentTree): number {
  if (!tree.multiple) return 1;
  if (tree.name === 'weight' || (tree.type === 'key' && counted > 0)) return chance.happens(0.95) ? counted : 2;
  return 1 + chance.below(FILLING.test(command) && chance.happens(0.15) ? MANY_REPEATS : MAX_REPEATS);
}

function oneOf(context: Context, tree: ArgumentTree): string[] {
  const { chance } = context;
  switch (tree.type) {
    case 'oneof':
      return wordsOf(context, partFor(context, tree));
    case 'block':
      return fill(context, tree.parts).flat();
    case 'pure-token':
      return [cased(tree.token ?? '', chance)];
    default:
      return [wordFor(context, tree)];
  }
}

function partFor({ chance, range }: Context, { parts }: ArgumentTree): ArgumentTree {
  const fitting = parts.find(({ token }) => token === `BY${range.toUpperCase()}`);
  return fitting !== undefined && chance.happens(0.97) ? fitting : chance.pick(parts);
}

function wordFor(context: Context, { name, type, token }: ArgumentTree): string {
  const { chance, command } = context;
  if (type === 'key') {
    context.key = keyFor(context);
    return context.key;
  }
  if (name === 'numkeys') {
    context.counted = 1 + chance.below(MAX_REPEATS);
    return chance.happens(0.97) ? `${context.counted}` : randomInteger(chance);
  }
  if (type === 'pattern' && command.startsWith('sort')) return sortPattern(token, chance);
  const named =
    collectionWord(context, name, type) ??
    randomNamedWord(name, chance) ??
    (name === 'offset' ? randomOffset(command, chance) : undefined);
  if (named !== undefined) return named;
  switch (type) {
    case 'integer':
      return randomInteger(chance);
    case 'double':
      return randomDouble(chance);
    case 'unix-time':
      return randomTime(chance);
    case 'pattern':
      return randomPattern(chance);
    default:
      return randomText(chance);
  }
}

function cased(token: string, chance: Chance): string {
  return chance.happens(0.3) ? token.toLowerCase() : token;
}

/** One time in eight, arguments that are wrong in one place: one too few, too many, another, the last twice. */
function spoil(words: readonly string[], chance: Chance): readonly string[] {
  if (!chance.happens(0.125)) return words;
  const at = chance.below(words.length + 1);
  switch (chance.below(4)) {
    case 0:
      return [...words.slice(0, at), ...words.slice(at + 1)];
    case 1:
      return [...words.slice(0, at), randomWord(chance), ...words.slice(at)];
    case 2:
      return words.map((word, i) => (i === at ? randomWord(chance) : word));
    default:
      return [...words, ...words.slice(-1)];
  }
}

const WITH_TIMES = /^(set|getex|setex|psetex|expire|pexpire|expireat|pexpireat)$/i;
const FAR_TIME_MS = '33177117420123';

/**
 * Makes deadlines that would pass during a script far ones: the servers do not run a command at the same moment. SET makes
 * even a key whose deadline has passed, which counts until it is reclaimed: far ones as well.
 */
function lengthen(words: readonly string[], chance: Chance): Words {
  if (!WITH_TIMES.test(words[0])) return words;
  const isCompared = words.some((word) => /^(gt|lt)$/i.test(word));
  return words.map((word, i) => {
    if (i < 2 || !/^[1-9]\d*$/.test(word)) return word;
    if (/^set$/i.test(words[0]) && /^[ep]xat$/i.test(words[i - 1]) && word.length < 13) return FAR_TIME_MS;
    if (word.length < 6) return `${word}00000`;
    // Two deadlines a millisecond apart would order by chance.
    return isCompared && word.length < 10 ? `${word.slice(0, -3)}${100 + chance.below(900)}` : word;
  });
}

const LEAST_INTEGER = -(2n ** 63n);
const DRAWS = /^(srandmember|hrandfield|zrandmember)$/i;

/** No more draws with repetition than a server makes at once: Redis would fill its memory. */
function bounded(words: Words): Words {
  if (!DRAWS.test(words[0])) return words;
  return words.map((word) => (/^-\d{5,}$/.test(word) && BigInt(word) > LEAST_INTEGER ? '-100' : word));
}

/** What SORT stores must not depend on chance: elements with equal texts to sort by keep the order of a table. */
/** An ID that is the time is another on each server. */
function withoutTimeIds(words: Words): Words {
  return /^xadd$/i.test(words[0]) ? words.map((word) => (word === '*' ? '7-*' : word)) : words;
}

function withoutChance(words: Words): Words {
  const lower = words.map((word) => word.toLowerCase());
  if (lower[0] !== 'sort' || !lower.includes('store') || !lower.includes('by')) return words;
  return words.filter((_, i) => lower[i] !== 'alpha');
}

/**
 * The C library rounds a distance otherwise than the nearest double about one time in three hundred, and Redis 7.2 computes
 * those along a meridian otherwise than 7.0. What is printed does not show it, what STOREDIST stores does.
 */
function withoutLastBits(words: Words): Words {
  if (/^geosearchstore$/i.test(words[0])) return words.filter((word) => !/^storedist$/i.test(word));
  return /^geo/i.test(words[0]) ? words.map((word) => word.replace(/^storedist$/i, 'STORE')) : words;
}

/** Commands that name members: how many words are one, which of them names it, and what may stand before the first. */
const NAMING = [
  { command: /^sadd$/i, size: 1, name: 0, options: /^$/ },
  { command: /^hm?set$/i, size: 2, name: 0, options: /^$/ },
  { command: /^zadd$/i, size: 2, name: 1, options: /^(nx|xx|gt|lt|ch|incr)$/i },
  { command: /^geoadd$/i, size: 3, name: 2, options: /^(nx|xx|ch)$/i },
] as const;

/**
 * Since Redis 7.2 a collection is made for as many members as a command names, so one named twice may cost it its compact
 * encoding, or keep a score of -0 its sign. No command names a member twice, then, or several that it will not add.
 */
function withoutHints(words: Words): Words {
  const naming = NAMING.find(({ command }) => command.test(words[0]));
  if (naming === undefined) return words;
  const { size, name, options } = naming;
  let at = 2;
  while (at < words.length && words[at] !== '' && options.test(words[at])) at++;
  const fewer = words.slice(0, at);
  const isOnlyThere = fewer.slice(2).some((word) => /^xx$/i.test(word));
  const members = new Set<string>();
  for (; at + size <= words.length; at += size) {
    const part = words.slice(at, at + size);
    if (members.has(part[name]) || (isOnlyThere && members.size > 0)) continue;
    members.add(part[name]);
    fewer.push(...part.map((word, i) => (i !== name && word === '-0' ? '0' : word)));
  }
  return [...fewer, ...words.slice(at)];
}
