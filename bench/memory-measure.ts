// What a million keys cost: `used_memory` growth per key, resident memory, and how much of Hotset's data is on the JavaScript heap.
// Each server is started anew, so that nothing left from other tests is counted, and given a moment after loading to finish
// moving its table and to free its input buffers.

import { setTimeout as sleep } from 'node:timers/promises';
import type { MeasureResult } from './measure.ts';
import { usedMemoryBytes } from './memory-info.ts';
import type { Settings } from './options.ts';
import { takeTurns } from './pair.ts';
import { residentBytes } from './process-usage.ts';
import { load } from './rates.ts';
import { type RunningServer, withServer } from './server-process.ts';

interface MemoryFacts {
  readonly usedPerKey: number;
  readonly resident: number;
  readonly heapGrowth: number;
}

const COLLECTIONS = [
  ['smallHashes', 'used_memory growth, a million hashes of 5 fields'],
  ['ranking', 'used_memory growth, a sorted set of a million members'],
  ['elements', 'used_memory growth, a list of a million elements'],
] as const;
const POLL_MILLIS = 500;
const MOST_POLLS = 40;
const STEADY_BYTES = 4_096;

export async function measureMemory(settings: Settings, say: (text: string) => void): Promise<MeasureResult[]> {
  const { hotset, redis } = await takeTurns(0, (name) =>
    withServer({ name, command: settings.commands[name] }, (server) => {
      say(`memory: ${name}: loading ${settings.keys} keys`);
      return loadAndWeigh(server, settings);
    }),
  );
  const row = (figure: string, title: string, unit: 'bytes' | 'MB', fact: keyof MemoryFacts): MeasureResult => ({
    figure,
    title,
    unit,
    hotset: hotset[fact],
    redis: redis[fact],
    ratio: hotset[fact] / redis[fact],
  });
  const keys = settings.keys.toLocaleString('en');
  return [
    row('used-memory-per-key', `used_memory growth per key (${keys} keys)`, 'bytes', 'usedPerKey'),
    row('resident-after-load', `RSS after loading ${keys} keys`, 'MB', 'resident'),
    row('javascript-heap-growth', `JavaScript heap growth for ${keys} keys`, 'MB', 'heapGrowth'),
  ];
}

/** The growth of `used_memory` that a million small hashes, members and elements cause. */
export async function measureCollections(settings: Settings, say: (text: string) => void): Promise<MeasureResult[]> {
  const results: MeasureResult[] = [];
  for (const [dataset, title] of COLLECTIONS) {
    const { hotset, redis } = await takeTurns(0, (name) =>
      withServer({ name, command: settings.commands[name] }, async (server) => {
        say(`collections: ${name}: loading ${dataset}`);
        const before = await usedMemoryBytes(server);
        await load(server, dataset, settings);
        return (await steadyUsedMemory(server)) - before;
      }),
    );
    results.push({ figure: `used-memory-${dataset}`, title, unit: 'MB', hotset, redis, ratio: hotset / redis });
  }
  return results;
}

async function loadAndWeigh(server: RunningServer, settings: Settings): Promise<MemoryFacts> {
  const heapBefore = await javascriptHeapBytes(server);
  const usedBefore = await usedMemoryBytes(server);
  await load(server, 'strings', settings);
  const size = await server.control.dbsize();
  if (size !== settings.keys) throw new Error(`${server.name} holds ${size} keys after loading ${settings.keys}`);
  const used = await steadyUsedMemory(server);
  return {
    usedPerKey: (used - usedBefore) / settings.keys,
    resident: residentBytes(server.pid),
    heapGrowth: (await javascriptHeapBytes(server)) - heapBefore,
  };
}

async function steadyUsedMemory(server: RunningServer): Promise<number> {
  let last = await usedMemoryBytes(server);
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    await sleep(POLL_MILLIS);
    const used = await usedMemoryBytes(server);
    if (Math.abs(used - last) <= STEADY_BYTES) return used;
    last = used;
  }
  return last;
}

/** Bytes in use on the JavaScript heap after a forced collection; NaN of a server that has no such heap or does not tell. */
async function javascriptHeapBytes(server: RunningServer): Promise<number> {
  if (server.name === 'redis') return Number.NaN;
  try {
    return Number(await server.control.call('DEBUG', 'JSHEAP'));
  } catch {
    return Number.NaN;
  }
}
