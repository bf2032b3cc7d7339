import { expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { Arena } from '../memory/arena.ts';
import { appendEntry, blockBytes, blockMoves, newBlock } from './stream-block.ts';
import { StreamId } from './stream-id.ts';

test('a block that may grow without end moves seldom, and has little room to spare', () => {
  const arena = new Arena();
  const source = Args.of([Buffer.from('field'), Buffer.alloc(1000, 'v')]);
  const master = new StreamId();
  master.setTime(1);
  const id = new StreamId();
  id.copy(master);
  let block = newBlock(arena, source, 0, 1, 0);
  const before = blockMoves();
  for (let i = 0; i < 10_000; i++) {
    id.increment();
    block = appendEntry(arena, block, master, id, source, 0, 1, 8192);
  }
  expect(blockBytes(arena, block)).toBeGreaterThan(10_000_000);
  expect(blockMoves() - before).toBeLessThan(100);
  expect(arena.sizeOf(block)).toBeLessThan(blockBytes(arena, block) * 1.2);
});
