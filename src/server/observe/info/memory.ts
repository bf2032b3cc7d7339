/** INFO's section on memory. Replicas, the append-only file and the cluster bus take none: there are none yet. */
import { totalmem } from 'node:os';
import type { Scripting } from '../../../engine/script/scripting.ts';
import { humanBytes } from '../byte-size.ts';
import type { MemoryReport } from '../memory-usage.ts';
import type { Observed } from '../observed.ts';
import type { Fields } from './section.ts';

export const ALLOCATOR = 'hotset-arena';

export function memory({ memory, engine }: Observed): Fields {
  const report = memory.report();
  const { evictor, keyspace } = engine;
  return {
    ...inUse(report),
    total_system_memory: totalmem(),
    total_system_memory_human: humanBytes(totalmem()),
    ...scripts(engine.scripting),
    maxmemory: evictor.maxMemory,
    maxmemory_human: humanBytes(evictor.maxMemory),
    maxmemory_policy: evictor.policyName,
    ...fragmentation(report),
    mem_not_counted_for_evict: 0,
    mem_replication_backlog: 0,
    mem_total_replication_buffers: 0,
    mem_clients_slaves: 0,
    mem_clients_normal: report.clients,
    mem_cluster_links: 0,
    mem_aof_buffer: 0,
    mem_allocator: ALLOCATOR,
    active_defrag_running: 0,
    lazyfree_pending_objects: keyspace.lazyFree.pending,
    lazyfreed_objects: keyspace.lazyFree.freed,
    hotset_arena_used: report.arenaUsed,
    hotset_arena_reserved: report.arenaReserved,
    hotset_js_heap_used: report.heapUsed,
    hotset_js_heap_total: report.heapTotal,
  };
}

/** How many times the first is of the second; 0 of nothing. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function inUse(report: MemoryReport): Fields {
  return {
    used_memory: report.used,
    used_memory_human: humanBytes(report.used),
    used_memory_rss: report.resident,
    used_memory_rss_human: humanBytes(report.resident),
    used_memory_peak: report.peak,
    used_memory_peak_human: humanBytes(report.peak),
    used_memory_peak_perc: percent(report.peakPercent),
    used_memory_overhead: report.overhead,
    used_memory_startup: report.startup,
    used_memory_dataset: report.dataset,
    used_memory_dataset_perc: percent(report.datasetPercent),
    allocator_allocated: report.arenaUsed,
    allocator_active: report.arenaActive,
    allocator_resident: report.resident,
  };
}

/** Programs and what they make live on the JavaScript heap, where nobody can tell whose a byte is: the texts are counted. */
function scripts({ evaluator, functions }: Scripting): Fields {
  const { cache } = evaluator;
  const { libraries } = functions;
  const total = cache.bytes + libraries.bytes;
  return {
    used_memory_lua: 0,
    used_memory_vm_eval: 0,
    used_memory_lua_human: humanBytes(0),
    used_memory_scripts_eval: cache.bytes,
    number_of_cached_scripts: cache.size,
    number_of_functions: libraries.functionCount,
    number_of_libraries: libraries.size,
    used_memory_vm_functions: 0,
    used_memory_vm_total: 0,
    used_memory_vm_total_human: humanBytes(0),
    used_memory_functions: libraries.bytes,
    used_memory_scripts: total,
    used_memory_scripts_human: humanBytes(total),
  };
}

/**
 * The allocator's resident bytes are the process's: like a redis-server without jemalloc we cannot tell which of them are
 * the arena's.
 */
function fragmentation(report: MemoryReport): Fields {
  return {
    allocator_frag_ratio: ratio(report.arenaActive, report.arenaUsed).toFixed(2),
    allocator_frag_bytes: report.arenaActive - report.arenaUsed,
    allocator_rss_ratio: ratio(report.resident, report.arenaActive).toFixed(2),
    allocator_rss_bytes: report.resident - report.arenaActive,
    rss_overhead_ratio: (1).toFixed(2),
    rss_overhead_bytes: 0,
    mem_fragmentation_ratio: ratio(report.resident, report.used).toFixed(2),
    mem_fragmentation_bytes: report.resident - report.used,
  };
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}
