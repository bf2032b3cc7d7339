/**
 * What is derived from rows, tested on every command redis-server has, also those that are not ours yet: made into rows,
 * they must be described byte for byte as redis-server describes them, and their keys must be found where it finds them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { introspection } from '../../src/engine/commands/introspection.ts';
import { type Connection, RedisPeer } from '../../src/engine/commands/redis-peer.testing.ts';
import { family, type Row } from '../../src/engine/commands/spec.ts';
import type { Call } from '../../src/engine/dispatch/call.ts';
import { CommandTable } from '../../src/engine/dispatch/command.ts';
import { Args } from '../../src/protocol/args.ts';
import { OutputBuffer } from '../../src/protocol/output-buffer.ts';
import { Resp2Reply } from '../../src/protocol/resp2-reply.ts';
import { Resp3Reply } from '../../src/protocol/resp3-reply.ts';
import { CallGenerator } from './generated-calls.ts';
import { type RedisDocs, redisCommands, redisDocs } from './redis-commands.ts';

const CALLS_PER_COMMAND = 40;

/** Categories that neither group nor flags imply. */
const KEYSPACE = ['keyspace', 'dangerous'];
const SORTED = ['set', 'sortedset', 'list', 'dangerous'];
const CONNECTION = ['connection'];
const ADMINISTRATION = ['admin', 'dangerous'];
const NAMED_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  dbsize: ['keyspace'],
  swapdb: KEYSPACE,
  flushdb: KEYSPACE,
  flushall: KEYSPACE,
  'restore-asking': KEYSPACE,
  restore: ['dangerous'],
  migrate: ['dangerous'],
  keys: ['dangerous'],
  info: ['dangerous'],
  sort: SORTED,
  sort_ro: SORTED,
  role: ADMINISTRATION,
  lastsave: ADMINISTRATION,
  wait: CONNECTION,
  readonly: CONNECTION,
  readwrite: CONNECTION,
  asking: CONNECTION,
  command: CONNECTION,
  'command|count': CONNECTION,
  'command|docs': CONNECTION,
  'command|getkeys': CONNECTION,
  'command|getkeysandflags': CONNECTION,
  'command|help': CONNECTION,
  'command|info': CONNECTION,
  'command|list': CONNECTION,
};

/** Commands whose specifications do not find every key or not what is done with it: their rows need `getKeys`. */
const NEED_THEIR_OWN: Readonly<Record<string, string>> = {
  bitfield: 'writes only when one of its operations does',
  migrate: 'one key or, after KEYS, several',
  set: 'reads only with GET',
  sort: 'STORE stands anywhere',
  sort_ro: 'BY and GET name keys that depend on the sorted values',
};

let redis: RedisPeer;
const theirs = {} as Record<2 | 3, Connection>;
const table = new CommandTable();
let docs: Map<string, RedisDocs>;

beforeAll(async () => {
  redis = await RedisPeer.start();
  theirs[2] = await redis.connect(2);
  theirs[3] = await redis.connect(3);
  docs = await redisDocs(theirs[3]);
  for (const { group, row } of await redisCommands(theirs[3], docs, NAMED_CATEGORIES)) {
    table.addFamily(family(group, [row]));
  }
});
afterAll(() => redis?.stop());

const subcommands = introspection([]).rows[0].subcommands as readonly Row[];

/** What COMMAND says when the table is redis-server's. */
function ask(protocol: 2 | 3, words: readonly string[]): string {
  const out = new OutputBuffer();
  const reply = protocol === 2 ? new Resp2Reply(out) : new Resp3Reply(out);
  const subcommand = subcommands.find(({ name }) => name === words[1]);
  const args = Args.of(words.map((word) => Buffer.from(word, 'latin1')));
  subcommand?.run({ commands: table } as Call, args, reply);
  return out.bytes.toString('latin1', 0, out.at);
}

/** redis-server lists subcommands in an order that changes; each is asked about by its own name. */
function withoutSubcommands(reply: string): string {
  const [head, own] = reply.split('*10\r\n');
  return head + own;
}

describe('a row', () => {
  it.each([2, 3] as const)('says over RESP%i all that COMMAND INFO tells', async (protocol) => {
    const questions = [...table.everything()].map(({ fullName }) => ['COMMAND', 'INFO', fullName]);
    const replies = await theirs[protocol].ask(questions);
    questions.forEach((words, i) => {
      expect(withoutSubcommands(ask(protocol, words)), words[2]).toBe(withoutSubcommands(replies[i]));
    });
    expect(questions.length).toBeGreaterThan(360);
  });
});

describe('key specifications', () => {
  it('find the keys of generated calls', async () => {
    const generator = new CallGenerator(20261125);
    const commands = [...table.everything()].filter(({ arity }) => arity !== 1 && arity !== -1);
    const questions = commands.flatMap(({ fullName }) =>
      Array.from({ length: CALLS_PER_COMMAND }, () => [
        'COMMAND',
        'GETKEYSANDFLAGS',
        ...generator.call(fullName, docs.get(fullName)?.arguments ?? []),
      ]).filter(({ length }) => length > 3),
    );
    const replies = await theirs[3].ask(questions);
    const wrong = new Map<string, string>();
    questions.forEach((words, i) => {
      const reply = ask(3, words);
      const name = words[2] + (table.byName(words[2])?.subcommands === undefined ? '' : `|${words[3]}`);
      if (reply !== replies[i]) wrong.set(name, JSON.stringify([words, reply, replies[i]]));
    });
    const expected = Object.keys(NEED_THEIR_OWN).sort();
    expect([...wrong.keys()].sort(), [...wrong.values()].join('\n')).toEqual(expected);
    expect(questions.length).toBeGreaterThan(10_000);
  });
});
