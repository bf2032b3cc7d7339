import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

function withKeys(...names: string[]): TestEngine {
  const engine = new TestEngine();
  for (const name of names) engine.run('SET', name, `value of ${name}`);
  return engine;
}

function idle(engine: TestEngine, name: string): string {
  return engine.run('OBJECT', 'IDLETIME', name);
}

describe('DEL, UNLINK, EXISTS, TOUCH', () => {
  it('count keys, those named twice as often as they are there', () => {
    const engine = withKeys('a', 'b', 'c');
    expect(engine.run('EXISTS', 'a', 'a', 'x', 'b')).toBe(':3\r\n');
    expect(engine.run('TOUCH', 'a', 'a', 'x', 'b')).toBe(':3\r\n');
    expect(engine.run('DEL', 'a', 'a', 'x')).toBe(':1\r\n');
    expect(engine.run('UNLINK', 'b', 'c', 'a')).toBe(':2\r\n');
    expect(engine.run('DBSIZE')).toBe(':0\r\n');
  });

  it('see no key after its deadline', () => {
    for (const command of ['EXISTS', 'TOUCH', 'DEL', 'UNLINK']) {
      const engine = new TestEngine();
      engine.run('SET', 'a', '', 'PX', 10);
      engine.now += 10;
      expect(engine.run(command, 'a')).toBe(':0\r\n');
      expect(engine.run('TYPE', 'a')).toBe('+none\r\n');
      expect(engine.engine.keyspace.expired).toBe(1);
    }
  });

  it('TOUCH is a use, also for a client whose commands are none; EXISTS and TYPE are not', () => {
    const engine = withKeys('a');
    engine.now += 7000;
    engine.run('EXISTS', 'a');
    engine.run('TYPE', 'a');
    expect(idle(engine, 'a')).toBe(':7\r\n');
    engine.session.noTouch = true;
    engine.run('GET', 'a');
    expect(idle(engine, 'a')).toBe(':7\r\n');
    engine.run('TOUCH', 'a');
    expect(idle(engine, 'a')).toBe(':0\r\n');
  });

  it('take names of any bytes', () => {
    const names = ['__proto__', 'constructor', '', '\0', '\xff\xfe', '\r\n', 'a'.repeat(100_000)];
    const engine = withKeys(...names);
    for (const name of names) {
      expect(engine.run('RENAME', Buffer.from(name, 'latin1'), 'other')).toBe('+OK\r\n');
      expect(engine.run('EXISTS', Buffer.from(name, 'latin1'), 'other')).toBe(':1\r\n');
      expect(engine.run('COPY', 'other', Buffer.from(name, 'latin1'))).toBe(':1\r\n');
      expect(engine.run('DEL', Buffer.from(name, 'latin1'), 'other')).toBe(':2\r\n');
    }
  });
});

describe('RENAME, RENAMENX', () => {
  it('keep value, encoding, deadline and access bits; the other key is gone with its own', () => {
    const engine = withKeys('a', 'b');
    engine.run('SET', 'a', 12345);
    engine.run('APPEND', 'a', '');
    engine.run('PEXPIREAT', 'a', engine.now + 100_000);
    engine.run('PEXPIREAT', 'b', engine.now + 1000);
    engine.now += 900;
    expect(engine.run('RENAME', 'a', 'b')).toBe('+OK\r\n');
    expect(engine.run('OBJECT', 'ENCODING', 'b')).toBe('$3\r\nraw\r\n');
    engine.now += 4100;
    expect(engine.run('PTTL', 'b')).toBe(':95000\r\n');
    expect(engine.run('GET', 'b')).toBe('$5\r\n12345\r\n');
    expect(engine.run('EXISTS', 'a')).toBe(':0\r\n');
  });

  it('tell both names, and count one change', () => {
    const engine = withKeys('a', 'b');
    const events: string[] = [];
    engine.engine.effects.subscribe((changes) => events.push(...changes.map(({ event, key }) => `${event} ${key}`)));
    const before = engine.engine.effects.dirty;
    engine.run('RENAME', 'a', 'b');
    engine.run('RENAMENX', 'b', 'c');
    expect(events).toEqual(['rename_from a', 'rename_to b', 'rename_from b', 'rename_to c']);
    expect(engine.engine.effects.dirty).toBe(before + 2);
  });

  it('answer for the same name and for what is not there', () => {
    const engine = withKeys('a', 'b');
    expect(engine.run('RENAME', 'a', 'a')).toBe('+OK\r\n');
    expect(engine.run('RENAMENX', 'a', 'a')).toBe(':0\r\n');
    expect(engine.run('RENAMENX', 'a', 'b')).toBe(':0\r\n');
    expect(engine.run('RENAME', 'x', 'x')).toBe('-ERR no such key\r\n');
    expect(engine.run('RENAMENX', 'x', 'b')).toBe('-ERR no such key\r\n');
    expect(engine.run('MGET', 'a', 'b')).toBe('*2\r\n$10\r\nvalue of a\r\n$10\r\nvalue of b\r\n');
  });
});

