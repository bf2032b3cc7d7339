/** What a server holds, in words that can be compared: every key of every database with type, value, deadline, encoding. */
import type { ServerName } from '../processes.ts';
import { elementsOf, textOf } from './reply-frames.ts';
import { quote, type Words } from './script.ts';
import { forBoth, type Servers } from './servers.ts';

const DATABASES = 16;
const ROUNDING_MS = 1024;

interface KeyState {
  readonly content: string;
  /** PEXPIRETIME's answer. */
  readonly deadlineMs: number;
}

type State = ReadonlyMap<string, KeyState>;

/** How a value is read, by type. What has no order is sorted. */
const READERS: Readonly<Record<string, { words: (key: string) => Words; sorted?: boolean }>> = {
  string: { words: (key) => ['GET', key] },
  list: { words: (key) => ['LRANGE', key, '0', '-1'] },
  set: { words: (key) => ['SMEMBERS', key], sorted: true },
  zset: { words: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'] },
  hash: { words: (key) => ['HGETALL', key], sorted: true },
  stream: { words: (key) => ['XRANGE', key, '-', '+'] },
};

/** Compares what both hold; deadlines may differ by `toleranceMs`. Answers the differences, a line each. */
export async function compareStates(servers: Servers, toleranceMs: number): Promise<string[]> {
  const { hotset, redis } = await forBoth((name) => readState(servers, name));
  const differences: string[] = [];
  for (const key of new Set([...hotset.keys(), ...redis.keys()])) {
    const ours = hotset.get(key);
    const theirs = redis.get(key);
    const late = distance(ours, theirs) > toleranceMs;
    if (ours?.content === theirs?.content && !late) continue;
    differences.push(`${key}: hotset ${describe(ours)}, redis ${describe(theirs)}`);
  }
  const digests = await forBoth(async (name) => (await servers.ask(name, [['DEBUG', 'DIGEST']]))[0]);
  const haveDigests = digests.hotset[0] === '+' && digests.redis[0] === '+';
  if (haveDigests && digests.hotset !== digests.redis && differences.length === 0) {
    differences.push(`DEBUG DIGEST: hotset ${digests.hotset.trim()}, redis ${digests.redis.trim()}`);
  }
  return differences;
}

/** Milliseconds between two deadlines; those that no double holds exactly count as one. */
function distance(ours: KeyState | undefined, theirs: KeyState | undefined): number {
  const apart = Math.abs((ours?.deadlineMs ?? 0) - (theirs?.deadlineMs ?? 0));
  return apart <= ROUNDING_MS && !Number.isSafeInteger(theirs?.deadlineMs ?? 0) ? 0 : apart;
}

function describe(state: KeyState | undefined): string {
  return state === undefined ? 'has no such key' : `${state.content} until ${state.deadlineMs}`;
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
  const state = new Map<string, KeyState>();
  for (const index of all) {
    const keys = elementsOf(listed[index * 2 + 1]).map(textOf);
    if (keys.length === 0) continue;
    await servers.ask(name, [['SELECT', `${index}`]]);
    for (const [key, found] of await readKeys(servers, name, keys)) state.set(`db ${index} ${quote(key)}`, found);
  }
  await servers.ask(name, [['SELECT', '0']]);
  return state;
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
  const readers = keys.map((_, i) => READERS[textOf(facts[i * 3])]);
  const values = await servers.ask(
    name,
    keys.map((key, i) => readers[i]?.words(key) ?? ['TYPE', key]),
  );
  return keys.map((key, i) => {
    const value = readers[i]?.sorted ? elementsOf(values[i]).sort().join('') : values[i];
    const content = `${textOf(facts[i * 3])} ${textOf(facts[i * 3 + 1])} ${quote(value)}`;
    return [key, { content, deadlineMs: Number(textOf(facts[i * 3 + 2])) }];
  });
}
