import { describe, expect, test } from 'vitest';
import { EVENT_CLASSES } from '../effects/events.ts';
import { TestEngine } from '../engine.testing.ts';

/** What a listener to everything is told, as `channel message`. */
class Told {
  readonly test = new TestEngine();
  readonly heard: string[] = [];

  constructor(letters: string) {
    const { test } = this;
    const ear = test.join();
    test.runAs(ear, 'PSUBSCRIBE', '__key*', 'news');
    test.engine.dispatcher.pushes = {
      ...test.engine.dispatcher.pushes,
      broadcast: (sessions, write) => {
        for (const session of sessions) {
          const [, , , , channel, , message] = test
            .written(() => write(session.reply))
            .split('\r\n')
            .slice(2);
          this.heard.push(`${channel} ${message}`);
        }
      },
    };
    this.choose(letters);
  }

  choose(letters: string): void {
    const bits = [...letters].reduce((all, letter) => all | EVENT_CLASSES[letter as keyof typeof EVENT_CLASSES], 0);
    this.test.engine.notifications.choose(bits);
  }

  /** Runs a command; answers what was told of it. */
  by(...words: (string | number | Uint8Array)[]): string[] {
    this.heard.length = 0;
    this.test.run(...words);
    return [...this.heard];
  }
}

const ALL = 'g$lshzxetd';

