import { describe, expect, test } from 'vitest';
import { Config, isSensitive } from './config.ts';
import type { WorkingDirectory } from './option.ts';
import type { Known } from './options.ts';
import { findOption, KNOWN, OPTIONS } from './options.ts';

const ADMIN = { local: true, loading: false };

function fakeDirectory(): WorkingDirectory {
  let path = '/start';
  return {
    change(to) {
      if (to.startsWith('/gone')) return 'No such file or directory';
      path = to;
      return undefined;
    },
    current: () => path,
  };
}

function newConfig(): Config {
  return new Config(fakeDirectory());
}

function load(config: Config, name: string, ...words: string[]): string | undefined {
  return config.load(findOption(name) as Known, words);
}

describe('the table', () => {
  test('what CONFIG GET shows of a default can be set again', () => {
    for (const option of OPTIONS) {
      const config = newConfig();
      const shown = config.get(option.name) as string;
      const words = option.words ? (shown === '' ? [] : shown.split(' ')) : [shown];
      if (option.name === 'replicaof') continue;
      expect(config.load({ name: option.name, option }, words), option.name).toBeUndefined();
      expect(config.get(option.name), option.name).toBe(shown);
    }
  });

  test('every row is complete', () => {
    for (const option of OPTIONS) {
      expect(option.name).toMatch(/^[a-z][a-z_-]*[a-z]$/);
      expect(option.about, option.name).toMatch(/^[A-Z].*[^.]$/);
      expect(option.syntax, option.name).not.toBe('');
      expect(option.inert, option.name).not.toBe('');
    }
    expect(KNOWN.size).toBe(OPTIONS.length + OPTIONS.filter((option) => option.alias !== undefined).length);
  });

  test('what differs from Redis on purpose', () => {
    const config = newConfig();
    const refused = (name: string, value: string): string | undefined => config.set([[name, value]], ADMIN);
    expect(refused('maxmemory-samples', '65')).toMatch(/between 1 and 64 inclusive$/);
    expect(refused('maxmemory', '99999999999gb')).toMatch(/argument must be a memory value$/);
    expect(refused('save', '1 2147483648')).toMatch(/Invalid save parameters$/);
    expect(refused('cluster-announce-human-nodename', 'a b-c.1')).toBeUndefined();
    expect(refused('cluster-announce-human-nodename', 'a{b}')).toMatch(/contained invalid character$/);
  });
});

describe('reading', () => {
  test('typed', () => {
    const config = newConfig();
    const set = (...pairs: [string, string][]): unknown => config.set(pairs, ADMIN);
    set(['maxmemory', '1gb'], ['maxmemory-clients', '5%'], ['requirepass', '\xff\0x'], ['masteruser', 'm\xc3\xa9\0x']);
    expect(config.integer('maxmemory')).toBe(2 ** 30);
    expect(config.integer('maxmemory-clients')).toBe(-5);
    expect([...config.bytes('requirepass')]).toEqual([0xff, 0, 0x78]);
    expect(config.text('masteruser')).toBe('mé');
    expect(config.text('dir')).toBe('/start');
    expect(config.flag('protected-mode')).toBe(true);
    expect(config.choice('maxmemory-policy')).toBe('noeviction');
    expect(config.value('bind')).toEqual(['*', '-::*']);
    expect(config.value('shutdown-on-sigint')).toBe(0);
    expect(config.value('client-output-buffer-limit').pubsub).toEqual({
      hardBytes: 32n << 20n,
      softBytes: 8n << 20n,
      softSeconds: 60,
    });
    expect(config.get('nosuch')).toBeUndefined();
    expect(config.get('LUA-time-LIMIT')).toBe('5000');
  });

  test('the largest values print exactly', () => {
    const config = newConfig();
    expect(config.set([['maxmemory', '18446744073709551615']], ADMIN)).toBeUndefined();
    expect(config.get('maxmemory')).toBe('18446744073709551615');
  });

  test('sensitive options', () => {
    expect(['requirepass', 'MasterAuth', 'tls-key-file-pass'].every(isSensitive)).toBe(true);
    expect(['maxmemory', 'nosuch', '__proto__'].some(isSensitive)).toBe(false);
  });
});

