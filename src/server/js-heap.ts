/** The JavaScript heap: collecting its garbage at once, which Node.js offers only behind a flag. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Collects all garbage. Stops everything meanwhile. */
export function collectGarbage(): void {
  collect ??= garbageCollector();
  collect();
}

/** Bytes of live objects and of garbage not yet collected. */
export function heapUsedBytes(): number {
  return getHeapStatistics().used_heap_size;
}

/** The same with what objects hold outside of the heap, as long strings do; array buffers are not counted. */
export function heldBytes(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external - arrayBuffers;
}

/** The flag makes the function appear in contexts made from then on; turned off again, nobody else sees it. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const found: () => void = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return found;
}
