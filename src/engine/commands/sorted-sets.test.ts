/** What comparing replies with redis-server 7.0 cannot show: what is told and counted of changes, and what 7.2 brought. */
import { expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

/** Runs commands; answers what was told of the last one, and by how much it counted as changes. */
function told(...commands: string[]): { events: string[]; dirty: number } {
  const { engine, run } = observed();
  for (const command of commands.slice(0, -1)) run(command);
  engine.events.length = 0;
  const before = engine.effects.dirty;
  run(commands.at(-1) ?? '');
  return { events: [...engine.events], dirty: engine.effects.dirty - before };
}

function observed() {
  const server = new TestEngine();
  const { effects } = server.engine;
  const events: string[] = [];
  effects.subscribe((changes) => {
    for (const { event, key } of changes) events.push(`${event} ${key.toString('latin1')}`);
  });
  return { engine: { effects, events }, run: (command: string) => server.run(...command.split(' ')) };
}

it.each([
  ['ZADD z 1 a 2 b', ['zadd z'], 2],
  ['ZADD z 1 a 1 a 2 a', ['zadd z'], 2],
  ['ZADD z XX 1 a', [], 0],
  ['ZADD z INCR 1 a', ['zincr z'], 1],
  ['ZINCRBY z 1 a', ['zincr z'], 1],
])('%s on nothing', (command, events, dirty) => {
  expect(told(command)).toEqual({ events, dirty });
});

it.each([
  ['ZADD z 1 a', [], 0],
  ['ZINCRBY z 0 a', [], 0],
  ['ZREM z a x b', ['zrem z'], 2],
  ['ZREM z a b c', ['zrem z', 'del z'], 3],
  ['ZREM z x', [], 0],
  ['ZREMRANGEBYRANK z 0 1', ['zremrangebyrank z'], 2],
  ['ZREMRANGEBYRANK z 0 -1', ['zremrangebyrank z', 'del z'], 3],
  ['ZREMRANGEBYSCORE z 2 9', ['zremrangebyscore z'], 2],
  ['ZREMRANGEBYLEX z - +', ['zremrangebylex z', 'del z'], 3],
  ['ZREMRANGEBYSCORE z 7 9', [], 0],
  ['ZPOPMIN z', ['zpopmin z'], 1],
  ['ZPOPMAX z 2', ['zpopmax z'], 2],
  ['ZPOPMAX z 9', ['zpopmax z', 'del z'], 3],
  ['ZPOPMIN z 0', [], 0],
  ['ZMPOP 2 y z MIN COUNT 9', ['zpopmin z', 'del z'], 3],
  ['ZRANGESTORE y z 0 -1', ['zrangestore y'], 1],
  ['ZRANGESTORE z z 5 6', ['del z'], 1],
  ['ZRANGESTORE y z 5 6', [], 0],
  ['ZUNIONSTORE y 1 z', ['zunionstore y'], 1],
  ['ZINTERSTORE z 2 z x', ['del z'], 1],
  ['ZDIFFSTORE y 2 z x', ['zdiffstore y'], 1],
])('%s on three members', (command, events, dirty) => {
  expect(told('ZADD z 1 a 2 b 3 c', command)).toEqual({ events, dirty });
});

it('ZRANK and ZREVRANK tell the score too', () => {
  for (const [protocol, score, missing] of [
    [2, '$3\r\n2.5\r\n', '*-1\r\n'],
    [3, ',2.5\r\n', '_\r\n'],
  ] as const) {
    const server = new TestEngine([], protocol);
    server.run('ZADD', 'z', 1, 'a', 2.5, 'b');
    expect(server.run('ZRANK', 'z', 'b', 'WITHSCORE')).toBe(`*2\r\n:1\r\n${score}`);
    expect(server.run('ZREVRANK', 'z', 'b', 'withscore')).toBe(`*2\r\n:0\r\n${score}`);
    expect(server.run('ZRANK', 'z', 'nobody', 'WITHSCORE')).toBe(missing);
    expect(server.run('ZRANK', 'missing', 'b', 'WITHSCORE')).toBe(missing);
    expect(server.run('ZRANK', 'z', 'b', 'FOO')).toBe('-ERR syntax error\r\n');
    expect(server.run('ZRANK', 'z', 'b', 'c', 'd')).toBe("-ERR wrong number of arguments for 'zrank' command\r\n");
  }
});

it('prints scores in as few digits as needed, ZSCAN those of a skip list in seventeen', () => {
  const server = new TestEngine();
  server.run('ZADD', 'z', '0.1', 'a');
  expect(server.run('ZSCORE', 'z', 'a')).toBe('$3\r\n0.1\r\n');
  expect(server.run('ZSCAN', 'z', 0)).toContain('$3\r\n0.1\r\n');
  server.run('ZADD', 'z', 1, 'x'.repeat(65));
  expect(server.run('ZSCAN', 'z', 0)).toContain('$19\r\n0.10000000000000001\r\n');
});

it('keeps what a refused command found', () => {
  const server = new TestEngine();
  server.run('ZADD', 'z', 1, 'a', 'inf', 'b');
  const before = server.run('ZRANGE', 'z', 0, -1, 'WITHSCORES');
  for (const command of [
    'ZADD z 5 a nan b',
    'ZADD z 5 a foo b',
    'ZINCRBY z -inf b',
    'ZUNIONSTORE z 1 z WEIGHTS nan',
    'ZUNIONSTORE z 9223372036854775807 z',
    'ZRANGESTORE z z 0 -1 LIMIT 0 1',
    'ZMPOP 1 z MIN COUNT 0',
  ]) {
    expect(server.run(...command.split(' '))).toMatch(/^-ERR/);
  }
  expect(server.run('ZRANGE', 'z', 0, -1, 'WITHSCORES')).toBe(before);
});

it('takes members from both ends of a large set in order', () => {
  const server = new TestEngine();
  const name = (rank: number): string => `m${String(rank * 7919).slice(-5)}:${rank}`;
  for (let i = 0; i < 20_100; i++) {
    const rank = (i * 7) % 20_100;
    server.run('ZADD', 'z', rank, name(rank));
  }
  let first = 0;
  let last = 20_099;
  for (let i = 0; i < 200; i++) {
    const rank = i % 3 === 0 ? last-- : first++;
    const [low, text] = [String(rank), name(rank)];
    const reply = `*2\r\n$${text.length}\r\n${text}\r\n$${low.length}\r\n${low}\r\n`;
    expect(server.run(i % 3 === 0 ? 'ZPOPMAX' : 'ZPOPMIN', 'z')).toBe(reply);
  }
  expect(server.run('ZCARD', 'z')).toBe(':19900\r\n');
});
