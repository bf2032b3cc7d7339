/** Replies as Lua values, in both protocols; replies and scripts beside redis-server stand in server/. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import type { Reply } from '../../protocol/reply.ts';
import { LuaReply } from './lua-reply.ts';

/** A table as an array or an object, for comparing. */
function plain(value: LuaValue): unknown {
  if (!(value instanceof LuaTable)) return value;
  const length = value.length();
  const entries: [string, unknown][] = [];
  for (let place = value.nextPlace(0); place !== 0; place = value.nextPlace(place)) {
    entries.push([String(value.keyAt(place)), plain(value.valueAt(place))]);
  }
  if (entries.length === 0) return [];
  if (length === entries.length) return entries.map(([, element]) => element);
  return Object.fromEntries(entries);
}

function said(protocol: 2 | 3, say: (reply: Reply) => void): unknown {
  const reply = new LuaReply();
  reply.protocol = protocol;
  reply.begin();
  say(reply);
  return plain(reply.take());
}

const bytes = Buffer.from('<\0\xff>', 'latin1');
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

describe('a single value', () => {
  const cases: [string, (reply: Reply) => void, unknown, unknown?][] = [
    ['ok', (reply) => reply.ok(), { ok: 'OK' }],
    ['status', (reply) => reply.status('PONG'), { ok: 'PONG' }],
    ['error', (reply) => reply.error('ERR a\r\nb'), { err: 'ERR a  b', ignore_error_stats_update: true }],
    ['integer', (reply) => reply.integer(-5), -5],
    ['int64', (reply) => reply.int64(2n ** 62n), 2 ** 62],
    ['bulk', (reply) => reply.bulk(bytes, view, 1, 3), '\0\xff'],
    ['buffer', (reply) => reply.buffer(bytes.subarray(1, 3)), '\0\xff'],
    ['text', (reply) => reply.text('é'), '\xc3\xa9'],
    ['latin1', (reply) => reply.latin1('\xe9'), '\xe9'],
    [
      'verbatim',
      (reply) => reply.verbatim('é'),
      '\xc3\xa9',
      { verbatim_string: { format: 'txt', string: '\xc3\xa9' } },
    ],
    ['formatted', (reply) => reply.formatted('mkd', 'x'), 'x', { verbatim_string: { format: 'mkd', string: 'x' } }],
    ['double', (reply) => reply.double(0.1), '0.1', { double: 0.1 }],
    ['decimal', (reply) => reply.decimal('1.50'), '1.50', { double: 1.5 }],
    ['big number', (reply) => reply.bigNumber('123'), '123', { big_number: '123' }],
    ['true', (reply) => reply.boolean(true), 1, true],
    ['false', (reply) => reply.boolean(false), 0, false],
    ['null', (reply) => reply.null(), false, undefined],
    ['null array', (reply) => reply.nullArray(), false, undefined],
  ];

  it.each(cases)('%s', (_, say, resp2, ...resp3) => {
    expect(said(2, say)).toEqual(resp2);
    expect(said(3, say)).toEqual(resp3.length > 0 ? resp3[0] : resp2);
  });
});

describe('an aggregate', () => {
  it('of pairs is flat in RESP2', () => {
    const say = (reply: Reply): void => {
      reply.pairs(2);
      for (const member of ['a', 'b']) {
        reply.pair();
        reply.text(member);
        reply.double(1.5);
      }
    };
    expect(said(2, say)).toEqual(['a', '1.5', 'b', '1.5']);
    expect(said(3, say)).toEqual([
      ['a', { double: 1.5 }],
      ['b', { double: 1.5 }],
    ]);
  });

  it('of rows is an array of arrays in RESP2', () => {
    const say = (reply: Reply): void => {
      const table = reply.beginTable();
      reply.row();
      reply.text('k');
      reply.array(1);
      reply.integer(1);
      reply.endTable(table, 1);
      reply.ok();
    };
    expect(said(2, (reply) => [reply.array(2), say(reply)])).toEqual([[['k', [1]]], { ok: 'OK' }]);
    expect(said(3, (reply) => [reply.array(2), say(reply)])).toEqual([{ map: { k: [1] } }, { ok: 'OK' }]);
  });

  it('may hold errors, which are not errors of the whole', () => {
    const reply = new LuaReply();
    reply.begin();
    reply.array(1);
    reply.error('ERR inside');
    expect([reply.hasFailed, reply.errors]).toEqual([false, 1]);
    reply.begin();
    reply.error('ERR alone');
    expect([reply.hasFailed, reply.lastError]).toEqual([true, 'ERR alone']);
  });

  it('has gaps where RESP3 says null', () => {
    const reply = new LuaReply();
    reply.protocol = 3;
    reply.begin();
    reply.array(3);
    reply.null();
    reply.integer(2);
    reply.null();
    const table = reply.take() as LuaTable;
    expect([table.getInt(1), table.getInt(2), table.getInt(3)]).toEqual([undefined, 2, undefined]);
  });

  type Node = { kind: 'leaf'; value: number } | { kind: 'array' | 'set' | 'map'; deferred: boolean; children: Node[] };

  const { node } = fc.letrec<{ node: Node; leaf: Node; inner: Node }>((tie) => ({
    node: fc.oneof({ maxDepth: 5, depthSize: 'medium' }, tie('leaf'), tie('inner')),
    leaf: fc.record({ kind: fc.constant('leaf' as const), value: fc.nat() }),
    inner: fc.record({
      kind: fc.constantFrom('array' as const, 'set' as const, 'map' as const),
      deferred: fc.boolean(),
      children: fc.array(tie('node'), { maxLength: 6 }),
    }),
  }));

  function say(reply: Reply, { ...node }: Node): void {
    if (node.kind === 'leaf') return reply.integer(node.value);
    const children = node.kind === 'map' ? node.children.slice(node.children.length % 2) : node.children;
    const count = node.kind === 'map' ? children.length / 2 : children.length;
    const sayAll = (): void => {
      for (const child of children) say(reply, child);
    };
    if (!node.deferred) {
      reply[node.kind](count);
      return sayAll();
    }
    const deferred =
      node.kind === 'map' ? reply.beginMap() : node.kind === 'set' ? reply.beginSet() : reply.beginArray();
    sayAll();
    if (node.kind === 'map') reply.endMap(deferred, count);
    else if (node.kind === 'set') reply.endSet(deferred, count);
    else reply.endArray(deferred, count);
  }

  function expectedOf(node: Node): unknown {
    if (node.kind === 'leaf') return node.value;
    const children = node.kind === 'map' ? node.children.slice(node.children.length % 2) : node.children;
    return children.map(expectedOf);
  }

  it('is what was said, announced or deferred, however deep', () => {
    fc.assert(
      fc.property(node, (tree) => {
        expect(said(2, (reply) => say(reply, tree))).toEqual(expectedOf(tree));
      }),
    );
  });
});
