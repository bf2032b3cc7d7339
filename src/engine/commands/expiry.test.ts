import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

const INT64_MAX = '9223372036854775807';
const INT64_MIN = '-9223372036854775808';

function withKey(): TestEngine {
  const engine = new TestEngine();
  engine.run('SET', 'k', 'v');
  return engine;
}

function eventsOf(engine: TestEngine): string[] {
  const events: string[] = [];
  engine.engine.effects.subscribe((changes) => events.push(...changes.map(({ event, key }) => `${event} ${key}`)));
  return events;
}

describe('EXPIRE and its like', () => {
  it.each([
    ['EXPIRE', INT64_MAX],
    ['EXPIRE', INT64_MIN],
    ['EXPIRE', '9223372036854776'],
    ['EXPIRE', '-9223372036854776'],
    ['EXPIREAT', INT64_MAX],
    ['EXPIREAT', INT64_MIN],
    ['PEXPIRE', INT64_MAX],
    ['PEXPIRE', '9223370399119966000'],
  ])('%s %s is no time: nothing changes', (command, time) => {
    const engine = withKey();
    expect(engine.run(command, 'k', time)).toBe(`-ERR invalid expire time in '${command.toLowerCase()}' command\r\n`);
    expect(engine.run(command, 'absent', time)).toBe(
      `-ERR invalid expire time in '${command.toLowerCase()}' command\r\n`,
    );
    expect(engine.run('TTL', 'k')).toBe(':-1\r\n');
  });

  it('keeps deadlines of any size exactly', () => {
    const engine = withKey();
    for (const time of [INT64_MAX, '9223372036854775806', '9007199254740993', '9007199254740991', '281474976710656']) {
      expect(engine.run('PEXPIREAT', 'k', time)).toBe(':1\r\n');
      expect(engine.run('PEXPIRETIME', 'k')).toBe(`:${time}\r\n`);
      expect(engine.run('PTTL', 'k')).toBe(`:${BigInt(time) - BigInt(engine.now)}\r\n`);
      expect(engine.run('EXPIRETIME', 'k')).toBe(`:${(BigInt(time) + 500n) / 1000n}\r\n`);
    }
    expect(engine.run('PEXPIREAT', 'k', INT64_MAX, 'GT')).toBe(':1\r\n');
    expect(engine.run('PEXPIREAT', 'k', '9223372036854775806', 'GT')).toBe(':0\r\n');
    expect(engine.run('PEXPIREAT', 'k', '9223372036854775806', 'LT')).toBe(':1\r\n');
  });

  it('a SET with the farthest deadline keeps its key', () => {
    const engine = new TestEngine();
    expect(engine.run('SET', 'k', 'v', 'PXAT', INT64_MAX)).toBe('+OK\r\n');
    expect(engine.run('GET', 'k')).toBe('$1\r\nv\r\n');
    expect(engine.run('PEXPIRETIME', 'k')).toBe(`:${INT64_MAX}\r\n`);
  });

  it.each([
    ['EXPIRE', '0'],
    ['EXPIRE', '-1'],
    ['PEXPIRE', INT64_MIN],
    ['EXPIREAT', '1'],
    ['PEXPIREAT', INT64_MIN],
  ])('%s %s deletes the key', (command, time) => {
    const engine = withKey();
    const events = eventsOf(engine);
    expect(engine.run(command, 'k', time)).toBe(':1\r\n');
    expect(engine.run('EXISTS', 'k')).toBe(':0\r\n');
    expect(events).toEqual(['del k']);
    expect(engine.engine.keyspace.expired).toBe(0);
  });

  it('sets, moves forward, removes: with its events, at the millisecond', () => {
    const engine = withKey();
    const events = eventsOf(engine);
    expect(engine.run('PEXPIRE', 'k', 100)).toBe(':1\r\n');
    expect(engine.run('PEXPIRE', 'k', 200)).toBe(':1\r\n');
    engine.now += 199;
    expect(engine.run('PTTL', 'k')).toBe(':1\r\n');
    expect(engine.run('PERSIST', 'k')).toBe(':1\r\n');
    expect(engine.run('PERSIST', 'k')).toBe(':0\r\n');
    expect(engine.run('PERSIST', 'absent')).toBe(':0\r\n');
    expect(engine.run('PEXPIRE', 'k', 1)).toBe(':1\r\n');
    engine.now += 1;
    expect(engine.run('PTTL', 'k')).toBe(':-2\r\n');
    expect(engine.run('EXPIRE', 'k', 10)).toBe(':0\r\n');
    expect(events).toEqual(['expire k', 'expire k', 'persist k', 'expire k', 'expired k']);
  });

  it('obeys conditions; no deadline counts as the latest', () => {
    const engine = withKey();
    expect(engine.run('EXPIRE', 'k', 100, 'XX')).toBe(':0\r\n');
    expect(engine.run('EXPIRE', 'k', 100, 'GT')).toBe(':0\r\n');
    expect(engine.run('EXPIRE', 'k', 100, 'lt')).toBe(':1\r\n');
    expect(engine.run('EXPIRE', 'k', 50, 'NX')).toBe(':0\r\n');
    expect(engine.run('EXPIRE', 'k', 100, 'GT')).toBe(':0\r\n');
    expect(engine.run('EXPIRE', 'k', 100, 'LT')).toBe(':0\r\n');
    expect(engine.run('EXPIRE', 'k', 101, 'XX', 'gt')).toBe(':1\r\n');
    expect(engine.run('EXPIRE', 'k', -1, 'XX', 'GT')).toBe(':0\r\n');
    expect(engine.run('TTL', 'k')).toBe(':101\r\n');
    expect(engine.run('EXPIRE', 'k', -1, 'LT')).toBe(':1\r\n');
    expect(engine.run('EXISTS', 'k')).toBe(':0\r\n');
  });

  it('refuses conditions at odds before it looks at the time', () => {
    const engine = withKey();
    const incompatible = '-ERR NX and XX, GT or LT options at the same time are not compatible\r\n';
    for (const other of ['XX', 'GT', 'LT']) expect(engine.run('EXPIRE', 'k', 'x', 'NX', other)).toBe(incompatible);
    expect(engine.run('EXPIRE', 'k', 'x', 'NX', 'GT', 'LT')).toBe(incompatible);
    expect(engine.run('EXPIRE', 'k', 'x', 'GT', 'LT')).toBe(
      '-ERR GT and LT options at the same time are not compatible\r\n',
    );
    expect(engine.run('EXPIRE', 'k', 'x', 'soon')).toBe('-ERR Unsupported option soon\r\n');
    expect(engine.run('EXPIRE', 'k', 'x', 'y'.repeat(1e6))).toBe(`-ERR Unsupported option ${'y'.repeat(128)}\r\n`);
    expect(engine.run('EXPIRE', 'k', 'x')).toBe('-ERR value is not an integer or out of range\r\n');
  });

  it('rounds seconds to the nearest', () => {
    const engine = withKey();
    for (const [millis, seconds] of [
      [1, 0],
      [499, 0],
      [500, 1],
      [1499, 1],
      [1500, 2],
    ]) {
      engine.run('PEXPIREAT', 'k', engine.now + millis);
      expect(engine.run('TTL', 'k')).toBe(`:${seconds}\r\n`);
      expect(engine.run('EXPIRETIME', 'k')).toBe(`:${engine.now / 1000 + seconds}\r\n`);
    }
  });

  it('asking for the time leaves the access bits, setting it does not', () => {
    const engine = withKey();
    engine.now += 5000;
    for (const command of ['TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME']) engine.run(command, 'k');
    expect(engine.run('OBJECT', 'IDLETIME', 'k')).toBe(':5\r\n');
    engine.run('EXPIRE', 'k', 100);
    expect(engine.run('OBJECT', 'IDLETIME', 'k')).toBe(':0\r\n');
    const { hits, misses } = engine.engine.keyspace;
    expect([hits, misses]).toEqual([6, 0]);
  });
});
