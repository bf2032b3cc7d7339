/** MEMORY: what a key costs, where memory goes, and giving some of it back. */
import { arch } from 'node:os';
import { helpRow } from '../../engine/commands/help.ts';
import { container, type Family, family, key, NO_KEYS, READONLY, RO, row } from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import { NO_REF } from '../../engine/memory/arena.ts';
import { tableBytes } from '../../engine/structures/hashtable.ts';
import { outsideValueBytes } from '../../engine/values/value.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import { collectGarbage } from '../js-heap.ts';
import { ALLOCATOR, ratio } from './info/memory.ts';
import { memoryDiagnosis } from './memory-doctor.ts';
import type { MemoryReport } from './memory-usage.ts';
import type { Observed } from './observed.ts';

const REPORT = { tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'] };

/** A key's place in the list of keys with a deadline. */
const DEADLINE_ENTRY_BYTES = 4;

const HELP = [
  'DOCTOR',
  '    Look for problems with memory.',
  'MALLOC-STATS',
  '    Tell how the memory of data is divided up.',
  'PURGE',
  '    Collect garbage and give free memory back to the system.',
  'STATS',
  '    Tell where memory goes.',
  'USAGE <key> [SAMPLES <count>]',
  '    Tell the bytes that a key, its value and its share of the index take. Of nested values <count> are looked at',
  '    (5 unless told, all with 0).',
];

export function memoryCommands(server: Observed): Family {
  return family('server', [
    container('MEMORY', [
      row('USAGE', usage, -3, READONLY, key(2, RO)),
      row('STATS', (_, __, reply) => stats(server, reply), 2, 0, NO_KEYS, REPORT),
      row('DOCTOR', (_, __, reply) => doctor(server, reply), 2, 0, NO_KEYS, REPORT),
      row('MALLOC-STATS', (_, __, reply) => allocatorStats(server, reply), 2, 0, NO_KEYS, REPORT),
      row('PURGE', (_, __, reply) => purge(reply), 2, 0, NO_KEYS, {
        tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
      }),
      helpRow('MEMORY', HELP),
    ]),
  ]);
}

/** However few elements MEMORY USAGE is asked to look at, it looks at so many: they take no time to speak of. */
const LEAST_SAMPLES = 4096;

/**
 * MEMORY USAGE key [SAMPLES count]: the block of the key and its value, and its share of the index. SAMPLES 0 looks at
 * every element.
 */
function usage(call: Call, args: Args, reply: Reply): void {
  let wanted = LEAST_SAMPLES;
  for (let i = 3; i < args.count; i += 2) {
    if (!args.is(i, 'samples') || i + 1 === args.count) return reply.error(ERR.syntax);
    const samples = args.int64(i + 1);
    if (samples === undefined) return reply.error(ERR.notInteger);
    if (samples < 0n) return reply.error(ERR.syntax);
    wanted = samples === 0n ? Number.POSITIVE_INFINITY : Math.max(LEAST_SAMPLES, Number(samples));
  }
  const { database } = call;
  const ref = database.find(args, 2);
  if (ref === NO_REF) return reply.null();
  const { arena, table, size } = database;
  const indexShare = Math.ceil(tableBytes(arena, table) / size);
  reply.integer(
    arena.sizeOf(ref) +
      outsideValueBytes(arena, ref, wanted) +
      indexShare +
      (database.hasDeadline(ref) ? DEADLINE_ENTRY_BYTES : 0),
  );
}

/** Redis's map; replicas, the log and the cluster bus take nothing yet. */
function stats({ memory, engine }: Observed, reply: Reply): void {
  const report = memory.report();
  const { evaluator, functions } = engine.scripting;
  const { startup, overhead, keys, dataset, arenaUsed, arenaActive, resident } = report;
  const map = reply.beginMap();
  let pairs = 0;
  const integers = (facts: Readonly<Record<string, number>>): void => {
    for (const [name, value] of Object.entries(facts)) {
      reply.text(name);
      reply.integer(value);
      pairs++;
    }
  };
  const double = (name: string, value: number): void => {
    reply.text(name);
    reply.double(value);
    pairs++;
  };
  integers({
    'peak.allocated': report.peak,
    'total.allocated': report.used,
    'startup.allocated': startup,
    'replication.backlog': 0,
    'clients.slaves': 0,
    'clients.normal': report.clients,
    'cluster.links': 0,
    'aof.buffer': 0,
    'lua.caches': evaluator.cache.bytes,
    'functions.caches': functions.libraries.bytes,
  });
  pairs += replyDatabases(report, reply);
  integers({
    'overhead.total': overhead,
    'keys.count': keys,
    'keys.bytes-per-key': keys === 0 ? 0 : Math.round((report.used - startup) / keys),
    'dataset.bytes': dataset,
  });
  double('dataset.percentage', report.datasetPercent);
  double('peak.percentage', report.peakPercent);
  integers({ 'allocator.allocated': arenaUsed, 'allocator.active': arenaActive, 'allocator.resident': resident });
  double('allocator-fragmentation.ratio', ratio(arenaActive, arenaUsed));
  integers({ 'allocator-fragmentation.bytes': arenaActive - arenaUsed });
  double('allocator-rss.ratio', ratio(resident, arenaActive));
  integers({ 'allocator-rss.bytes': resident - arenaActive });
  double('rss-overhead.ratio', 1);
  integers({ 'rss-overhead.bytes': 0 });
  double('fragmentation', ratio(resident, report.used));
  integers({ 'fragmentation.bytes': resident - report.used });
  reply.endMap(map, pairs);
}

function replyDatabases({ databases }: MemoryReport, reply: Reply): number {
  for (const { index, mainBytes, expiresBytes } of databases) {
    reply.text(`db.${index}`);
    reply.map(3);
    reply.text('overhead.hashtable.main');
    reply.integer(mainBytes);
    reply.text('overhead.hashtable.expires');
    reply.integer(expiresBytes);
    reply.text('overhead.hashtable.slot-to-keys');
    reply.integer(0);
  }
  return databases.length;
}

function doctor({ memory, engine, clients }: Observed, reply: Reply): void {
  const { maxMemory, policyName } = engine.evictor;
  const conditions = { maxMemory, policy: policyName, connectedClients: clients.all.size };
  reply.verbatim(memoryDiagnosis(memory.report(), conditions));
}

function allocatorStats({ memory, engine }: Observed, reply: Reply): void {
  const report = memory.report();
  const { arena } = engine.keyspace;
  const lines = {
    allocator: `${ALLOCATOR}, Node.js ${process.versions.node} on ${arch()}`,
    segments: arena.segmentsInUse,
    'bytes reserved in segments': report.arenaReserved,
    'bytes of slabs and runs in use': report.arenaActive,
    'bytes of live blocks': report.arenaUsed,
    'free slabs': arena.slabs.unownedTotal,
    'bytes of the JavaScript heap': report.heapTotal,
    'bytes of JavaScript objects': report.heapUsed,
    'resident bytes': report.resident,
  };
  reply.verbatim(
    Object.entries(lines)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(''),
  );
}

/** Empty segments are given back as they empty; what waits is garbage on the JavaScript heap. */
function purge(reply: Reply): void {
  collectGarbage();
  reply.ok();
}