describe('COPY, MOVE', () => {
  it('COPY takes the deadline along and is independent of the original, which stays as it is', () => {
    const engine = withKeys('a');
    engine.run('EXPIRE', 'a', 100);
    engine.now += 3000;
    expect(engine.run('COPY', 'a', 'b')).toBe(':1\r\n');
    expect(engine.run('TTL', 'b')).toBe(':97\r\n');
    engine.run('APPEND', 'b', '!');
    engine.run('PERSIST', 'b');
    expect(engine.run('MGET', 'a', 'b')).toBe('*2\r\n$10\r\nvalue of a\r\n$11\r\nvalue of a!\r\n');
    expect(engine.run('TTL', 'a')).toBe(':97\r\n');
    expect(engine.run('COPY', 'a', 'b')).toBe(':0\r\n');
    expect(engine.run('COPY', 'a', 'b', 'DB', 3, 'replace')).toBe(':1\r\n');
    expect(engine.run('COPY', 'a', 'b', 'REPLACE')).toBe(':1\r\n');
    expect(engine.run('GET', 'b')).toBe('$10\r\nvalue of a\r\n');
    expect(engine.run('COPY', 'x', 'b', 'REPLACE')).toBe(':0\r\n');
  });

  it('MOVE takes everything along, unless the key is there', () => {
    const engine = withKeys('a', 'b');
    engine.run('EXPIRE', 'a', 100);
    expect(engine.run('MOVE', 'a', 5)).toBe(':1\r\n');
    expect(engine.run('MOVE', 'a', 5)).toBe(':0\r\n');
    engine.session.database = 5;
    expect(engine.run('TTL', 'a')).toBe(':100\r\n');
    engine.run('SET', 'b', 'of 5');
    expect(engine.run('MOVE', 'b', 0)).toBe(':0\r\n');
    expect(engine.run('GET', 'b')).toBe('$4\r\nof 5\r\n');
  });

  it('name databases that are there', () => {
    const engine = withKeys('a');
    const notInt32 = '-ERR value is out of range, value must between -2147483648 and 2147483647\r\n';
    const wrong: [string | number, string][] = [
      [16, '-ERR DB index is out of range\r\n'],
      [-1, '-ERR DB index is out of range\r\n'],
      ['9223372036854775807', notInt32],
      [2 ** 31, notInt32],
      ['9223372036854775808', '-ERR value is not an integer or out of range\r\n'],
      ['one', '-ERR value is not an integer or out of range\r\n'],
    ];
    for (const [index, error] of wrong) {
      expect(engine.run('MOVE', 'a', index)).toBe(error);
      expect(engine.run('COPY', 'a', 'b', 'DB', index)).toBe(error);
    }
    expect(engine.run('MOVE', 'a', 0)).toBe('-ERR source and destination objects are the same\r\n');
    expect(engine.run('COPY', 'a', 'a', 'DB', 0)).toBe('-ERR source and destination objects are the same\r\n');
    expect(engine.run('COPY', 'a', 'b', 'DB')).toBe('-ERR syntax error\r\n');
  });

  it('tell where the key is now', () => {
    const engine = withKeys('a');
    const events: string[] = [];
    engine.engine.effects.subscribe((changes) =>
      events.push(...changes.map(({ event, database, key }) => `${database} ${event} ${key}`)),
    );
    engine.run('COPY', 'a', 'b', 'DB', 2);
    engine.run('MOVE', 'a', 1);
    expect(events).toEqual(['2 copy_to b', '0 move_from a', '1 move_to a']);
  });
});