describe('loading', () => {
  test('a second line of save adds, and an empty one removes', () => {
    const config = newConfig();
    load(config, 'save', '1', '1');
    load(config, 'save', '2', '2');
    expect(config.get('save')).toBe('1 1 2 2');
    load(config, 'save', '');
    load(config, 'save', '3', '3');
    expect(config.get('save')).toBe('3 3');
    expect(config.set([['save', '4 4']], ADMIN)).toBeUndefined();
    expect(config.get('save')).toBe('4 4');
  });

  test('sets what CONFIG SET may not, without hooks', () => {
    const config = newConfig();
    config.watch(['databases', 'dir'], () => 'never');
    expect(load(config, 'databases', '4')).toBeUndefined();
    expect(load(config, 'dir', '/data')).toBeUndefined();
    expect(load(config, 'dir', '/gone')).toBe('No such file or directory');
    expect([config.integer('databases'), config.text('dir')]).toEqual([4, '/data']);
  });
});

describe('hooks', () => {
  test('run once for each CONFIG SET that changed one of their options', () => {
    const config = newConfig();
    const seen: string[] = [];
    config.watch(['maxmemory', 'maxmemory-policy'], () => {
      seen.push(`memory ${config.integer('maxmemory')} ${config.choice('maxmemory-policy')}`);
      return undefined;
    });
    config.watch(['timeout'], () => {
      seen.push(`timeout ${config.integer('timeout')}`);
      return undefined;
    });
    const set = (...pairs: [string, string][]): unknown => config.set(pairs, ADMIN);
    set(['timeout', '1'], ['maxmemory', '5'], ['maxmemory-policy', 'allkeys-lru']);
    set(['timeout', '1'], ['maxmemory', '5b']);
    set(['timeout', '2'], ['maxmemory', 'x']);
    expect(seen).toEqual(['timeout 1', 'memory 5 allkeys-lru']);
  });

  test('run again when a file that may have been renewed is named again', () => {
    const config = newConfig();
    let runs = 0;
    config.watch(['tls-cert-file', 'save', 'logfile'], () => {
      runs++;
      return undefined;
    });
    config.set([['tls-cert-file', '']], ADMIN);
    config.set([['save', '3600 1 300 100 60 10000']], ADMIN);
    expect(runs).toBe(2);
  });

  test('one that fails takes everything back, itself and the others included', () => {
    const config = newConfig();
    const seen: number[] = [];
    let port = config.integer('port');
    config.watch(['maxmemory'], () => {
      seen.push(config.integer('maxmemory'));
      return undefined;
    });
    config.watch(['port'], () => {
      if (config.integer('port') === 1) return 'Unable to listen on this port. Check server logs.';
      port = config.integer('port');
      return undefined;
    });
    config.watch(['hz'], () => {
      seen.push(config.integer('hz'));
      return undefined;
    });
    const pairs = [
      ['maxmemory', '7'],
      ['PORT', '1'],
      ['hz', '20'],
      ['dir', '/elsewhere'],
    ] as const;
    load(config, 'enable-protected-configs', 'local');
    expect(config.set(pairs, ADMIN)).toBe(
      "ERR CONFIG SET failed (possibly related to argument 'port') - " +
        'Unable to listen on this port. Check server logs.',
    );
    expect(seen).toEqual([7, 0, 10]);
    expect(port).toBe(6379);
    expect(['maxmemory', 'port', 'hz', 'dir'].map((name) => config.get(name))).toEqual(['0', '6379', '10', '/start']);
  });
});

describe('who may set what', () => {
  test('immutable and protected options', () => {
    const config = newConfig();
    const reply = (name: string, local: boolean): string | undefined =>
      config.set([[name, 'x']], { local, loading: false });
    expect(reply('Databases', true)).toBe(
      "ERR CONFIG SET failed (possibly related to argument 'Databases') - can't set immutable config",
    );
    const refusal = "ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config";
    expect([reply('dir', true), reply('dir', false)]).toEqual([refusal, refusal]);
    load(config, 'enable-protected-configs', 'local');
    expect([reply('dir', true), reply('dir', false)]).toEqual([undefined, refusal]);
    load(config, 'enable-protected-configs', 'yes');
    expect(reply('dir', false)).toBeUndefined();
  });

  test('while loading', () => {
    const config = newConfig();
    load(config, 'enable-protected-configs', 'yes');
    const asker = { local: true, loading: true };
    expect(config.set([['loglevel', 'debug']], asker)).toBeUndefined();
    for (const name of ['dir', 'appendonly', 'repl-diskless-load']) {
      expect(config.set([[name, 'asdf']], asker)).toBe('LOADING Redis is loading the dataset in memory');
    }
  });
});
