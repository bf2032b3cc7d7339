/** Reading a quicklist from its bytes alone, and proof that it is whole. */
import { expect } from 'vitest';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { elementBytes, LISTPACK_END, ListpackCursor, previousElement } from './listpack.ts';
import { endNode, nextNode, nodeByteLimit, nodeCountLimit, previousNode, quicklistLength } from './quicklist.ts';
import { NODE_HEADER_BYTES, nodeBytes, nodeCount, nodeListpack } from './quicklist-node.ts';

export interface SeenQuicklist {
  /** The elements, a character a byte. */
  readonly elements: string[];
  /** The blocks of header and nodes, with the bytes they need. */
  readonly blocks: Map<Ref, number>;
}

/** Everything in the list. Fails when nodes, links, counts and limits contradict each other. */
export function seeQuicklist(arena: Arena, list: Ref, fill: number): SeenQuicklist {
  const elements: string[] = [];
  const blocks = new Map<Ref, number>([[list, 16]]);
  let previous = NO_REF;
  for (let node = endNode(arena, list, true); node !== NO_REF; node = nextNode(arena, node)) {
    expect(blocks.has(node)).toBe(false);
    expect(previousNode(arena, node)).toBe(previous);
    const seen = seeNode(arena, node);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.length).toBeLessThanOrEqual(nodeCountLimit(fill));
    if (seen.length > 1) expect(NODE_HEADER_BYTES + nodeBytes(arena, node)).toBeLessThanOrEqual(nodeByteLimit(fill));
    for (const element of seen) elements.push(element);
    blocks.set(node, NODE_HEADER_BYTES + nodeBytes(arena, node));
    previous = node;
  }
  expect(endNode(arena, list, false)).toBe(previous);
  expect(quicklistLength(arena, list)).toBe(elements.length);
  return { elements, blocks };
}

function seeNode(arena: Arena, node: Ref): string[] {
  const bytes = arena.bytes[node >>> 22];
  const view = arena.views[node >>> 22];
  const block = (node & 0x3fffff) << 4;
  const pack = nodeListpack(arena, node);
  const end = pack + nodeBytes(arena, node) - 1;
  expect(pack).toBeGreaterThanOrEqual(block + NODE_HEADER_BYTES);
  expect(end).toBeLessThan(block + arena.sizeOf(node));
  const cursor = new ListpackCursor();
  const elements: string[] = [];
  let p = pack + 6;
  while (bytes[p] !== LISTPACK_END) {
    const next = cursor.read(bytes, view, p);
    expect(next).toBe(p + elementBytes(bytes, view, p));
    expect(previousElement(bytes, next)).toBe(p);
    elements.push(cursor.bytes.toString('latin1', cursor.start, cursor.end));
    p = next;
  }
  expect(p).toBe(end);
  expect(nodeCount(arena, node)).toBe(elements.length);
  return elements;
}