describe('keyspace notifications', () => {
  test('go to a channel of the key and to one of the event', () => {
    const told = new Told(`KE${ALL}`);
    expect(told.by('SET', 'k', 'v')).toEqual(['__keyspace@0__:k set', '__keyevent@0__:set k']);
    told.test.session.database = 9;
    expect(told.by('SET', 'k', 'v')).toEqual(['__keyspace@9__:k set', '__keyevent@9__:set k']);
    told.choose(`K${ALL}`);
    expect(told.by('SET', 'k', 'v')).toEqual(['__keyspace@9__:k set']);
    told.choose(`E${ALL}`);
    expect(told.by('SET', 'k', 'v')).toEqual(['__keyevent@9__:set k']);
  });

  test('cost nothing while no class, or no channel, is chosen', () => {
    const told = new Told('');
    const { effects } = told.test.engine;
    for (const letters of ['', 'K', 'E', 'KE', ALL, 'mn']) {
      told.choose(letters);
      expect([letters, effects.listening, effects.tellsMisses, effects.tellsNew]).toEqual([
        letters,
        false,
        false,
        false,
      ]);
      expect(told.by('SET', letters, 'v')).toEqual([]);
    }
    told.choose('Km');
    expect([effects.listening, effects.tellsMisses, effects.tellsNew]).toEqual([true, true, false]);
    told.choose('En');
    expect([effects.listening, effects.tellsMisses, effects.tellsNew]).toEqual([true, false, true]);
    told.choose('');
    expect(effects.listening).toBe(false);
  });

  test.each([
    ['g', ['DEL', 'k'], 'del'],
    ['$', ['APPEND', 'k', 'v'], 'append'],
    ['l', ['RPUSH', 'new', 'v'], 'rpush'],
    ['s', ['SADD', 'new', 'v'], 'sadd'],
    ['h', ['HSET', 'new', 'f', 'v'], 'hset'],
    ['z', ['ZADD', 'new', 1, 'v'], 'zadd'],
    ['t', ['XADD', 'new', '*', 'f', 'v'], 'xadd'],
    ['m', ['GET', 'nothing'], 'keymiss'],
    ['n', ['SET', 'new', 'v'], 'new'],
  ] as const)('class %s', (letter, words, event) => {
    const told = new Told('');
    told.test.run('SET', 'k', 'v');
    told.choose(`E${letter}`);
    expect(told.by(...words)).toEqual([`__keyevent@0__:${event} ${words[1]}`]);
    told.test.run('FLUSHALL');
    told.test.run('SET', 'k', 'v');
    told.choose(`E${`${ALL}mn`.replace(letter, '')}`);
    expect(told.by(...words).filter((text) => text.includes(`:${event} `))).toEqual([]);
  });

  test('class x: a deadline that passes, noticed by a reader or by the sweep', () => {
    const told = new Told('Ex');
    const { test } = told;
    test.run('SET', 'read', 'v', 'PX', 10);
    test.run('SET', 'swept', 'v', 'PX', 20);
    test.now += 15;
    expect(told.by('GET', 'read')).toEqual(['__keyevent@0__:expired read']);
    test.now += 100;
    told.heard.length = 0;
    test.engine.keyspace.setTime(test.now);
    test.engine.keyspace.expireDue(() => true);
    test.engine.effects.commit();
    expect(told.heard).toEqual(['__keyevent@0__:expired swept']);
  });

  test('a key that is not there: those who would read it are told of, those who write are not', () => {
    const told = new Told('Em');
    for (const words of [
      ['GET', 'k'],
      ['TTL', 'k'],
      ['EXISTS', 'k'],
      ['TYPE', 'k'],
      ['HGET', 'k', 'f'],
    ] as const) {
      expect(told.by(...words)).toEqual(['__keyevent@0__:keymiss k']);
    }
    for (const words of [
      ['OBJECT', 'ENCODING', 'k'],
      ['DEL', 'k'],
      ['EXPIRE', 'k', 1],
      ['WATCH', 'k'],
    ] as const) {
      expect(told.by(...words)).toEqual([]);
    }
    expect(told.by('MGET', 'a', 'b')).toEqual(['__keyevent@0__:keymiss a', '__keyevent@0__:keymiss b']);
  });

  test('a new key is told before what made it, one that is replaced is not', () => {
    const told = new Told('En$gl');
    expect(told.by('SET', 'k', 'v')).toEqual(['__keyevent@0__:new k', '__keyevent@0__:set k']);
    told.test.run('RPUSH', 'l', 'x');
    expect(told.by('SET', 'l', 'v')).toEqual(['__keyevent@0__:set l']);
    expect(told.by('RENAME', 'k', 'l')).toEqual([
      '__keyevent@0__:new l',
      '__keyevent@0__:rename_from k',
      '__keyevent@0__:rename_to l',
    ]);
    const payload = told.test.run('DUMP', 'l').split('\r\n').slice(1, -1).join('\r\n');
    expect(told.by('RESTORE', 'l', 0, Buffer.from(payload, 'latin1'), 'REPLACE').slice(0, 1)).toEqual([
      '__keyevent@0__:new l',
    ]);
    expect(told.by('COPY', 'l', 'm')).toEqual(['__keyevent@0__:new m', '__keyevent@0__:copy_to m']);
    expect(told.by('MOVE', 'm', 3)).toEqual([
      '__keyevent@3__:new m',
      '__keyevent@0__:move_from m',
      '__keyevent@3__:move_to m',
    ]);
  });

  test('misses and new keys are no changes: nobody else is told', () => {
    const told = new Told('KEAmn'.replace('A', ALL));
    const seen: string[] = [];
    told.test.engine.effects.subscribe((changes) => seen.push(...changes.map(({ event }) => event)), 'log');
    told.test.run('WATCH', 'k');
    told.test.runAs(told.test.join(), 'GET', 'k');
    told.test.run('MULTI');
    expect(told.test.run('EXEC')).toBe('*0\r\n');
    told.test.run('SET', 'k', 'v');
    expect(seen).toEqual(['set']);
  });

  test('of a transaction come when it is over, in order with what it publishes', () => {
    const told = new Told(`E${ALL}mn`);
    told.test.run('MULTI');
    for (const words of [
      ['SET', 'k', 'v'],
      ['PUBLISH', 'news', '1'],
      ['GET', 'x'],
      ['DEL', 'k'],
      ['PUBLISH', 'news', '2'],
    ]) {
      expect(told.by(...words)).toEqual([]);
    }
    expect(told.by('EXEC')).toEqual([
      '__keyevent@0__:new k',
      '__keyevent@0__:set k',
      'news 1',
      '__keyevent@0__:keymiss x',
      '__keyevent@0__:del k',
      'news 2',
    ]);
    expect(told.by('SET', 'k', 'v')).toEqual(['__keyevent@0__:new k', '__keyevent@0__:set k']);
  });

  test('of a transaction go to those who listened when it happened', () => {
    const told = new Told(`E${ALL}`);
    const { test } = told;
    test.run('MULTI');
    test.run('SET', 'before', 'v');
    test.run('PSUBSCRIBE', '__keyevent@0__:s*');
    test.run('SET', 'between', 'v');
    test.run('PUNSUBSCRIBE', '__keyevent@0__:s*');
    test.run('SET', 'after', 'v');
    const twice = '__keyevent@0__:set between';
    expect(told.by('EXEC')).toEqual(['__keyevent@0__:set before', twice, twice, '__keyevent@0__:set after']);
    test.run('MULTI');
    test.run('PSUBSCRIBE', '__keyevent@0__:s*');
    test.run('SET', 'between', 'v');
    test.run('PUNSUBSCRIBE');
    expect(told.by('EXEC')).toEqual([twice, twice]);
  });

  test('chosen in the middle of a transaction are told from there on', () => {
    const told = new Told('');
    const { test } = told;
    const letters = ['', `E${ALL}`, 'E$', ''];
    test.engine.effects.subscribe(() => undefined, 'log');
    const choosing = {
      before: () => {
        if (test.engine.effects.pending.length > 0) told.choose(letters.shift() ?? '');
      },
    };
    Object.assign(test.engine.dispatcher.observers, choosing);
    test.run('MULTI');
    for (const key of ['a', 'b', 'c', 'd', 'e']) test.run('RPUSH', key, 'v');
    // Each is chosen before the next runs.
    expect(told.by('EXEC')).toEqual(['__keyevent@0__:rpush c']);
    told.choose('');
    letters.push('', '', '', `E${ALL}`);
    test.run('MULTI');
    for (const key of ['a', 'b', 'c', 'd', 'e']) test.run('RPUSH', key, 'v');
    expect(told.by('EXEC')).toEqual(['__keyevent@0__:rpush e']);
    expect(told.by('DEL', 'a')).toEqual(['__keyevent@0__:del a']);
  });

  test('of whoever is woken come behind those of the write that woke it', () => {
    const told = new Told(`E${ALL}`);
    told.test.runAs(told.test.join(), 'BLMOVE', 'a', 'b', 'LEFT', 'LEFT', 0);
    expect(told.by('RPUSH', 'a', 'x')).toEqual([
      '__keyevent@0__:rpush a',
      '__keyevent@0__:lpush b',
      '__keyevent@0__:lpop a',
      '__keyevent@0__:del a',
    ]);
  });

  test('tell names of any bytes and length', () => {
    const told = new Told(`K${ALL}`);
    for (const key of ['', 'a\0b', '\xff', 'x'.repeat(300_000)]) {
      expect(told.by('SET', key, 'v')).toEqual([`__keyspace@0__:${key} set`]);
    }
    expect(told.by('SET', 'short', 'v')).toEqual(['__keyspace@0__:short set']);
  });
});
