/** Deadlines of fields by example, once per encoding: replies and errors as Redis 7.4 and 8.0 give them, events, changes. */
import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { expectWhole } from '../keyspace/keyspace.testing.ts';
import { FROZEN_FOR_PAUSE } from '../keyspace/keyspace.ts';

const LATEST = 2 ** 46 - 1;
const NOW = 1_700_000_000_000;

class Tested extends TestEngine {
  readonly events: string[] = [];

  constructor(maxEntries = 128, protocol: 2 | 3 = 2) {
    super([], protocol);
    this.engine.keyspace.encodingLimits.hashMaxListpackEntries = maxEntries;
    this.engine.effects.subscribe((changes) => this.events.push(...changes.map(({ event, key }) => `${event} ${key}`)));
    this.run('HSET', 'h', 'a', '1', 'b', '2', 'c', '3');
    this.events.length = 0;
  }

  /** The reply as words. */
  ask(line: string): string {
    const reply = this.run(...line.split(' '));
    return reply
      .replace(/\$\d+\r\n/g, '')
      .trim()
      .replace(/\r\n/g, ' ');
  }

  /** What happened since somebody last asked, and how many changes it counted as. */
  happened(line: string): string {
    const before = this.engine.effects.dirty;
    this.events.length = 0;
    const reply = this.ask(line);
    return `${reply} | ${this.events.join(', ')} | ${this.engine.effects.dirty - before}`;
  }

  /** Lets time pass without the timer. */
  pass(millis: number): void {
    this.now += millis;
  }

  /** Lets the timer do its work. */
  expire(): void {
    const { keyspace, effects } = this.engine;
    keyspace.setTime(this.now);
    keyspace.expireDue(() => true);
    effects.commit();
  }
}

