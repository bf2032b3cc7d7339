import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputBuffer } from './output-buffer.ts';
import type { Reply } from './reply.ts';
import { Resp2Reply } from './resp2-reply.ts';
import { Resp3Reply } from './resp3-reply.ts';

/*
 * One suite for the sinks that write bytes. A random tree of replies is said to a sink, aggregates announced or deferred,
 * and a reader that knows nothing of the sinks must find the same tree again.
 */

/** What is said. `deferred` aggregates get their length afterwards. */
type Node =
  | { kind: 'ok' | 'null' | 'nullArray' }
  | { kind: 'status' | 'error' | 'text' | 'verbatim' | 'bulk' | 'buffer' | 'latin1' | 'bigNumber'; value: string }
  | { kind: 'formatted'; format: string; value: string }
  | { kind: 'integer' | 'double'; value: number }
  | { kind: 'int64'; value: bigint }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'array' | 'set' | 'map' | 'push'; deferred: boolean; children: Node[] };

/** What a reader finds: a marker and a text, or a marker and elements. */
type Found = string | { marker: string; elements: Found[] };

function say(reply: Reply, node: Node): void {
  switch (node.kind) {
    case 'ok':
    case 'null':
    case 'nullArray':
      return reply[node.kind]();
    case 'integer':
    case 'double':
      return reply[node.kind](node.value);
    case 'int64':
      return reply.int64(node.value);
    case 'boolean':
      return reply.boolean(node.value);
    case 'status':
    case 'error':
    case 'text':
    case 'verbatim':
    case 'latin1':
    case 'bigNumber':
      return reply[node.kind](node.value);
    case 'formatted':
      return reply.formatted(node.format, node.value);
    case 'buffer':
      return reply.buffer(Buffer.from(node.value, 'latin1'));
    case 'bulk': {
      const bytes = Buffer.from(`<${node.value}>`, 'latin1');
      return reply.bulk(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1, bytes.length - 1);
    }
    default:
      return sayAggregate(reply, node);
  }
}

function sayAggregate(reply: Reply, { kind, deferred, children }: Extract<Node, { children: Node[] }>): void {
  const length = kind === 'map' ? children.length / 2 : children.length;
  if (!deferred || kind === 'push') {
    reply[kind](length);
    for (const child of children) say(reply, child);
    return;
  }
  const place = kind === 'map' ? reply.beginMap() : kind === 'set' ? reply.beginSet() : reply.beginArray();
  for (const child of children) say(reply, child);
  if (kind === 'map') reply.endMap(place, length);
  else if (kind === 'set') reply.endSet(place, length);
  else reply.endArray(place, length);
}

/** What a reader must find for a node in RESP2 and in RESP3. */
function expected(node: Node, protocol: 2 | 3): Found {
  switch (node.kind) {
    case 'ok':
      return '+OK';
    case 'null':
      return protocol === 2 ? '$null' : '_';
    case 'nullArray':
      return protocol === 2 ? '*null' : '_';
    case 'status':
      return `+${node.value}`;
    case 'error':
      return `-${node.value.replaceAll('\r', ' ').replaceAll('\n', ' ')}`;
    case 'integer':
    case 'int64':
      return `:${node.value}`;
    case 'boolean':
      return protocol === 2 ? `:${Number(node.value)}` : `#${node.value ? 't' : 'f'}`;
    case 'double':
      return `${protocol === 2 ? '$' : ','}${node.value}`;
    case 'bulk':
    case 'buffer':
    case 'latin1':
      return `$${node.value}`;
    case 'bigNumber':
      return `${protocol === 2 ? '$' : '('}${node.value}`;
    case 'formatted':
      return (protocol === 2 ? '$' : `=${node.format}:`) + node.value;
    case 'text':
      return `$${Buffer.from(node.value).toString('latin1')}`;
    case 'verbatim':
      return (protocol === 2 ? '$' : '=txt:') + Buffer.from(node.value).toString('latin1');
    default: {
      const marker = { array: '*', set: '~', map: '%', push: '>' }[node.kind];
      return {
        marker: protocol === 2 ? '*' : marker,
        elements: node.children.map((child) => expected(child, protocol)),
      };
    }
  }
}

/** Reads all replies in a text, a character a byte. */
function readAll(text: string): Found[] {
  const replies: Found[] = [];
  for (let at = 0; at < text.length; ) {
    const { found, next } = read(text, at);
    replies.push(found);
    at = next;
  }
  return replies;
}

function read(text: string, at: number): { found: Found; next: number } {
  const lineEnd = text.indexOf('\r\n', at);
  if (lineEnd < 0) throw new Error('a line without an end');
  const marker = text[at];
  const line = text.slice(at + 1, lineEnd);
  const behind = lineEnd + 2;
  if ('+-:#,_('.includes(marker)) return { found: marker + line, next: behind };
  if (!/^(-1|0|[1-9]\d*)$/.test(line)) throw new Error(`the length ${line}`);
  const length = Number(line);
  if (length < 0) return { found: `${marker}null`, next: behind };
  if ('$='.includes(marker)) {
    if (text.slice(behind + length, behind + length + 2) !== '\r\n') throw new Error('a body of another length');
    return { found: marker + text.slice(behind, behind + length), next: behind + length + 2 };
  }
  const elements: Found[] = [];
  let next = behind;
  for (let left = marker === '%' ? 2 * length : length; left > 0; left--) {
    const element = read(text, next);
    elements.push(element.found);
    next = element.next;
  }
  return { found: { marker, elements }, next };
}

