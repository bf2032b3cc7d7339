/**
 * Where memory goes, for INFO, MEMORY STATS, MEMORY DOCTOR and MEMORY MALLOC-STATS, which therefore agree.
 *
 *   used       what `maxmemory` is compared with: data, its index, buffers of connections
 *   overhead   the part of it that is no data
 *   resident   what the operating system counts: used, free blocks of the arena, the JavaScript heap, Node.js itself
 */
import { getHeapStatistics } from 'node:v8';
import type { Engine } from '../../engine/engine.ts';
import type { Database } from '../../engine/keyspace/database.ts';
import { type Arena, SEGMENT_BYTES } from '../../engine/memory/arena.ts';
import { tableBytes } from '../../engine/structures/hashtable.ts';
import type { Clients } from '../net/clients.ts';

const SLAB_BYTES = 64 * 1024;

export interface DatabaseMemory {
  readonly index: number;
  readonly mainBytes: number;
  readonly expiresBytes: number;
}

export interface MemoryReport {
  readonly used: number;
  readonly peak: number;
  readonly startup: number;
  readonly overhead: number;
  readonly dataset: number;
  /** Share of the data in what was added since the start, in percent. */
  readonly datasetPercent: number;
  readonly peakPercent: number;
  readonly resident: number;
  readonly clients: number;
  /** Databases that hold keys. */
  readonly databases: readonly DatabaseMemory[];
  readonly keys: number;
  /** Bytes of live blocks, of the slabs and runs they lie in, and of all segments. */
  readonly arenaUsed: number;
  readonly arenaActive: number;
  readonly arenaReserved: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
}

export class MemoryUsage {
  /** Bytes used when the server was ready to start. */
  readonly startup: number;
  /** The highest `used` seen, ten times a second and at every report. */
  private peak: number;
  private resident: number;
  private readonly engine: Engine;
  private readonly clients: Clients;

  /** Makes the evictor count what connections need. */
  constructor(engine: Engine, clients: Clients) {
    this.engine = engine;
    this.clients = clients;
    engine.evictor.otherBytes = () => this.bufferBytes + engine.dispatcher.tracking.bytes;
    engine.evictor.passingBytes = () => clients.memory.excess;
    this.startup = engine.evictor.usedBytes;
    this.peak = this.startup;
    this.resident = process.memoryUsage.rss();
  }

  /** Bytes used now. */
  get used(): number {
    return this.engine.evictor.usedBytes;
  }

  /** Bytes of the buffers that all connections share and of their own. */
  get bufferBytes(): number {
    const { traffic, out, bufferBytes } = this.clients;
    return traffic.input.length + out.bytes.length + bufferBytes;
  }

  /** Called `hz` times a second. */
  tick(): void {
    this.peak = Math.max(this.peak, this.used);
    this.resident = process.memoryUsage.rss();
  }

  report(): MemoryReport {
    const { arena, databases } = this.engine.keyspace;
    const used = this.used;
    this.peak = Math.max(this.peak, used);
    let overhead = this.bufferBytes + this.engine.dispatcher.tracking.bytes;
    let keys = 0;
    for (const database of databases) {
      overhead += database.indexBytes;
      keys += database.size;
    }
    const dataset = used - overhead;
    const heap = getHeapStatistics();
    return {
      used,
      peak: this.peak,
      startup: this.startup,
      overhead,
      dataset,
      datasetPercent: used > this.startup ? (dataset * 100) / (used - this.startup) : 0,
      peakPercent: (used * 100) / this.peak,
      resident: this.resident,
      clients: this.clients.bufferBytes,
      databases: databases.filter(({ size }) => size > 0).map(memoryOf),
      keys,
      arenaUsed: arena.used,
      arenaActive: activeBytes(arena),
      arenaReserved: arena.reserved,
      heapUsed: heap.used_heap_size,
      heapTotal: heap.total_heap_size,
    };
  }
}

function memoryOf(database: Database): DatabaseMemory {
  const { index, arena, table, volatile } = database;
  return { index, mainBytes: tableBytes(arena, table), expiresBytes: volatile.bytes };
}

/** Bytes of everything that holds a live block: all segments without the slabs and pages that are free. */
function activeBytes(arena: Arena): number {
  let active = arena.reserved - arena.slabs.unownedTotal * SLAB_BYTES;
  for (const run of arena.runs) active -= (run.freePages * SEGMENT_BYTES) / run.lengths.length;
  return active;
}
