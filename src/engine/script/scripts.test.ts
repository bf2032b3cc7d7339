/** What scripts do to the rest of the engine, and the rest to them. Replies beside redis-server stand in server/. */
import { beforeEach, describe, expect, it } from 'vitest';
import { MEMORY_LIMITED } from '../dispatch/dispatch.ts';
import type { Session } from '../dispatch/session.ts';
import { TestEngine } from '../engine.testing.ts';

const OK = '+OK\r\n';
const OOM = "-OOM command not allowed when used memory > 'maxmemory'.";

let engine: TestEngine;
let other: Session;

beforeEach(() => {
  engine = new TestEngine();
  other = engine.join();
});

function evaluate(script: string, ...rest: string[]): string {
  return engine.run('EVAL', script, ...(rest.length > 0 ? rest : ['0']));
}

describe('a script is one unit', () => {
  it('whose changes are published at its end', () => {
    const published: string[][] = [];
    engine.engine.effects.subscribe((changes) => published.push(changes.map(({ event }) => event)));
    expect(evaluate("redis.call('SET', 'a', '1') redis.call('DEL', 'a') return redis.call('RPUSH', 'l', 'x')")).toBe(
      ':1\r\n',
    );
    expect(published).toEqual([['set', 'del', 'rpush']]);
  });

  it('also when it fails: what it has done stays', () => {
    const published: string[][] = [];
    engine.engine.effects.subscribe((changes) => published.push(changes.map(({ event }) => event)));
    expect(evaluate("redis.call('SET', 'a', '1') error('late')")).toMatch(/^-ERR user_script:1: late/);
    expect(published).toEqual([['set']]);
    expect(engine.run('GET', 'a')).toBe('$1\r\n1\r\n');
  });

  it('in which time stands still', () => {
    engine.run('SET', 'k', 'v', 'PX', 50);
    expect(evaluate("return {redis.call('PTTL', 'k'), redis.call('PTTL', 'k')}")).toBe('*2\r\n:50\r\n:50\r\n');
  });

  it('that touches what others watch', () => {
    engine.runAs(other, 'WATCH', 'k');
    evaluate("redis.call('SET', 'k', 'v')");
    engine.runAs(other, 'MULTI');
    engine.runAs(other, 'PING');
    expect(engine.runAs(other, 'EXEC')).toMatch(/^\*-1|^-EXECABORT/);
  });

  it('that wakes who waits when it is over', () => {
    expect(engine.runAs(other, 'BLPOP', 'l', 0)).toBe('');
    expect(evaluate("redis.call('RPUSH', 'l', 'a') redis.call('RPUSH', 'l', 'b') return redis.call('LLEN', 'l')")).toBe(
      ':2\r\n*2\r\n$1\r\nl\r\n$1\r\na\r\n',
    );
  });

  it('in MULTI is run by EXEC', () => {
    engine.run('MULTI');
    expect(evaluate("return redis.call('INCR', 'n')")).toBe('+QUEUED\r\n');
    expect(evaluate('return redis.call()')).toBe('+QUEUED\r\n');
    expect(engine.run('GET', 'n')).toBe('+QUEUED\r\n');
    const replies = engine.run('EXEC');
    expect(replies).toMatch(/^\*3\r\n:1\r\n-ERR Please specify at least one argument.*\r\n\$1\r\n1\r\n$/);
  });

  it('in which nothing waits', () => {
    expect(evaluate("return redis.call('BLPOP', 'none', 0)")).toBe('$-1\r\n');
    expect(evaluate("return redis.call('BLMOVE', 'a', 'b', 'LEFT', 'LEFT', 0)")).toBe('$-1\r\n');
    expect(evaluate("return redis.call('XREAD', 'BLOCK', 0, 'STREAMS', 's', '$')")).toBe('$-1\r\n');
    expect(evaluate("return redis.call('WAIT', 1, 0)")).toBe(':0\r\n');
  });
});

it('cannot call another, even where scripts may call everything', () => {
  engine.engine.scripting.calls.mayCallAll = true;
  expect(evaluate("return redis.call('EVAL', 'return 1', 0)")).toMatch(
    /^-ERR This Redis command is not allowed from script/,
  );
  expect(evaluate("redis.call('MULTI') return 1")).toBe(':1\r\n');
  expect(evaluate("return redis.call('EXEC')")).toBe('*0\r\n');
  expect(evaluate('return 1')).toBe(':1\r\n');
});

describe('the cache', () => {
  it('shows the text of a script (Valkey 8)', () => {
    const digest = engine.run('SCRIPT', 'LOAD', "return '\xff\0'").slice(5, 45);
    expect(engine.run('SCRIPT', 'SHOW', digest.toUpperCase())).toBe("$11\r\nreturn '\xff\0'\r\n");
    expect(engine.run('SCRIPT', 'SHOW', 'x')).toBe('-NOSCRIPT No matching script. Please use EVAL.\r\n');
  });
});

