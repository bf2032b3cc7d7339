/**
 * DEBUG HTSTATS: how full a hash table is and how long its chains are. Written as Redis's statistics are, with our buckets
 * of twelve entries: "table size" counts places for entries.
 */
import type { Arena, Ref } from '../../engine/memory/arena.ts';
import { type TableShape, tableCount, tableShape } from '../../engine/structures/hashtable.ts';

const SLOTS = 12;

export function describeTable(title: string, arena: Arena, table: Ref): string {
  const shape = tableShape(arena, table);
  const count = tableCount(arena, table);
  const moving =
    shape.movingTo === 0 ? '' : ` resizing to: ${shape.movingTo * SLOTS}\n buckets moved: ${shape.groupsMoved}\n`;
  return `[${title}]\n${sizes(shape, count)}${moving}`;
}

function sizes(shape: TableShape, count: number): string {
  if (count === 0) return 'No stats available for empty dictionaries\n';
  const facts = {
    'table size': shape.buckets * SLOTS,
    'number of elements': count,
    buckets: shape.buckets,
    'overflow buckets': shape.overflows,
    'elements per bucket': (count / shape.buckets).toFixed(2),
  };
  const lines = Object.entries(facts).map(([name, value]) => ` ${name}: ${value}\n`);
  return `Hash table 0 stats (main hash table):\n${lines.join('')}`;
}