describe.each([
  ['listpackex', 128],
  ['hashtable', 0],
])('%s', (encoding, maxEntries) => {
  const tested = () => new Tested(maxEntries);

  it('deadlines are set, told and removed', () => {
    const engine = tested();
    expect(engine.happened('HEXPIRE h 10 FIELDS 3 a b none')).toBe('*3 :1 :1 :-2 | hexpire h | 2');
    expect(engine.ask('OBJECT ENCODING h')).toBe(encoding);
    expect(engine.ask('HTTL h FIELDS 4 a b c none')).toBe('*4 :10 :10 :-1 :-2');
    engine.pass(1);
    expect(engine.ask('HTTL h FIELDS 1 a')).toBe('*1 :10');
    expect(engine.ask('HPTTL h FIELDS 1 a')).toBe('*1 :9999');
    expect(engine.ask('HPEXPIRETIME h FIELDS 1 a')).toBe(`*1 :${NOW + 10_000}`);
    expect(engine.ask('HEXPIRETIME h FIELDS 1 a')).toBe(`*1 :${NOW / 1000 + 10}`);
    expect(engine.happened(`HPEXPIREAT h ${NOW + 10_001} FIELDS 1 a`)).toBe('*1 :1 | hexpire h | 1');
    expect(engine.ask('HEXPIRETIME h FIELDS 1 a')).toBe(`*1 :${NOW / 1000 + 11}`);
    expect(engine.happened(`HEXPIREAT h ${NOW / 1000 + 5} FIELDS 1 a`)).toBe('*1 :1 | hexpire h | 1');
    expect(engine.happened('HPEXPIRE h 7 FIELDS 1 c')).toBe('*1 :1 | hexpire h | 1');
    expect(engine.happened('HPERSIST h FIELDS 3 a b none')).toBe('*3 :1 :1 :-2 | hpersist h | 1');
    expect(engine.happened('HPERSIST h FIELDS 1 a')).toBe('*1 :-1 |  | 0');
    expect(engine.ask('HPTTL h FIELDS 3 a b c')).toBe('*3 :-1 :-1 :7');
    expectWhole(engine.engine.keyspace);
  });

  it('a field is gone at its deadline, for every command, and reclaimed by the timer', () => {
    const engine = tested();
    engine.ask('HPEXPIRE h 10 FIELDS 2 a b');
    engine.pass(9);
    expect(engine.ask('HGET h a')).toBe('1');
    engine.pass(1);
    expect(engine.ask('HLEN h')).toBe(':1');
    for (const [line, reply] of [
      ['HGET h a', '$-1'],
      ['HMGET h a c', '*2 $-1 3'],
      ['HEXISTS h b', ':0'],
      ['HSTRLEN h b', ':0'],
      ['HGETALL h', '*2 c 3'],
      ['HKEYS h', '*1 c'],
      ['HVALS h', '*1 3'],
      ['HSCAN h 0', '*2 0 *2 c 3'],
      ['HRANDFIELD h -2', '*2 c c'],
      ['HRANDFIELD h 5', '*1 c'],
      ['HDEL h a', ':0'],
      ['HTTL h FIELDS 2 a c', '*2 :-2 :-1'],
      ['HPERSIST h FIELDS 1 a', '*1 :-2'],
      ['HEXPIRE h 10 FIELDS 1 a', '*1 :-2'],
      ['HGETEX h FIELDS 1 a', '*1 $-1'],
      ['HGETDEL h FIELDS 1 a', '*1 $-1'],
    ]) {
      expect(`${line}: ${engine.ask(line)}`).toBe(`${line}: ${reply}`);
    }
    expect(engine.engine.keyspace.expiredFields).toBe(2);
    expectWhole(engine.engine.keyspace);
  });

  it('the timer reclaims fields and, with the last of them, the key', () => {
    const engine = tested();
    engine.ask('HPEXPIRE h 10 FIELDS 1 a');
    engine.ask('HPEXPIRE h 20 FIELDS 2 b c');
    engine.events.length = 0;
    expect(engine.engine.keyspace.nextDeadline).toBeLessThanOrEqual(NOW + 10);
    engine.pass(10);
    engine.expire();
    expect(engine.events).toEqual(['hexpired h']);
    expect(engine.ask('EXISTS h')).toBe(':1');
    engine.pass(10);
    engine.expire();
    expect(engine.events).toEqual(['hexpired h', 'hexpired h', 'del h']);
    expect(engine.ask('EXISTS h')).toBe(':0');
    expect(engine.engine.keyspace.expiredFields).toBe(3);
    expectWhole(engine.engine.keyspace);
  });

  it('while nothing may be removed fields are gone for readers and stay', () => {
    const engine = tested();
    engine.ask('HPEXPIRE h 10 FIELDS 2 a b');
    engine.engine.keyspace.freeze(FROZEN_FOR_PAUSE, true);
    engine.pass(10);
    engine.expire();
    expect(engine.ask('HLEN h')).toBe(':1');
    expect(engine.ask('HGETALL h')).toBe('*2 c 3');
    expect(engine.ask('HRANDFIELD h')).toBe('c');
    expect(engine.ask('HRANDFIELD h -3')).toBe('*3 c c c');
    expect(engine.ask('HSCAN h 0')).toBe('*2 0 *2 c 3');
    expect(engine.engine.keyspace.expiredFields).toBe(0);
    engine.engine.keyspace.freeze(FROZEN_FOR_PAUSE, false);
    engine.expire();
    expect(engine.engine.keyspace.expiredFields).toBe(2);
    expectWhole(engine.engine.keyspace);
  });

  it('writing a field drops its deadline, counting up keeps it', () => {
    const engine = tested();
    engine.ask('HEXPIRE h 10 FIELDS 3 a b c');
    engine.ask('HSET h a 5');
    engine.ask('HINCRBY h b 5');
    engine.ask('HINCRBYFLOAT h c 0.5');
    expect(engine.ask('HTTL h FIELDS 3 a b c')).toBe('*3 :-1 :10 :10');
    expect(engine.ask('HMGET h a b c')).toBe('*3 5 7 3.5');
    engine.ask('HMSET h b 1');
    expect(engine.ask('HSETNX h c 1')).toBe(':0');
    expect(engine.ask('HTTL h FIELDS 2 b c')).toBe('*2 :-1 :10');
    engine.ask('HDEL h c');
    engine.ask('HSET h c 1');
    expect(engine.ask('HTTL h FIELDS 1 c')).toBe('*1 :-1');
  });

  it('a field past its deadline is written as a new one', () => {
    const engine = tested();
    engine.ask('HPEXPIRE h 10 FIELDS 3 a b c');
    engine.pass(10);
    expect(engine.happened('HINCRBY h a 5')).toBe(':5 | hexpired h, del h, hincrby h | 1');
    expect(engine.ask('HSET h a 1 b 2')).toBe(':1');
    expect(engine.ask('HTTL h FIELDS 2 a b')).toBe('*2 :-1 :-1');
  });

  it('conditions: NX without, XX with, GT later, LT earlier; no deadline is later than any', () => {
    const engine = tested();
    expect(engine.ask('HEXPIRE h 10 NX FIELDS 1 a')).toBe('*1 :1');
    expect(engine.happened('HEXPIRE h 20 NX FIELDS 2 a b')).toBe('*2 :0 :1 | hexpire h | 1');
    expect(engine.happened('HEXPIRE h 20 xx FIELDS 2 a c')).toBe('*2 :1 :0 | hexpire h | 1');
    expect(engine.happened('HEXPIRE h 20 GT FIELDS 2 a c')).toBe('*2 :0 :0 |  | 0');
    expect(engine.ask('HEXPIRE h 21 GT FIELDS 1 a')).toBe('*1 :1');
    expect(engine.ask('HEXPIRE h 21 LT FIELDS 3 a b c')).toBe('*3 :0 :0 :1');
    expect(engine.ask('HEXPIRE h 19 LT FIELDS 1 b')).toBe('*1 :1');
    expect(engine.ask('HTTL h FIELDS 3 a b c')).toBe('*3 :21 :19 :21');
  });

  it('a time that has passed deletes fields, and the key with the last', () => {
    const engine = tested();
    expect(engine.happened('HEXPIRE h 0 FIELDS 2 a none')).toBe('*2 :2 :-2 | hdel h | 1');
    expect(engine.happened('HPEXPIREAT h 1 GT FIELDS 1 b')).toBe('*1 :0 |  | 0');
    expect(engine.happened(`HPEXPIREAT h ${NOW} FIELDS 2 b c`)).toBe('*2 :2 :2 | hdel h, del h | 2');
    expect(engine.ask('EXISTS h')).toBe(':0');
    expectWhole(engine.engine.keyspace);
  });

  it('HGETEX replies with values and sets, removes or leaves deadlines', () => {
    const engine = tested();
    expect(engine.happened('HGETEX h FIELDS 2 a none')).toBe('*2 1 $-1 |  | 0');
    expect(engine.happened('HGETEX h EX 10 FIELDS 2 a none')).toBe('*2 1 $-1 | hexpire h | 1');
    expect(engine.happened('HGETEX h px 10 FIELDS 1 b')).toBe('*1 2 | hexpire h | 1');
    expect(engine.happened(`HGETEX h EXAT ${NOW / 1000 + 5} FIELDS 1 c`)).toBe('*1 3 | hexpire h | 1');
    expect(engine.ask('HPTTL h FIELDS 3 a b c')).toBe('*3 :10000 :10 :5000');
    expect(engine.happened('HGETEX h PERSIST FIELDS 2 a b')).toBe('*2 1 2 | hpersist h | 2');
    expect(engine.happened('HGETEX h PERSIST FIELDS 1 a')).toBe('*1 1 |  | 0');
    expect(engine.ask('HPTTL h FIELDS 3 a b c')).toBe('*3 :-1 :-1 :5000');
    expect(engine.happened(`HGETEX h PXAT ${NOW} FIELDS 1 a`)).toBe('*1 1 | hdel h | 1');
    expect(engine.happened('HGETEX h PX 0 FIELDS 2 b c')).toBe('*2 2 3 | hdel h, del h | 2');
    expect(engine.happened('HGETEX h EX 1 FIELDS 2 b c')).toBe('*2 $-1 $-1 |  | 0');
  });

  it('HGETDEL replies with values and deletes the fields', () => {
    const engine = tested();
    expect(engine.happened('HGETDEL h FIELDS 3 a none a')).toBe('*3 1 $-1 $-1 | hdel h | 1');
    expect(engine.happened('HGETDEL h FIELDS 2 b c')).toBe('*2 2 3 | hdel h, del h | 2');
    expect(engine.happened('HGETDEL h FIELDS 1 b')).toBe('*1 $-1 |  | 0');
    expectWhole(engine.engine.keyspace);
  });

  it('HSETEX sets fields with deadlines, if all or none of them are there', () => {
    const engine = tested();
    expect(engine.happened('HSETEX h EX 10 FIELDS 2 a 5 d 6')).toBe(':1 | hset h, hexpire h | 2');
    expect(engine.ask('HTTL h FIELDS 3 a b d')).toBe('*3 :10 :-1 :10');
    expect(engine.happened('HSETEX h KEEPTTL FIELDS 1 a 7')).toBe(':1 | hset h | 1');
    expect(engine.ask('HTTL h FIELDS 1 a')).toBe('*1 :10');
    expect(engine.ask('HSETEX h FIELDS 1 a 8')).toBe(':1');
    expect(engine.ask('HTTL h FIELDS 1 a')).toBe('*1 :-1');
    expect(engine.happened('HSETEX h FNX EX 9 FIELDS 2 a 9 e 9')).toBe(':0 |  | 0');
    expect(engine.happened('HSETEX h FXX EX 9 FIELDS 2 a 9 e 9')).toBe(':0 |  | 0');
    expect(engine.ask('HMGET h a e')).toBe('*2 8 $-1');
    expect(engine.ask('HSETEX h EX 9 FXX FIELDS 2 a 9 b 9')).toBe(':1');
    expect(engine.ask('HSETEX h fnx px 9 FIELDS 1 e 9')).toBe(':1');
    expect(engine.ask('HPTTL h FIELDS 3 a b e')).toBe('*3 :9000 :9000 :9');
    expect(engine.happened('HSETEX new FXX FIELDS 1 f v')).toBe(':0 |  | 0');
    expect(engine.ask('EXISTS new')).toBe(':0');
    expect(engine.happened(`HSETEX new FNX PXAT ${NOW} FIELDS 1 f v`)).toBe(':1 | hset new, hdel new, del new | 1');
    expect(engine.ask('EXISTS new')).toBe(':0');
    expectWhole(engine.engine.keyspace);
  });

  it('deadlines go with the key: COPY, RENAME, MOVE, SWAPDB, a deadline of the key itself', () => {
    const engine = tested();
    engine.ask('HPEXPIRE h 10 FIELDS 1 a');
    engine.ask('COPY h twin');
    engine.ask('RENAME h renamed');
    engine.ask('COPY renamed moved');
    engine.ask('MOVE moved 1');
    engine.ask('PEXPIRE renamed 1000');
    engine.ask('SWAPDB 0 1');
    expect(engine.ask('HPTTL moved FIELDS 2 a b')).toBe('*2 :10 :-1');
    engine.session.database = 1;
    expect(engine.ask('HPTTL twin FIELDS 2 a b')).toBe('*2 :10 :-1');
    expect(engine.ask('OBJECT ENCODING renamed')).toBe(encoding);
    engine.events.length = 0;
    engine.pass(10);
    engine.expire();
    expect(engine.events.sort()).toEqual(['hexpired moved', 'hexpired renamed', 'hexpired twin']);
    expectWhole(engine.engine.keyspace);
  });

  it('a key removed, overwritten or flushed takes its timer along', () => {
    const engine = tested();
    for (const [i, line] of ['DEL h', 'UNLINK h', 'SET h v', 'SET h v KEEPTTL', 'RENAME s h', 'FLUSHDB'].entries()) {
      engine.ask('DEL h');
      engine.ask('HSET h a 1');
      engine.ask('PEXPIRE h 1000000');
      engine.ask('SET s v');
      engine.ask(`HPEXPIRE h ${10 + i} FIELDS 1 a`);
      engine.ask(line);
      engine.events.length = 0;
      engine.pass(100);
      engine.expire();
      expect(engine.events).toEqual([]);
      expectWhole(engine.engine.keyspace);
    }
  });
});

