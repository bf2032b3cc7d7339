/** XDELEX and XACKDEL by example, and trims that look at consumer groups. */
import { expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

const EMPTY = '*4\r\n:0\r\n$-1\r\n$-1\r\n*-1\r\n';

/** A stream with entries 1-0 to `count`-0 and two groups, each of which has read `read` of them. */
function withGroups(count: number, read: number): TestEngine {
  const engine = new TestEngine();
  for (let i = 1; i <= count; i++) engine.run('XADD', 's', `${i}-0`, 'f', 'v');
  for (const group of ['g', 'h']) {
    engine.run('XGROUP', 'CREATE', 's', group, 0);
    if (read > 0) engine.run('XREADGROUP', 'GROUP', group, 'c', 'COUNT', read, 'STREAMS', 's', '>');
  }
  return engine;
}

function numbers(...values: number[]): string {
  return `*${values.length}\r\n${values.map((value) => `:${value}\r\n`).join('')}`;
}

function pendingOf(engine: TestEngine, group: string): string[] {
  return engine.run('XPENDING', 's', group, '-', '+', 100).match(/\d+-\d+/g) ?? [];
}

test('XDELEX deletes, and keeps or drops what is pending', () => {
  const engine = withGroups(4, 4);
  expect(engine.run('XDELEX', 's', 'IDS', 2, '1-0', '9-0')).toBe(numbers(1, -1));
  expect(pendingOf(engine, 'g')).toEqual(['1-0', '2-0', '3-0', '4-0']);
  expect(engine.run('XDELEX', 's', 'DELREF', 'IDS', 3, '2-0', '2-0', '1-0')).toBe(numbers(1, -1, -1));
  expect(pendingOf(engine, 'g')).toEqual(['3-0', '4-0']);
  expect(pendingOf(engine, 'h')).toEqual(['3-0', '4-0']);
  expect(engine.run('XDELEX', 's', 'ids', 1, '3-0', 'acked')).toBe(numbers(2));
  engine.run('XACK', 's', 'g', '3-0');
  expect(engine.run('XDELEX', 's', 'ACKED', 'IDS', 1, '3-0')).toBe(numbers(2));
  engine.run('XACK', 's', 'h', '3-0');
  expect(engine.run('XDELEX', 's', 'ACKED', 'IDS', 1, '3-0')).toBe(numbers(1));
  expect(engine.run('XLEN', 's')).toBe(':1\r\n');
});

test('an entry that a group has not read is still of use', () => {
  const engine = withGroups(2, 1);
  engine.run('XACK', 's', 'g', '1-0');
  engine.run('XACK', 's', 'h', '1-0');
  expect(engine.run('XDELEX', 's', 'ACKED', 'IDS', 2, '1-0', '2-0')).toBe(numbers(1, 2));
  engine.run('XADD', 'alone', '1-0', 'f', 'v');
  expect(engine.run('XDELEX', 'alone', 'ACKED', 'IDS', 1, '1-0')).toBe(numbers(1));
});

test('XACKDEL acknowledges in its group whatever becomes of the entry', () => {
  const engine = withGroups(3, 3);
  expect(engine.run('XACKDEL', 's', 'g', 'ACKED', 'IDS', 2, '1-0', '2-0')).toBe(numbers(2, 2));
  expect(pendingOf(engine, 'g')).toEqual(['3-0']);
  expect(engine.run('XLEN', 's')).toBe(':3\r\n');
  expect(engine.run('XACKDEL', 's', 'h', 'ACKED', 'IDS', 1, '1-0')).toBe(numbers(1));
  expect(engine.run('XACKDEL', 's', 'h', 'IDS', 2, '1-0', '2-0')).toBe(numbers(-1, 1));
  expect(engine.run('XACKDEL', 's', 'g', 'DELREF', 'IDS', 1, '3-0')).toBe(numbers(1));
  expect(engine.run('XPENDING', 's', 'g')).toBe(EMPTY);
  expect(engine.run('XPENDING', 's', 'h')).toBe(EMPTY);
  expect(engine.run('XACKDEL', 's', 'h', 'DELREF', 'IDS', 1, '3-0')).toBe(numbers(-1));
});

test('there may be no key and no group', () => {
  const engine = withGroups(1, 0);
  expect(engine.run('XDELEX', 'none', 'IDS', 2, '1-1', '2-2')).toBe(numbers(-1, -1));
  expect(engine.run('XACKDEL', 'none', 'g', 'IDS', 2, '1-1', '2-2')).toBe(numbers(-1, -1));
  expect(engine.run('XACKDEL', 's', 'none', 'IDS', 2, '1-1', 'wrong')).toBe(numbers(-1, -1));
  engine.run('SET', 'text', 'v');
  expect(engine.run('XDELEX', 'text', 'IDS', 0, '1-1')).toMatch(/^-WRONGTYPE/);
});

test.each([
  [['IDS', 'abc', '1-1'], 'ERR Number of IDs must be a positive integer'],
  [['IDS', '0', '1-1'], 'ERR Number of IDs must be a positive integer'],
  [['IDS', '-5', '1-1'], 'ERR Number of IDs must be a positive integer'],
  [['IDS', '3', '1-1', '2-2'], 'ERR The `numids` parameter must match the number of arguments'],
  [['IDS', '9223372036854775807', '1-1'], 'ERR The `numids` parameter must match the number of arguments'],
  [['IDS', '1', '1-1', '2-2'], 'ERR syntax error'],
  [['KEEPREF', 'DELREF', 'IDS', '1', '1-1'], 'ERR syntax error'],
  [['ACKED', 'IDS', '1', '1-1', 'ACKED'], 'ERR syntax error'],
  [['KEEPREF', 'KEEPREF', 'IDS'], 'ERR syntax error'],
  [['IDS', '1', '1-1', 'IDS'], 'ERR syntax error'],
  [['IDS', '2', '1-1', 'wrong'], 'ERR Invalid stream ID specified as stream command argument'],
])('%j is refused, and nothing is deleted', (words, error) => {
  const engine = withGroups(1, 1);
  engine.run('XADD', 's', '1-1', 'f', 'v');
  expect(engine.run('XDELEX', 's', ...words)).toBe(`-${error}\r\n`);
  expect(engine.run('XACKDEL', 's', 'g', ...words)).toBe(`-${error}\r\n`);
  expect(engine.run('XLEN', 's')).toBe(':2\r\n');
});

test('ACKED alone is not enough', () => {
  const engine = withGroups(1, 1);
  expect(engine.run('XACKDEL', 's', 'g', 'ACKED')).toMatch(/^-ERR wrong number of arguments for 'xackdel' command/);
  expect(engine.run('XADD', 's', 'ACKED', 'DELREF', '*', 'f', 'v')).toBe(
    '-ERR Invalid stream ID specified as stream command argument\r\n',
  );
  expect(engine.run('XTRIM', 's', 'ACKED', 'DELREF', 'MAXLEN', 1)).toBe('-ERR syntax error\r\n');
  expect(engine.run('XTRIM', 's', 'ACKED', 'KEEPREF')).toBe('-ERR syntax error\r\n');
});

test('XADD with ACKED keeps what a group needs, the new entry too', () => {
  const engine = withGroups(5, 0);
  engine.run('XGROUP', 'DESTROY', 's', 'h');
  engine.run('XADD', 's', 'MAXLEN', '=', 1, 'ACKED', '6-0', 'f', 'v');
  expect(engine.run('XLEN', 's')).toBe(':6\r\n');
  engine.run('XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', 1, 'STREAMS', 's', '>');
  engine.run('XACK', 's', 'g', '1-0');
  engine.run('XADD', 's', 'MAXLEN', '=', 1, 'ACKED', '7-0', 'f', 'v');
  expect(engine.run('XLEN', 's')).toBe(':6\r\n');
  engine.run('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>');
  engine.run('XACK', 's', 'g', '2-0', '3-0', '4-0', '5-0', '6-0', '7-0');
  engine.run('XADD', 's', 'ACKED', 'MAXLEN', 1, '8-0', 'f', 'v');
  expect(engine.run('XLEN', 's')).toBe(':1\r\n');
});

test('~ with ACKED empties the blocks that would go, as far as it may', () => {
  const engine = new TestEngine();
  engine.engine.keyspace.encodingLimits.streamNodeMaxEntries = 2;
  for (let i = 1; i <= 5; i++) engine.run('XADD', 's', `${i}-0`, 'f', 'v');
  engine.run('XGROUP', 'CREATE', 's', 'g', 0);
  engine.run('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>');
  engine.run('XACK', 's', 'g', '1-0', '2-0', '4-0');
  expect(engine.run('XTRIM', 's', 'MINID', '~', '6-0', 'ACKED')).toBe(':3\r\n');
  expect(engine.run('XRANGE', 's', '-', '+').match(/\d-0/g)).toEqual(['3-0', '5-0']);
  expect(engine.run('XTRIM', 's', 'MINID', '~', '6-0', 'DELREF')).toBe(':2\r\n');
  expect(engine.run('XPENDING', 's', 'g')).toBe(EMPTY);
});

test('what went from the middle is noted as XDEL notes it', () => {
  const [trimmed, deleted] = [withGroups(4, 2), withGroups(4, 2)];
  for (const engine of [trimmed, deleted]) {
    engine.run('XACK', 's', 'g', '2-0');
    engine.run('XACK', 's', 'h', '2-0');
  }
  expect(trimmed.run('XTRIM', 's', 'MAXLEN', 3, 'ACKED')).toBe(':1\r\n');
  expect(deleted.run('XDEL', 's', '2-0')).toBe(':1\r\n');
  const facts = (engine: TestEngine): string => engine.run('XINFO', 'STREAM', 's') + engine.run('XINFO', 'GROUPS', 's');
  expect(facts(trimmed)).toBe(facts(deleted));
  expect(facts(trimmed)).toContain('max-deleted-entry-id\r\n$3\r\n2-0\r\n');
});
