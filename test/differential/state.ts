/**
 * What a server holds, in words that can be compared: every key of every database with its type, its encoding, its deadline
 * and its whole content, where what has no order is sorted. Hotset's hashes, sets and sorted sets are walked with HSCAN,
 * SSCAN and ZSCAN as well, which must find the same.
 */
import type { ServerName } from '../processes.ts';
import { partsOf } from './allowed-collections.ts';
import { sameButForScores } from './printed-scores.ts';
import { isSameEncoding } from './probes.ts';
import { elementsOf, textOf } from './reply-frames.ts';
import { quote, type Words } from './script.ts';
import { forBoth, type Servers } from './servers.ts';

const DATABASES = 16;
const ROUNDING_MS = 1024;
const WALK_COUNT = '20';

interface KeyState {
  readonly type: string;
  readonly encoding: string;
  readonly content: string;
  /** PEXPIRETIME's answer. */
  readonly deadlineMs: number;
}

interface State {
  readonly keys: ReadonlyMap<string, KeyState>;
  /** Keys in which a walk did not find what was read. */
  readonly lost: readonly string[];
}

/** How a value is read, by type. `parts`: so many elements belong together, and the parts have no order. */
const READERS: Readonly<Record<string, { words: (key: string) => Words; parts?: number }>> = {
  string: { words: (key) => ['GET', key] },
  list: { words: (key) => ['LRANGE', key, '0', '-1'] },
  set: { words: (key) => ['SMEMBERS', key], parts: 1 },
  zset: { words: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'] },
  hash: { words: (key) => ['HGETALL', key], parts: 2 },
  stream: { words: (key) => ['XRANGE', key, '-', '+'] },
};

/** Which command walks a type; `keep` picks from a part what is compared: scores are written otherwise. */
const WALKS: Readonly<Record<string, { command: string; parts: number; keep: number }>> = {
  set: { command: 'SSCAN', parts: 1, keep: 1 },
  zset: { command: 'ZSCAN', parts: 2, keep: 1 },
  hash: { command: 'HSCAN', parts: 2, keep: 2 },
};

/** Compares what both hold; deadlines may differ by `toleranceMs`. Answers the differences, a line each. */
export async function compareStates(servers: Servers, toleranceMs: number): Promise<string[]> {
  const { hotset, redis } = await forBoth((name) => readState(servers, name));
  const differences = hotset.lost.map((key) => `${key}: a walk finds something else than is there`);
  for (const key of new Set([...hotset.keys.keys(), ...redis.keys.keys()])) {
    const ours = hotset.keys.get(key);
    const theirs = redis.keys.get(key);
    const late = distance(ours, theirs) > toleranceMs;
    if (isSameValue(ours, theirs) && !late) continue;
    differences.push(`${key}: hotset ${describe(ours)}\n  redis  ${describe(theirs)}`);
  }
  if (differences.length > 0) return differences;
  const digests = await forBoth(async (name) => (await servers.ask(name, [['DEBUG', 'DIGEST']]))[0]);
  const haveDigests = digests.hotset[0] === '+' && digests.redis[0] === '+';
  if (haveDigests && digests.hotset !== digests.redis) {
    differences.push(`DEBUG DIGEST: hotset ${digests.hotset.trim()}, redis ${digests.redis.trim()}`);
  }
  return differences;
}

function isSameValue(ours: KeyState | undefined, theirs: KeyState | undefined): boolean {
  if (ours === undefined || theirs === undefined) return false;
  const { type, content, encoding } = ours;
  const isSame = type === 'zset' ? sameButForScores(content, theirs.content) : content === theirs.content;
  return isSame && type === theirs.type && isSameEncoding(encoding, theirs.encoding);
}

/** Milliseconds between two deadlines; those that no double holds exactly count as one. */
function distance(ours: KeyState | undefined, theirs: KeyState | undefined): number {
  const apart = Math.abs((ours?.deadlineMs ?? 0) - (theirs?.deadlineMs ?? 0));
  return apart <= ROUNDING_MS && !Number.isSafeInteger(theirs?.deadlineMs ?? 0) ? 0 : apart;
}

function describe(state: KeyState | undefined): string {
  if (state === undefined) return 'has no such key';
  return `${state.type} ${state.encoding} ${quote(state.content)} until ${state.deadlineMs}`;
}

async function readState(servers: Servers, name: ServerName): Promise<State> {
  const all = Array.from({ length: DATABASES }, (_, index) => index);
  const listed = await servers.ask(
    name,
    all.flatMap((index) => [
      ['SELECT', `${index}`],
      ['KEYS', '*'],
    ]),
  );
  const found = new Map<string, KeyState>();
  const lost: string[] = [];
  for (const index of all) {
    const keys = elementsOf(listed[index * 2 + 1]).map(textOf);
    if (keys.length === 0) continue;
    await servers.ask(name, [['SELECT', `${index}`]]);
    const states = await readKeys(servers, name, keys);
    const walked = name === 'hotset' ? await lostInWalks(servers, states) : [];
    lost.push(...walked.map((key) => `db ${index} ${quote(key)}`));
    for (const [key, state] of states) found.set(`db ${index} ${quote(key)}`, state);
  }
  await servers.ask(name, [['SELECT', '0']]);
  return { keys: found, lost };
}

async function readKeys(servers: Servers, name: ServerName, keys: readonly string[]): Promise<[string, KeyState][]> {
  const facts = await servers.ask(
    name,
    keys.flatMap((key) => [
      ['TYPE', key],
      ['OBJECT', 'ENCODING', key],
      ['PEXPIRETIME', key],
    ]),
  );
  const [types, encodings, deadlines] = [0, 1, 2].map((fact) => keys.map((_, i) => textOf(facts[i * 3 + fact])));
  const values = await servers.ask(
    name,
    keys.map((key, i) => READERS[types[i]]?.words(key) ?? ['TYPE', key]),
  );
  return keys.map((key, i) => {
    const parts = READERS[types[i]]?.parts;
    const content = parts === undefined ? values[i] : partsOf(elementsOf(values[i]), parts).sort().join('');
    return [key, { type: types[i], encoding: encodings[i], content, deadlineMs: Number(deadlines[i]) }];
  });
}

/** Walks all collections at once; answers the keys in which something else was found than was read before. */
async function lostInWalks(servers: Servers, states: readonly [string, KeyState][]): Promise<string[]> {
  const walks = states
    .filter(([, { type }]) => WALKS[type] !== undefined)
    .map(([key, state]) => ({ key, state, walk: WALKS[state.type], cursor: '0', found: new Set<string>() }));
  for (let going = walks; going.length > 0; going = going.filter(({ cursor }) => cursor !== '0')) {
    const replies = await servers.ask(
      'hotset',
      going.map(({ key, walk, cursor }) => [walk.command, key, cursor, 'COUNT', WALK_COUNT]),
    );
    going.forEach((one, i) => {
      const [cursor, elements] = elementsOf(replies[i]);
      one.cursor = textOf(cursor);
      for (const part of keptOf(elementsOf(elements), one.walk)) one.found.add(part);
    });
  }
  return walks
    .filter(({ state, walk, found }) => [...found].sort().join('') !== expectedOf(state, walk))
    .map(({ key }) => key);
}

function keptOf(elements: readonly string[], { parts, keep }: { parts: number; keep: number }): string[] {
  return partsOf(
    elements.filter((_, i) => i % parts < keep),
    keep,
  );
}

function expectedOf({ type, content }: KeyState, walk: { parts: number; keep: number }): string {
  const elements = elementsOf(type === 'zset' ? content : `*0\r\n${content}`);
  return keptOf(elements, walk).sort().join('');
}
