/**
 * What COMMAND says beside a real redis-server: for every command both have the same description, the same keys in
 * generated calls, the same documentation but for its prose. Differences stand in metadata-differences.ts, each with its
 * reason; one that no longer differs fails too.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, RedisPeer } from '../../src/engine/commands/redis-peer.testing.ts';
import { CallGenerator, type DocumentedArgument } from './generated-calls.ts';
import { Hotset } from './hotset.ts';
import {
  CALL_DIFFERENCES,
  type Difference,
  DOCS_DIFFERENCES,
  INFO_DIFFERENCES,
  KEY_FLAG_DIFFERENCES,
} from './metadata-differences.ts';
import { type Plain, plain, readTree } from './resp-tree.ts';

const CALLS_PER_COMMAND = 40;

let redis: RedisPeer;
const theirs = {} as Record<2 | 3, Connection>;
let ours: Hotset;
/** Full names of commands that both have. */
let common: string[];

beforeAll(async () => {
  redis = await RedisPeer.start();
  theirs[2] = await redis.connect(2);
  theirs[3] = await redis.connect(3);
  ours = new Hotset();
  const [names] = await theirs[2].ask([['COMMAND', 'LIST']]);
  const known = new Set(readTree(names) as string[]);
  common = [...ours.engine.commands.everything()].map(({ fullName }) => fullName).filter((name) => known.has(name));
});
afterAll(() => redis?.stop());

type Facts = Record<string, Plain>;

/** Both sides' facts of every common command, by full name; `ask` makes the request from the name. */
async function factsOf(
  protocol: 2 | 3,
  ask: (name: string) => string[],
  read: (reply: string) => Facts,
): Promise<[name: string, ours: Facts, theirs: Facts][]> {
  const replies = await theirs[protocol].ask(common.map(ask));
  return common.map((name, i) => [name, read(ours.ask(protocol, ask(name))), read(replies[i])]);
}

/** Facts that differ without being listed, and listed ones that do not differ. */
function unexplained(all: readonly [string, Facts, Facts][], listed: readonly Difference[]): string[] {
  const found = new Set<string>();
  const problems: string[] = [];
  for (const [name, mine, other] of all) {
    for (const fact of new Set([...Object.keys(mine), ...Object.keys(other)])) {
      const [a, b] = [JSON.stringify(mine[fact]), JSON.stringify(other[fact])];
      if (a === b) continue;
      found.add(`${name} ${fact}`);
      const isListed = listed.some((difference) => difference.command === name && difference.fact === fact);
      if (!isListed) problems.push(`${name}, ${fact}: ${a}, but redis-server says ${b}`);
    }
  }
  const surplus = listed.filter(({ command, fact }) => common.includes(command) && !found.has(`${command} ${fact}`));
  return [...problems, ...surplus.map(({ command, fact }) => `${command}, ${fact} no longer differs`)];
}

function readInfo(reply: string): Facts {
  const [info] = readTree(reply) as [readonly Plain[]];
  const [name, arity, flags, first, last, step, categories, tips, specs] = info;
  return { name, arity, flags, legacy: [first, last, step], categories, tips, specs: withoutNotes(specs) };
}

/** Key specifications without their notes, which are prose. RESP2 has them as flat pairs. */
function withoutNotes(specs: Plain): Plain {
  const list = (Array.isArray(specs) ? specs : ((specs as Facts).set as Plain[])) as Plain[];
  return list.map((spec) => {
    if (Array.isArray(spec)) return spec[0] === 'notes' ? spec.slice(2) : spec;
    const { notes: _, ...rest } = (spec as Facts).map as Facts;
    return rest;
  });
}

describe.each([2, 3] as const)('COMMAND INFO over RESP%i', (protocol) => {
  it('describes every command both have as redis-server does', async () => {
    const all = await factsOf(protocol, (name) => ['COMMAND', 'INFO', name], readInfo);
    expect(unexplained(all, INFO_DIFFERENCES)).toEqual([]);
    expect(common.length).toBeGreaterThan(80);
  });

  it('answers every form of the question as redis-server does', async () => {
    const questions = [
      ['COMMAND', 'INFO', 'nosuch', 'get', 'get|x', 'config|nosuch', 'CONFIG|REWRITE', 'config|get|x', '|', ''],
      ['COMMAND', 'LIST', 'FILTERBY', 'MODULE', 'm'],
      ['COMMAND', 'LIST', 'FILTERBY', 'ACLCAT', 'nosuch'],
      ['COMMAND', 'LIST', 'filterby', 'pattern', 'GETE[v-y]'],
      ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', ''],
      ['COMMAND', 'LIST', 'FILTERBY', 'NOSUCH', 'x'],
      ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN'],
      ['COMMAND', 'LIST', 'PATTERN', '*'],
      ['COMMAND', 'DOCS', 'nosuch', 'get|x'],
      ['COMMAND', 'COUNT', 'x'],
      ['COMMAND', 'NOSUCH'],
      ['COMMAND', 'HELP', 'x'],
    ];
    const replies = await theirs[protocol].ask(questions);
    questions.forEach((words, i) => {
      expect(ours.ask(protocol, words), words.join(' ')).toBe(replies[i]);
    });
  });
});

