/** Scripts that run for long: what others get, how they are ended, what does not happen meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RawClient, request } from './raw-client.testing.ts';
import { startTestServer, type TestServer } from './server.testing.ts';

const BUSY = '-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n';
const BUSY_FUNCTION = '-BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.\r\n';
const FOR_EVER = 'while true do end';
/** Counts for much longer than a script may run undisturbed; ARGV[1] says how far. */
const LONG = 'local n = 0 for i = 1, tonumber(ARGV[1]) do n = n + i % 7 end';

let server: TestServer;
let client: RawClient;
let other: RawClient;

beforeEach(async () => {
  server = await startTestServer({ 'busy-reply-threshold': '20' });
  client = await RawClient.connect(server.port);
  other = await RawClient.connect(server.port);
});

afterEach(async () => {
  client.close();
  other.close();
  await server.stop();
});

async function untilBusy(): Promise<void> {
  while ((await other.ask('GET', 'nothing')) !== BUSY) await sleep(5);
}

describe('a script that never ends', () => {
  test('can be killed', async () => {
    client.command('EVAL', FOR_EVER, 0);
    await untilBusy();
    expect(await other.ask('FUNCTION', 'KILL')).toBe(BUSY);
    expect(await other.ask('FUNCTION', 'STATS')).toBe(BUSY);
    expect(await other.ask('SCRIPT', 'KILL')).toBe('+OK\r\n');
    expect(await client.reply()).toMatch(
      /^-ERR Script killed by user with SCRIPT KILL\.\.\. script: [\da-f]{40}, on @user_script:1\.\r\n$/,
    );
    expect(await other.ask('SCRIPT', 'KILL')).toBe('-NOTBUSY No scripts in execution right now.\r\n');
    expect(await client.ask('PING')).toBe('+PONG\r\n');
    expect(server.log()).toContain('Slow script detected: still in execution after');
    expect(server.log()).toContain('Lua script killed by user with SCRIPT KILL.');
  });

  test('lets who listens know first that it may only listen', async () => {
    await other.ask('SUBSCRIBE', 'news');
    client.command('EVAL', FOR_EVER, 0);
    const third = await RawClient.connect(server.port);
    while ((await third.ask('GET', 'nothing')) !== BUSY) await sleep(5);
    expect(await other.ask('GET', 'nothing')).toMatch(/^-ERR Can't execute 'get': only /);
    expect(await third.ask('SCRIPT', 'KILL')).toBe('+OK\r\n');
    third.close();
  });

  test('is killed although it catches errors', async () => {
    client.command('EVAL', 'while true do pcall(function() while true do end end) end', 0);
    await untilBusy();
    expect(await other.ask('SCRIPT', 'KILL')).toBe('+OK\r\n');
    expect(await client.reply()).toMatch(/^-ERR Script killed by user/);
  });

  test.each([
    ['calls itself in the last place', 'local function f() return f() end return f()'],
    [
      'calls another in the last place',
      'local g local function f(n) return g(n + 1) end function g(n) return f(n) end return f(1)',
    ],
    ['loops in a function that changes nothing', 'local function f() while true do end end return f()'],
    ['calls short functions for ever', 'local function f(n) return n + 1 end local n = 0 while true do n = f(n) end'],
    [
      'calls deep functions for ever',
      'local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end while true do f(3000) end',
    ],
    [
      'goes through a coroutine',
      'local f = coroutine.wrap(function() while true do coroutine.yield(1) end end) while true do f() end',
    ],
    ['is inside a callback', "string.gsub('x', 'x', function() while true do end end)"],
    ['is inside a metamethod', 'local t = setmetatable({}, {__index = function() while true do end end}) return t.x'],
  ])('can be killed that %s', async (_, script) => {
    client.command('EVAL', script, 0);
    await untilBusy();
    expect(await other.ask('SCRIPT', 'KILL')).toBe('+OK\r\n');
    expect(await client.reply()).toMatch(/^-ERR Script killed by user/);
  });

  test('cannot be killed once it has written', async () => {
    client.command('EVAL', `redis.call('SET', 'k', 'v') ${FOR_EVER}`, 0);
    await untilBusy();
    expect(await other.ask('SCRIPT', 'KILL')).toMatch(/^-UNKILLABLE Sorry the script already executed write commands/);
    expect(await other.ask('SHUTDOWN')).toBe(BUSY);
    expect(await other.ask('SHUTDOWN', 'SAVE')).toBe(BUSY);
  });

  test('is ended by script-time-limit, whatever it has done', async () => {
    await other.ask('CONFIG', 'SET', 'script-time-limit', '60');
    const reply = await client.ask('EVAL', `redis.call('SET', 'k', 'v') ${FOR_EVER}`, 0);
    expect(reply).toMatch(/^-ERR Script ran longer than script-time-limit allows/);
    expect(await other.ask('GET', 'k')).toBe('$1\r\nv\r\n');
  });

  test('as a function, is killed by FUNCTION KILL', async () => {
    const library = "#!lua name=lib\nredis.register_function('spin', function() while true do end end)";
    expect(await client.ask('FUNCTION', 'LOAD', library)).toBe('$3\r\nlib\r\n');
    client.command('FCALL', 'spin', 0);
    while ((await other.ask('GET', 'nothing')) !== BUSY_FUNCTION) await sleep(5);
    expect(await other.ask('SCRIPT', 'KILL')).toBe(BUSY_FUNCTION);
    const stats = await other.ask('FUNCTION', 'STATS');
    expect(stats).toMatch(/running_script\r\n\*6\r\n\$4\r\nname\r\n\$4\r\nspin\r\n/);
    expect(stats).toContain('command\r\n*3\r\n$5\r\nFCALL\r\n$4\r\nspin\r\n$1\r\n0\r\n');
    expect(await other.ask('FUNCTION', 'KILL')).toBe('+OK\r\n');
    expect(await client.reply()).toMatch(/^-ERR Script killed by user/);
  });

  test('lets SHUTDOWN NOSAVE end the server', async () => {
    client.command('EVAL', FOR_EVER, 0);
    await untilBusy();
    other.command('SHUTDOWN', 'NOSAVE');
    await other.rest();
    await client.rest();
  });
});

describe('while a script is busy', () => {
  test('what needs no data is answered', async () => {
    client.command('EVAL', FOR_EVER, 0);
    await untilBusy();
    expect(await other.ask('MULTI')).toBe('+OK\r\n');
    expect(await other.ask('GET', 'k')).toBe(BUSY);
    expect(await other.ask('EXEC')).toMatch(/^-EXECABORT Transaction discarded because of: BUSY /);
    expect(await other.ask('WATCH', 'k')).toBe('+OK\r\n');
    expect(await other.ask('UNWATCH')).toBe('+OK\r\n');
    expect(await other.ask('HELLO', '2')).toMatch(/^\*/);
    expect(await other.ask('RESET')).toBe('+RESET\r\n');
    const late = await RawClient.connect(server.port);
    expect(await late.ask('PING')).toBe(BUSY);
    late.close();
    await other.ask('SCRIPT', 'KILL');
  });

  test('nothing expires, nobody sees half of what it does', async () => {
    await client.ask('SET', 'soon', 'here');
    other.command('BLPOP', 'list', '0');
    client.command(
      'EVAL',
      `redis.call('PEXPIRE', 'soon', 30) redis.call('RPUSH', 'list', 'a') ${LONG}
       redis.call('RPUSH', 'list', 'b') return redis.call('GET', 'soon')`,
      0,
      60_000_000,
    );
    expect(await client.reply()).toBe('$4\r\nhere\r\n');
    expect(await other.reply()).toBe('*2\r\n$4\r\nlist\r\n$1\r\na\r\n');
    await sleep(5);
    expect(await client.ask('GET', 'soon')).toBe('$-1\r\n');
  });

  test('its client may leave', async () => {
    client.command('EVAL', `redis.call('SET', 'k', '1') ${LONG} redis.call('SET', 'k', '2')`, 0, 60_000_000);
    await untilBusy();
    client.close();
    while ((await other.ask('GET', 'k')) === BUSY) await sleep(5);
    expect(await other.ask('GET', 'k')).toBe('$1\r\n2\r\n');
  });

  test('EXEC goes on behind it', async () => {
    client.send(
      request('MULTI') +
        request('SET', 'a', 1) +
        request('EVAL', `${LONG} return redis.call('GET', 'a')`, 0, 60_000_000) +
        request('SET', 'b', 2) +
        request('EXEC') +
        request('GET', 'b'),
    );
    await untilBusy();
    const replies = await client.replies(6);
    expect(replies.slice(4)).toEqual(['*3\r\n+OK\r\n$1\r\n1\r\n+OK\r\n', '$1\r\n2\r\n']);
    expect(await other.ask('INFO', 'commandstats')).toMatch(/cmdstat_eval:calls=1,.*failed_calls=0/);
  });

  test('messages to its own client come behind the whole reply of EXEC', async () => {
    await client.ask('HELLO', 3);
    await client.ask('SUBSCRIBE', 'channel');
    client.send(
      request('MULTI') +
        request('PUBLISH', 'channel', 'before') +
        request('EVAL', `redis.call('PUBLISH', 'channel', 'inside') ${LONG} return 1`, 0, 60_000_000) +
        request('PUBLISH', 'channel', 'after') +
        request('EXEC') +
        request('PING'),
    );
    await untilBusy();
    const message = (text: string) => `>3\r\n$7\r\nmessage\r\n$7\r\nchannel\r\n$${text.length}\r\n${text}\r\n`;
    const replies = await client.replies(9);
    expect(replies.slice(4)).toEqual([
      '*3\r\n:1\r\n:1\r\n:1\r\n',
      message('before'),
      message('inside'),
      message('after'),
      '+PONG\r\n',
    ]);
  });

  test('CLIENT REPLY OFF holds for what comes late', async () => {
    client.send(request('CLIENT', 'REPLY', 'OFF') + request('EVAL', `${LONG} return 'x'`, 0, 60_000_000));
    await untilBusy();
    while ((await other.ask('GET', 'k')) === BUSY) await sleep(5);
    client.send(request('CLIENT', 'REPLY', 'ON'));
    expect(await client.reply()).toBe('+OK\r\n');
  });
});