describe('a script has', () => {
  it('a database of its own', () => {
    expect(evaluate("redis.call('SWAPDB', 0, 3) return redis.call('SET', 'k', 'v')")).toBe(OK);
    expect(engine.session.database).toBe(0);
  });

  it('a protocol of its own, RESP2 at first', () => {
    engine.run('HSET', 'h', 'f', 'v');
    expect(evaluate("redis.setresp(3) return redis.call('HGETALL', 'h').map.f")).toBe('$1\r\nv\r\n');
    expect(evaluate("return #redis.call('HGETALL', 'h')")).toBe(':2\r\n');
  });

  it('globals that nothing is left in', () => {
    expect(evaluate('KEYS.x = 1 ARGV.y = 2 return 1')).toBe(':1\r\n');
    expect(evaluate('return {tostring(KEYS.x), tostring(ARGV.y)}')).toBe('*2\r\n$3\r\nnil\r\n$3\r\nnil\r\n');
    expect(evaluate('cjson.x = 1')).toMatch(/Attempt to modify a readonly table/);
  });

  it('keys and arguments of any bytes', () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    expect(engine.run('EVAL', 'return {KEYS[1], ARGV[1]}', '1', every, every)).toBe(
      `*2\r\n$256\r\n${every.toString('latin1')}\r\n$256\r\n${every.toString('latin1')}\r\n`,
    );
    expect(engine.run('EVAL', "redis.call('SET', KEYS[1], ARGV[1]) return 0", '1', every, every)).toBe(':0\r\n');
    expect(engine.run('GET', every)).toBe(`$256\r\n${every.toString('latin1')}\r\n`);
  });

  it('room for long arguments', () => {
    expect(evaluate("redis.call('SET', 'k', string.rep('x', 3000000)) return redis.call('STRLEN', 'k')")).toBe(
      ':3000000\r\n',
    );
    expect(
      evaluate(
        "local t = {'RPUSH', 'l'} for i = 1, 5000 do t[#t + 1] = 'element' .. i end return redis.call(unpack(t))",
      ),
    ).toBe(':5000\r\n');
  });
});

describe('memory', () => {
  function fill(): void {
    const { evictor, dispatcher } = engine.engine;
    evictor.maxMemory = 1;
    dispatcher.alert(MEMORY_LIMITED, true);
  }

  it('that is full keeps a script from its first write', () => {
    engine.run('SET', 'k', 'v');
    fill();
    expect(evaluate("return redis.call('SET', 'x', '1')")).toMatch(new RegExp(`^${OOM}`));
    expect(evaluate("return redis.call('GET', 'k')")).toBe('$1\r\nv\r\n');
    expect(evaluate("redis.call('DEL', 'k') return redis.call('SET', 'x', '1')")).toBe(OK);
  });

  it('that is full keeps a script out that declares writes', () => {
    fill();
    expect(evaluate('#!lua\nreturn 1')).toBe(`${OOM}\r\n`);
    expect(evaluate('#!lua flags=no-writes\nreturn 1')).toBe(':1\r\n');
    expect(evaluate("#!lua flags=allow-oom\nreturn redis.call('SET', 'x', '1')")).toBe(OK);
    expect(engine.run('EVAL_RO', '#!lua flags=no-writes\nreturn 1', '0')).toBe(':1\r\n');
  });

  it('of a script that is known by its digest, too', () => {
    const digest = engine.run('SCRIPT', 'LOAD', '#!lua\nreturn 1').slice(5, 45);
    expect(engine.run('EVALSHA', digest, '0')).toBe(':1\r\n');
    fill();
    expect(engine.run('EVALSHA', digest, '0')).toBe(`${OOM}\r\n`);
  });

  it('that is full keeps libraries out, but not a transaction that reads', () => {
    engine.run(
      'FUNCTION',
      'LOAD',
      "#!lua name=l\nredis.register_function{function_name='r', callback=function() return 1 end, flags={'no-writes'}} redis.register_function('w', function() return 1 end)",
    );
    fill();
    expect(engine.run('FUNCTION', 'LOAD', "#!lua name=m\nredis.register_function('x', function() end)")).toBe(
      `${OOM}\r\n`,
    );
    expect(engine.run('FCALL', 'r', '0')).toBe(':1\r\n');
    expect(engine.run('FCALL', 'w', '0')).toBe(`${OOM}\r\n`);
    engine.run('MULTI');
    expect(engine.run('FCALL', 'r', '0')).toBe(`${OOM}\r\n`);
  });
});