describe('COMMAND LIST', () => {
  it('filters by category as redis-server does', async () => {
    const [categories] = await theirs[2].ask([['ACL', 'CAT']]);
    for (const category of readTree(categories) as string[]) {
      const words = ['COMMAND', 'LIST', 'FILTERBY', 'ACLCAT', category];
      const [reply] = await theirs[2].ask([words]);
      const isCompared = (name: string) =>
        common.includes(name) &&
        !INFO_DIFFERENCES.some((known) => known.command === name && known.fact === 'categories');
      const namesIn = (text: string) => (readTree(text) as string[]).filter(isCompared).sort();
      expect(namesIn(ours.ask(2, words)), category).toEqual(namesIn(reply));
    }
  });
});

describe('COMMAND GETKEYS', () => {
  it('finds the keys of generated calls as redis-server does', async () => {
    const docs = await theirs[3].ask(common.map((name) => ['COMMAND', 'DOCS', name]));
    const questions = common.flatMap((name, i) => {
      const generator = new CallGenerator(seedOf(name));
      const tree = (plain(readTree(docs[i])) as Record<string, { arguments?: DocumentedArgument[] }>)[name].arguments;
      const calls = Array.from({ length: CALLS_PER_COMMAND }, () => generator.call(name, tree ?? []));
      return calls
        .filter(({ length }) => length > 1)
        .flatMap((call) => ['GETKEYS', 'GETKEYSANDFLAGS'].map((how) => ['COMMAND', how, ...call]));
    });
    const replies = await theirs[3].ask(questions);
    const different = new Set<string>();
    const problems = questions.flatMap((words, i) => {
      const [, how, name] = words;
      const reply = ours.ask(3, words);
      if (reply === replies[i]) return [];
      different.add(name);
      const isRefused = CALL_DIFFERENCES[name] !== undefined && replies[i].startsWith('-ERR Invalid number of arg');
      const isListed = how === 'GETKEYSANDFLAGS' && KEY_FLAG_DIFFERENCES[name] !== undefined;
      return isRefused || isListed ? [] : [JSON.stringify([words, reply, replies[i]])];
    });
    expect(problems.slice(0, 10)).toEqual([]);
    const listed = Object.keys({ ...KEY_FLAG_DIFFERENCES, ...CALL_DIFFERENCES });
    expect(listed.filter((name) => !different.has(name))).toEqual([]);
    expect(questions.length).toBeGreaterThan(4000);
  });

  it('takes a command alone, as Redis 7.2 does', () => {
    expect(ours.ask(2, ['COMMAND', 'GETKEYS', 'ping'])).toBe('-ERR The command has no key arguments\r\n');
    expect(ours.ask(2, ['COMMAND', 'GETKEYS', 'get'])).toBe(
      '-ERR Invalid number of arguments specified for command\r\n',
    );
  });
});

describe('COMMAND DOCS', () => {
  it('documents every command both have as redis-server does, but for the prose', async () => {
    const read = (reply: string): Facts => factsOfDocs(plain(readTree(reply)) as Record<string, Facts>);
    const all = await factsOf(3, (name) => ['COMMAND', 'DOCS', name], read);
    expect(unexplained(all, DOCS_DIFFERENCES)).toEqual([]);
  });
});

/** What of the docs is fact: versions, orders of complexity, arguments. */
function factsOfDocs(docs: Record<string, Facts>): Facts {
  const [facts] = Object.values(docs);
  const { since, group, complexity, doc_flags, deprecated_since, history } = facts;
  const versions = (history as string[][] | undefined)?.map(([version]) => version);
  return {
    since,
    group,
    ...(complexity === undefined ? {} : { complexity: orderOf(String(complexity)) }),
    ...(doc_flags === undefined ? {} : { doc_flags }),
    ...(deprecated_since === undefined ? {} : { deprecated_since }),
    ...(versions === undefined ? {} : { history: versions }),
    ...(facts.arguments === undefined ? {} : { arguments: withoutDisplay(facts.arguments) }),
  };
}

/** The first `O(…)` of a complexity; nothing where it only depends. */
function orderOf(complexity: string): string {
  return /^O\([^)]*\)/.exec(complexity)?.[0] ?? '';
}

/** Without display_text, which Redis has since 7.2. */
function withoutDisplay(tree: Plain): Plain {
  return (tree as Facts[]).map(({ display_text: _, ...rest }) =>
    rest.arguments === undefined ? rest : { ...rest, arguments: withoutDisplay(rest.arguments) },
  );
}

/** A command's calls stay as they are when others join. */
function seedOf(name: string): number {
  return [...name].reduce((seed, letter) => (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0, 20261124);
}