describe('errors', () => {
  const MISSING = '-ERR Mandatory argument FIELDS is missing or not at the right position';
  const MISMATCH = '-ERR The `numfields` parameter must match the number of arguments';
  const POSITIVE = '-ERR Number of fields must be a positive integer';
  const GREATER = '-ERR Parameter `numFields` should be greater than 0';
  const NEGATIVE = '-ERR invalid expire time, must be >= 0';
  const NOT_INTEGER = '-ERR value is not an integer or out of range';
  const WRONG_TYPE = '-WRONGTYPE Operation against a key holding the wrong kind of value';
  const arity = (name: string) => `-ERR wrong number of arguments for '${name}' command`;
  const time = (name: string) => `-ERR invalid expire time in '${name}' command`;

  it.each([
    ['HEXPIRE s x FIELDS 1 a', WRONG_TYPE],
    ['HEXPIRE h x FIELDS 1 a', NOT_INTEGER],
    ['HEXPIRE h -1 FIELDS 1 a', NEGATIVE],
    [`HEXPIRE h ${Math.floor(LATEST / 1000)} FIELDS 1 a`, time('hexpire')],
    ['HEXPIRE h 9223372036854775807 FIELDS 1 a', time('hexpire')],
    [`HPEXPIRE h ${LATEST - NOW + 1} FIELDS 1 a`, time('hpexpire')],
    [`HPEXPIREAT h ${LATEST + 1} FIELDS 1 a`, time('hpexpireat')],
    ['HEXPIRE h 10 BOGUS FIELDS 1 a', MISSING],
    ['HEXPIRE h 10 1 FIELDS a', MISSING],
    ['HEXPIRE h 10 NX XX FIELDS 1 a', MISSING],
    ['HEXPIRE h 10 FIELDS 0 a', GREATER],
    ['HEXPIRE h 10 FIELDS x a', GREATER],
    ['HEXPIRE h 10 FIELDS 2 a', MISMATCH],
    ['HEXPIRE h 10 NX FIELDS 1', MISMATCH],
    ['HEXPIRE h 10 FIELDS 1 a b', MISMATCH],
    ['HEXPIRE h 10 FIELDS 1', arity('hexpire')],
    ['HTTL s FIELDS 1 a', WRONG_TYPE],
    ['HTTL h FIELD 1 a', MISSING],
    ['HTTL h FIELDS -1 a', POSITIVE],
    ['HTTL h FIELDS 9223372036854775807 a', MISMATCH],
    ['HTTL h FIELDS 1', arity('httl')],
    ['HPERSIST s bogus 1 a', WRONG_TYPE],
    ['HPERSIST h FIELDS 2 a', MISMATCH],
    ['HGETEX s FIELDS 1 a', WRONG_TYPE],
    ['HGETEX h EX 0x FIELDS 1 a', NOT_INTEGER],
    ['HGETEX h EX -1 FIELDS 1 a', NEGATIVE],
    [`HGETEX h PXAT ${LATEST + 1} FIELDS 1 a`, time('hgetex')],
    ['HGETEX h KEEPTTL FIELDS 1 a', MISSING],
    ['HGETEX h PERSIST EX 1 FIELDS 1 a', MISSING],
    ['HGETEX h EX 10 FIELDS', POSITIVE],
    ['HGETEX h FIELDS 0 a', POSITIVE],
    ['HGETEX h FIELDS 2 a', MISMATCH],
    ['HGETDEL s FIELDS 1 a', WRONG_TYPE],
    ['HGETDEL h a 1 FIELDS', MISSING],
    ['HGETDEL h FIELDS 0 a', POSITIVE],
    ['HGETDEL h FIELDS 3 a b', MISMATCH],
    ['HSETEX s FIELDS 1 a 1', WRONG_TYPE],
    ['HSETEX h EX 10 PX 10 FIELDS 1 a 1', '-ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified'],
    ['HSETEX h KEEPTTL EX 1 FIELDS 1 a 1', '-ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified'],
    ['HSETEX h FNX FXX FIELDS 1 a 1', '-ERR Only one of FXX or FNX arguments can be specified'],
    ['HSETEX h FNX FNX FIELDS 1 a 1', '-ERR Only one of FXX or FNX arguments can be specified'],
    ['HSETEX h BOGUS FIELDS 1 a 1', '-ERR unknown argument: BOGUS'],
    ['HSETEX h FNX FXX FNX PX', '-ERR Only one of FXX or FNX arguments can be specified'],
    ['HSETEX h FNX KEEPTTL a PX', '-ERR unknown argument: a'],
    ['HSETEX h FNX EX 10 PX', '-ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified'],
    ['HSETEX h EX x FIELDS 1 a 1', NOT_INTEGER],
    ['HSETEX h EX -1 FIELDS 1 a 1', NEGATIVE],
    [`HSETEX h PXAT ${LATEST + 1} FIELDS 1 a 1`, time('hsetex')],
    ['HSETEX h FIELDS 0 a 1', '-ERR invalid number of fields'],
    ['HSETEX h FIELDS 2147483648 a 1', '-ERR invalid number of fields'],
    ['HSETEX h FIELDS 2 a 1', arity('hsetex')],
    ['HSETEX h FIELDS 1 a 1 b', arity('hsetex')],
    ['HSETEX h EX 10 FIELDS 1 a', arity('hsetex')],
    ['HSETEX h FIELDS 1 a', arity('hsetex')],
  ])('%s', (line, error) => {
    const engine = new Tested();
    engine.ask('SET s v');
    const before = engine.engine.effects.dirty;
    expect(engine.run(...line.split(' ')).trim()).toBe(error);
    expect(engine.ask('HGETALL h')).toBe('*6 a 1 b 2 c 3');
    expect(engine.ask('OBJECT ENCODING h')).toBe('listpack');
    expect(engine.engine.effects.dirty).toBe(before);
  });

  it('the latest deadline is taken, and no hash at all has no fields', () => {
    const engine = new Tested();
    expect(engine.ask(`HPEXPIREAT h ${LATEST} FIELDS 1 a`)).toBe('*1 :1');
    expect(engine.ask('HPEXPIRETIME h FIELDS 1 a')).toBe(`*1 :${LATEST}`);
    expect(engine.ask('HEXPIRE none 1 FIELDS 2 a b')).toBe('*2 :-2 :-2');
    expect(engine.ask('HPERSIST none FIELDS 1 a')).toBe('*1 :-2');
    expect(engine.ask('HTTL none FIELDS 2 a b')).toBe('*2 :-2 :-2');
    expect(engine.ask('EXISTS none')).toBe(':0');
  });

  it('a field that is not there makes a listpack one with deadlines all the same, as in Redis', () => {
    const engine = new Tested();
    expect(engine.ask('HEXPIRE h 10 FIELDS 1 none')).toBe('*1 :-2');
    expect(engine.ask('OBJECT ENCODING h')).toBe('listpackex');
  });
});
