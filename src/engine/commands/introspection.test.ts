/** Shapes and words are compared with redis-server's in test/differential/metadata.test.ts; here is what stands on its own. */
import { describe, expect, it } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { OutputBuffer } from '../../protocol/output-buffer.ts';
import { Resp2Reply } from '../../protocol/resp2-reply.ts';
import type { Call } from '../dispatch/call.ts';
import { TestEngine } from '../engine.testing.ts';
import { argument, type Docs, keyArgument, oneOf, token } from './docs.ts';
import { introspection } from './introspection.ts';
import { container, type Family, family, key, NO_MANDATORY_KEYS, RO, row, STALE } from './spec.ts';

const run = () => undefined;
const THINGS: Family = family('hash', [
  row('THING', run, 3, STALE, key(1, RO), { tips: ['a', 'b'] }),
  row('EVALISH', run, -3, NO_MANDATORY_KEYS, [
    { flags: RO, begin: { index: 2 }, find: { keynum: 0, first: 1, step: 1 } },
  ]),
  container('BOX', [row('OPEN', run, 2, STALE)]),
]);
const DOCS: Docs = {
  thing: {
    summary: 'Does a thing.',
    since: '1.2.3',
    complexity: 'O(1)',
    deprecated: { since: '2.0.0', replacedBy: 'nothing' },
    isSystem: true,
    history: [['1.3.0', 'More of it.']],
    arguments: [keyArgument(), oneOf('how', [token('FAST'), argument('slowly', 'string', { token: 'BY' })])],
  },
  box: { summary: 'Holds.', since: '1.0.0' },
  'box|open': { summary: 'Opens.', since: '1.0.0' },
};

function engineOf(protocol: 2 | 3 = 2): TestEngine {
  return new TestEngine([THINGS, introspection([DOCS])], protocol);
}

describe('COMMAND', () => {
  it('alone is COMMAND INFO of all', () => {
    const { engine } = engineOf();
    const [row] = introspection([]).rows;
    const out = new OutputBuffer();
    row.run({ commands: engine.commands } as Call, Args.of([Buffer.from('COMMAND')]), new Resp2Reply(out));
    const all = out.bytes.toString('latin1', 0, out.at);
    expect(all).toMatch(/^\*\d+\r\n\*10\r\n\$/);
    expect(all.length).toBeGreaterThan(10_000);
  });

  it('COUNT counts commands, LIST names subcommands too', () => {
    const engine = engineOf();
    const [, count] = /^:(\d+)/.exec(engine.run('COMMAND', 'COUNT')) ?? [];
    expect(Number(count)).toBe(engine.engine.commands.all.length);
    expect(engine.run('COMMAND', 'LIST', 'FILTERBY', 'PATTERN', 'BOX*')).toBe('*2\r\n$3\r\nbox\r\n$8\r\nbox|open\r\n');
    expect(engine.run('COMMAND', 'LIST')).toContain('$8\r\nbox|open\r\n');
  });

  it('INFO of a name no command can have', () => {
    const engine = engineOf();
    const long = 'x'.repeat(100_000);
    expect(engine.run('COMMAND', 'INFO', long, '__proto__', 'box|__proto__', 'thing\0')).toBe(
      '*4\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n',
    );
    expect(engine.run('COMMAND', 'DOCS', long, 'constructor')).toBe('*0\r\n');
  });
});

describe('COMMAND DOCS', () => {
  it('tells what there is to tell', () => {
    const lines = engineOf(3).run('COMMAND', 'DOCS', 'THING').split('\r\n');
    expect(lines.filter((line) => !line.startsWith('$')).join(' ')).toBe(
      '%1 thing %9 summary Does a thing. since 1.2.3 group hash complexity O(1) doc_flags ~2 +deprecated +syscmd ' +
        'deprecated_since 2.0.0 replaced_by nothing history ~1 *2 1.3.0 More of it. arguments *2 ' +
        '%4 name key type key display_text key key_spec_index :0 ' +
        '%3 name how type oneof arguments *2 %4 name fast type pure-token display_text fast token FAST ' +
        '%4 name slowly type string display_text slowly token BY ',
    );
  });

  it('puts subcommands into their container', () => {
    const lines = engineOf(3).run('COMMAND', 'DOCS', 'box').split('\r\n');
    expect(lines.filter((line) => !line.startsWith('$')).join(' ')).toBe(
      '%1 box %4 summary Holds. since 1.0.0 group hash subcommands %1 box|open %3 summary Opens. since 1.0.0 group hash ',
    );
  });
});

describe('COMMAND GETKEYS', () => {
  it('extracts keys or says why it cannot', () => {
    const engine = engineOf();
    const keys = (...words: string[]) => engine.run('COMMAND', 'GETKEYS', ...words);
    expect(keys('thing', 'a\0\xff', 'b')).toBe('*1\r\n$3\r\na\0\xff\r\n');
    expect(keys('nosuch')).toBe('-ERR Invalid command specified\r\n');
    expect(keys('box', 'nosuch')).toBe('-ERR Invalid command specified\r\n');
    expect(keys('box')).toBe('-ERR The command has no key arguments\r\n');
    expect(keys('box', 'open')).toBe('-ERR The command has no key arguments\r\n');
    expect(keys('thing')).toBe('-ERR Invalid number of arguments specified for command\r\n');
    expect(keys('evalish', 's', '0')).toBe('*0\r\n');
  });

  it('does nothing with a number of keys beyond the arguments', () => {
    const engine = engineOf();
    for (const count of ['3', '-1', '9223372036854775807', 'x']) {
      expect(engine.run('COMMAND', 'GETKEYS', 'evalish', 's', count, 'a', 'b')).toBe('*0\r\n');
    }
  });

  it('tells the flags of each key', () => {
    expect(engineOf(3).run('COMMAND', 'GETKEYSANDFLAGS', 'thing', 'a', 'b')).toBe(
      '*1\r\n*2\r\n$1\r\na\r\n~1\r\n+RO\r\n',
    );
  });
});