const byteText = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 190, max: 90_000 }).map((length) => 'x'.repeat(length)) },
);
const line = fc.string({ unit: fc.constantFrom(...'abc XYZ-09\t'), maxLength: 100 });
const { tree } = fc.letrec<{ tree: Node; leaf: Node; aggregate: Node }>((tie) => ({
  tree: fc.oneof({ maxDepth: 6, depthSize: 'medium' }, tie('leaf'), tie('aggregate')),
  leaf: fc.oneof(
    fc.record({ kind: fc.constantFrom('ok', 'null', 'nullArray') }),
    fc.record({ kind: fc.constant('status'), value: line }),
    fc.record({
      kind: fc.constant('error'),
      value: fc.string({ unit: fc.constantFrom('E', ' ', '\r', '\n', '\xe9') }),
    }),
    fc.record({ kind: fc.constantFrom('bulk', 'buffer', 'latin1'), value: byteText }),
    fc.record({ kind: fc.constant('bigNumber'), value: fc.bigInt().map(String) }),
    fc.record({ kind: fc.constant('formatted'), format: fc.constantFrom('txt', 'mkd'), value: byteText }),
    fc.record({ kind: fc.constantFrom('text', 'verbatim'), value: fc.string({ unit: 'grapheme', maxLength: 80 }) }),
    fc.record({ kind: fc.constant('integer'), value: fc.oneof(fc.integer(), fc.maxSafeInteger()) }),
    fc.record({ kind: fc.constant('double'), value: fc.constantFrom(0, 1.5, -3, 0.1, 1234.5678) }),
    fc.record({ kind: fc.constant('int64'), value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }),
    fc.record({ kind: fc.constant('boolean'), value: fc.boolean() }),
  ) as fc.Arbitrary<Node>,
  aggregate: fc
    .record({
      kind: fc.constantFrom('array', 'set', 'map', 'push'),
      deferred: fc.boolean(),
      children: fc.array(tie('tree'), { maxLength: 14 }),
    })
    .map((node) => (node.kind === 'map' && node.children.length % 2 === 1 ? { ...node, kind: 'array' } : node) as Node),
}));

const SINKS = [
  { protocol: 2, Sink: Resp2Reply },
  { protocol: 3, Sink: Resp3Reply },
] as const;

describe.each(SINKS)('RESP$protocol', ({ protocol, Sink }) => {
  function replied(speak: (reply: Reply) => void): string {
    const out = new OutputBuffer();
    speak(new Sink(out));
    return out.bytes.toString('latin1', 0, out.at);
  }

  it('says what it is told, however deep and long', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 5 }), (nodes) => {
        const text = replied((reply) => {
          for (const node of nodes) say(reply, node);
        });
        expect(readAll(text)).toEqual(nodes.map((node) => expected(node, protocol)));
      }),
      { numRuns: 250 },
    );
  });

  it('puts deferred lengths in their places while the buffer grows', () => {
    const bulk: Node = { kind: 'bulk', value: 'x'.repeat(30_000) };
    let node: Node = { kind: 'array', deferred: true, children: [bulk] };
    for (let depth = 0; depth < 12; depth++) {
      node = { kind: depth % 2 === 0 ? 'map' : 'array', deferred: true, children: [{ kind: 'ok' }, node, bulk, bulk] };
    }
    expect(readAll(replied((reply) => say(reply, node)))).toEqual([expected(node, protocol)]);
    const wide: Node = {
      kind: 'array',
      deferred: true,
      children: new Array(100_000).fill({ kind: 'integer', value: 7 }),
    };
    expect(replied((reply) => say(reply, wide))).toBe(`*100000\r\n${':7\r\n'.repeat(100_000)}`);
  });

  it('writes bulk strings of any length', () => {
    for (const length of [0, 1, 9, 10, 191, 192, 193, 65_533, 65_536, 3_000_000]) {
      const value = 'v'.repeat(length);
      for (const kind of ['bulk', 'buffer', 'text'] as const) {
        expect(replied((reply) => say(reply, { kind, value })) === `$${length}\r\n${value}\r\n`).toBe(true);
      }
    }
  });

  it('lets no error break the stream, and remembers it', () => {
    const out = new OutputBuffer();
    const reply = new Sink(out);
    reply.error("ERR unknown command 'a\r\nb'\n");
    expect(out.bytes.toString('latin1', 0, out.at)).toBe("-ERR unknown command 'a  b' \r\n");
    expect([reply.errors, reply.lastError]).toEqual([1, "ERR unknown command 'a\r\nb'\n"]);
    reply.ok();
    reply.error('WRONGTYPE');
    expect([reply.errors, reply.lastError]).toEqual([2, 'WRONGTYPE']);
  });

  it('writes doubles without a number to spell', () => {
    const of = (value: number) => replied((reply) => reply.double(value));
    const spelled = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0].map(of);
    expect(spelled).toEqual(
      protocol === 2
        ? ['$3\r\ninf\r\n', '$4\r\n-inf\r\n', '$3\r\nnan\r\n', '$2\r\n-0\r\n']
        : [',inf\r\n', ',-inf\r\n', ',nan\r\n', ',-0\r\n'],
    );
  });

  it('writes text as UTF-8 and counts its bytes', () => {
    const text = 'ä€😀\ud800';
    const bytes = Buffer.from(text);
    expect(replied((reply) => reply.text(text))).toBe(`$${bytes.length}\r\n${bytes.toString('latin1')}\r\n`);
  });
});