describe('statistics', () => {
  const command = (name: string) => engine.engine.commands.byName(name);

  it('count a script and what it calls', () => {
    evaluate("redis.call('GET', 'a') redis.call('GET', 'b') return redis.pcall('INCR', 'c')");
    expect(command('eval')).toMatchObject({ calls: 1, failed: 0, rejected: 0 });
    expect(command('get')?.calls).toBe(2);
    expect(command('incr')?.calls).toBe(1);
    expect(engine.engine.dispatcher.totalCalls).toBe(4);
  });

  it('count an error once, where it came from', () => {
    engine.run('SET', 's', 'x');
    evaluate("return redis.call('INCR', 's')");
    evaluate("return redis.pcall('INCR', 's')");
    evaluate("return {redis.pcall('INCR', 's')}");
    expect(command('incr')?.failed).toBe(3);
    expect(command('eval')?.failed).toBe(2);
    expect(engine.engine.dispatcher.errorCounts.get('ERR')).toBe(3);
    evaluate("return redis.call('GET')");
    expect(command('get')?.rejected).toBe(1);
    expect(command('eval')?.failed).toBe(3);
    expect(engine.engine.dispatcher.totalErrors).toBe(4);
    evaluate("return {err = 'MINE own'}");
    evaluate("error('x')");
    expect(command('eval')?.failed).toBe(5);
    expect(engine.engine.dispatcher.errorCounts.get('MINE')).toBe(1);
  });
});

describe('the seed of this project', () => {
  const lock = `-- lock.lua
if redis.call("SETNX", KEYS[1], ARGV[1]) == 1 then
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return 1
else
return 0
end`;
  const earlyExpire = `-- early_expire.lua
local ttl = tonumber(redis.call('TTL', KEYS[1]))
if ttl < 0 then return 0 end
local jitter = math.random(0, 30) -- seconds
if ttl < jitter then
redis.call('EXPIRE', KEYS[1], ttl + jitter)
return 1
end
return 0`;

  it('acquires a lock by EVALSHA', () => {
    const digest = engine.run('SCRIPT', 'LOAD', lock).slice(5, 45);
    expect(engine.run('EVALSHA', digest, '1', 'lock:resource', 'uuid-1234', '5000')).toBe(':1\r\n');
    expect(engine.run('EVALSHA', digest, '1', 'lock:resource', 'uuid-5678', '5000')).toBe(':0\r\n');
    expect(engine.run('GET', 'lock:resource')).toBe('$9\r\nuuid-1234\r\n');
    expect(engine.run('PTTL', 'lock:resource')).toBe(':5000\r\n');
    engine.now += 5000;
    expect(engine.run('EVALSHA', digest, '1', 'lock:resource', 'uuid-5678', '5000')).toBe(':1\r\n');
  });

  it('expires early, by chance', () => {
    const digest = engine.run('SCRIPT', 'LOAD', earlyExpire).slice(5, 45);
    expect(engine.run('EVALSHA', digest, '1', 'none')).toBe(':0\r\n');
    engine.run('SET', 'k', 'v', 'EX', 100);
    expect(engine.run('EVALSHA', digest, '1', 'k')).toBe(':0\r\n');
    engine.run('EXPIRE', 'k', 1);
    let prolonged = false;
    for (let i = 0; i < 100 && !prolonged; i++) prolonged = engine.run('EVALSHA', digest, '1', 'k') === ':1\r\n';
    expect(prolonged).toBe(true);
    expect(Number(engine.run('TTL', 'k').slice(1))).toBeGreaterThan(1);
  });
});

describe('random numbers', () => {
  const draw = () => evaluate('return math.random(1000000)');

  it('go on from script to script, and from state to state, as in redis-server', () => {
    // lrand48 without a seed.
    expect([draw(), draw()]).toEqual([':396465\r\n', ':840486\r\n']);
    engine.run('SCRIPT', 'FLUSH');
    expect(draw()).toBe(':353337\r\n');
    const library = "#!lua name=l\nredis.register_function('draw', function() return math.random(1000000) end)";
    engine.run('FUNCTION', 'LOAD', library);
    expect(engine.run('FCALL', 'draw', '0')).toBe(':446584\r\n');
  });

  it('begin anew where a script seeds them', () => {
    const seeded = () => evaluate('math.randomseed(42) return {math.random(1000000), math.random(1000000)}');
    expect(seeded()).toBe('*2\r\n:744526\r\n:342702\r\n');
    expect(seeded()).toBe('*2\r\n:744526\r\n:342702\r\n');
  });
});

describe('an error that is no text', () => {
  it.each([
    ['error(0.1 + 0.2, 0)', /^-ERR 0\.3 script: /],
    ['error(true)', /^-ERR true script: /],
    ['error(function() end)', /^-ERR function: 0x[\da-f]+ script: /],
    ['error(coroutine.create(function() end))', /^-ERR thread: 0x[\da-f]+ script: /],
    ['error(cjson.null)', /^-ERR userdata: \(nil\) script: /],
  ])('is told as tostring shows it: %s', (script, reply) => {
    expect(evaluate(script)).toMatch(reply);
  });
});

it('redis.error_reply ends a text at its NUL', () => {
  expect(evaluate("return redis.error_reply('a\\0b c').err")).toBe('$5\r\nERR a\r\n');
  expect(evaluate("return redis.error_reply('a\\0b c')")).toBe('-ERR a\r\n');
});
