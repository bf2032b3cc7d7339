/** A quicklist beside the array that says what must be in it; reading one from its bytes alone, and proof that it is whole. */
import { expect } from 'vitest';
import { expectBlocks } from '../memory/arena.testing.ts';
import { Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { EMPTY_LISTPACK_BYTES, elementBytes, LISTPACK_END, ListpackCursor, previousElement } from './listpack.ts';
import {
  insertElementAt,
  nodeByteLimit,
  nodeCountLimit,
  type Place,
  pushElement,
  removeEqual,
  removeFromEnd,
  replaceElementAt,
  seekElement,
} from './quicklist.ts';
import { endNode, newQuicklist, nextNode, previousNode, quicklistBytes, quicklistLength } from './quicklist-chain.ts';
import { NODE_HEADER_BYTES, nodeBytes, nodeCount, nodeListpack } from './quicklist-node.ts';

const EMPTY = new Uint8Array([EMPTY_LISTPACK_BYTES, 0, 0, 0, 0, 0, LISTPACK_END]);

export interface SeenQuicklist {
  /** The elements, a character a byte. */
  readonly elements: string[];
  /** The blocks of header and nodes, with the bytes they need. */
  readonly blocks: Map<Ref, number>;
}

/** Everything in the list. Fails when nodes, links and counts contradict each other, or nodes pass the limits of `fill`. */
export function seeQuicklist(arena: Arena, list: Ref, fill: number): SeenQuicklist {
  const elements: string[] = [];
  const blocks = new Map<Ref, number>([[list, 16]]);
  let previous = NO_REF;
  for (let node = endNode(arena, list, true); node !== NO_REF; node = nextNode(arena, node)) {
    if (blocks.has(node)) expect.fail('a node is in the list twice');
    if (previousNode(arena, node) !== previous) expect.fail('a node does not know the one before it');
    const count = seeNode(arena, node, elements);
    const needed = NODE_HEADER_BYTES + nodeBytes(arena, node);
    if (count === 0) expect.fail('a node is empty');
    if (count > nodeCountLimit(fill)) expect.fail(`a node has ${count} elements`);
    if (count > 1 && needed > nodeByteLimit(fill)) expect.fail(`a node of ${count} elements takes ${needed} bytes`);
    blocks.set(node, needed);
    previous = node;
  }
  if (endNode(arena, list, false) !== previous) expect.fail('the last node is not the last');
  if (quicklistLength(arena, list) !== elements.length) expect.fail('the length is not the number of elements');
  return { elements, blocks };
}

/** Appends the node's elements to `elements`; returns how many they are. */
function seeNode(arena: Arena, node: Ref, elements: string[]): number {
  const bytes = arena.bytes[node >>> 22];
  const view = arena.views[node >>> 22];
  const block = (node & 0x3fffff) << 4;
  const pack = nodeListpack(arena, node);
  const end = pack + nodeBytes(arena, node) - 1;
  if (pack < block + NODE_HEADER_BYTES || end >= block + arena.sizeOf(node)) expect.fail('a listpack leaves its block');
  const cursor = new ListpackCursor();
  let count = 0;
  let p = pack + 6;
  while (bytes[p] !== LISTPACK_END) {
    const next = cursor.read(bytes, view, p);
    if (next !== p + elementBytes(bytes, view, p) || previousElement(bytes, next) !== p) expect.fail('a wrong length');
    elements.push(cursor.bytes.toString('latin1', cursor.start, cursor.end));
    p = next;
    count++;
  }
  if (p !== end || nodeCount(arena, node) !== count) expect.fail('a wrong count, or an end mark in a wrong place');
  return count;
}

/** A list and the array it should be. */
export class Twin {
  readonly arena = new Arena();
  readonly list: Ref;
  fill: number;
  model: string[] = [];
  private readonly cursor = new ListpackCursor();

  constructor(fill: number, pack: Uint8Array = EMPTY) {
    const { bytes, view } = sourceOf(pack);
    this.list = newQuicklist(this.arena, bytes, view, 0, bytes.length);
    this.fill = fill;
  }

  push(text: string, atHead: boolean): void {
    const { bytes, view } = source(text);
    pushElement(this.arena, this.list, this.fill, atHead, bytes, view, 0, bytes.length);
    if (atHead) this.model.unshift(text);
    else this.model.push(text);
  }

  pop(count: number, atHead: boolean): void {
    const taken = Math.min(count, this.model.length);
    removeFromEnd(this.arena, this.list, this.fill, atHead, taken);
    this.model.splice(atHead ? 0 : this.model.length - taken, taken);
  }

  insert(text: string, where: number, isAfter = false): void {
    if (this.model.length === 0) return;
    const index = where % this.model.length;
    const { node, offset } = this.seek(index);
    const { bytes, view } = source(text);
    const at = nodeListpack(this.arena, node) + offset;
    const pivot = isAfter ? elementBytes(this.arena.bytes[node >>> 22], this.arena.views[node >>> 22], at) : 0;
    insertElementAt(this.arena, this.list, this.fill, node, offset + pivot, bytes, view, 0, bytes.length);
    this.model.splice(isAfter ? index + 1 : index, 0, text);
  }

  replace(text: string, where: number): void {
    if (this.model.length === 0) return;
    const index = where % this.model.length;
    const { node, offset } = this.seek(index);
    const { bytes, view } = source(text);
    replaceElementAt(this.arena, this.list, this.fill, node, offset, bytes, view, 0, bytes.length);
    this.model[index] = text;
  }

  /** Removes up to `limit` elements equal to `text`, from one element on. */
  remove(text: string, where: number, limit: number): void {
    if (this.model.length === 0) return;
    const from = where % this.model.length;
    const { node, offset } = this.seek(from);
    const { bytes, view } = source(text);
    const gone = removeEqual(this.arena, this.list, node, offset, limit, bytes, view, 0, bytes.length);
    let left = limit;
    const before = this.model.length;
    this.model = this.model.filter((element, i) => i < from || element !== text || left-- <= 0);
    expect(gone).toBe(before - this.model.length);
  }

  /** The element at `index`, found from the nearer end. */
  read(index: number): string {
    const { node, offset } = this.seek(index);
    return this.textAt(node, offset);
  }

  /** Fails unless the list is the array. */
  check(): void {
    const { elements } = seeQuicklist(this.arena, this.list, this.fill);
    const wrong = elements.findIndex((element, i) => element !== this.model[i]);
    if (wrong !== -1 || elements.length !== this.model.length) {
      expect.fail(`of ${elements.length} elements, ${this.model.length} in the model, the one at ${wrong} is wrong`);
    }
    expect(quicklistBytes(this.arena, this.list)).toBe(this.arena.used);
  }

  /** Fails unless the list's blocks are the arena's. Slow. */
  checkBlocks(): void {
    expectBlocks(this.arena, seeQuicklist(this.arena, this.list, this.fill).blocks);
  }

  private seek(index: number): Place {
    const place: Place = { node: NO_REF, offset: 0 };
    seekElement(this.arena, this.list, index, place);
    if (this.textAt(place.node, place.offset) !== this.model[index]) expect.fail(`element ${index} was not found`);
    return place;
  }

  private textAt(node: Ref, offset: number): string {
    const { cursor, arena } = this;
    cursor.read(arena.bytes[node >>> 22], arena.views[node >>> 22], nodeListpack(arena, node) + offset);
    return cursor.bytes.toString('latin1', cursor.start, cursor.end);
  }
}

/** A text's bytes, a byte a character. */
export function source(text: string): { bytes: Buffer; view: DataView } {
  return sourceOf(Buffer.from(text, 'latin1'));
}

function sourceOf(from: Uint8Array): { bytes: Buffer; view: DataView } {
  const bytes = Buffer.from(from);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}
