/** The engine's composition root: keyspace, commands and dispatch put together. Synchronous; no sockets, no files. */
import { bitfields } from './commands/bitfield.ts';
import { bitmaps } from './commands/bitmaps.ts';
import { blockingListPops } from './commands/blocking-list-pops.ts';
import { blockingSortedSetPops } from './commands/blocking-sorted-set-pops.ts';
import { copying } from './commands/copy.ts';
import { counters } from './commands/counters.ts';
import { databases } from './commands/databases.ts';
import { clusterDumps, dumps } from './commands/dump.ts';
import { expiry } from './commands/expiry.ts';
import { fieldCombinations } from './commands/field-combinations.ts';
import { fieldExpiry } from './commands/field-expiry.ts';
import { geo } from './commands/geo.ts';
import { geoSearches } from './commands/geo-search.ts';
import { hashWalks } from './commands/hash-walks.ts';
import { hashes } from './commands/hashes.ts';
import { hyperLogLogs } from './commands/hyperloglog.ts';
import { keys } from './commands/keys.ts';
import { subsequences } from './commands/lcs.ts';
import { listMoves } from './commands/list-moves.ts';
import { lists } from './commands/lists.ts';
import { listPositions } from './commands/lpos.ts';
import { object } from './commands/object.ts';
import { pubsub } from './commands/pubsub.ts';
import { scanning } from './commands/scan.ts';
import { setAlgebra } from './commands/set-algebra.ts';
import { setDraws } from './commands/set-draws.ts';
import { sets } from './commands/sets.ts';
import { sorting } from './commands/sort.ts';
import { sortedSetOperations } from './commands/sorted-set-operations.ts';
import { sortedSetPops } from './commands/sorted-set-pops.ts';
import { sortedSetRanges } from './commands/sorted-set-ranges.ts';
import { sortedSetScan } from './commands/sorted-set-scan.ts';
import { sortedSets } from './commands/sorted-sets.ts';
import type { Family } from './commands/spec.ts';
import { streamClaims } from './commands/stream-claims.ts';
import { streamDeletions } from './commands/stream-deletions.ts';
import { streamGroups } from './commands/stream-groups.ts';
import { streamIdempotence } from './commands/stream-idempotence.ts';
import { streamInfo } from './commands/stream-info.ts';
import { streamPending } from './commands/stream-pending.ts';
import { streamReads } from './commands/stream-reads.ts';
import { streams } from './commands/streams.ts';
import { strings } from './commands/strings.ts';
import { transactions } from './commands/transactions.ts';
import { waiting } from './commands/waiting.ts';
import type { Limits } from './dispatch/call.ts';
import { CommandTable } from './dispatch/command.ts';
import { COPYING, Dispatcher } from './dispatch/dispatch.ts';
import {
  type Guard,
  limitTracking,
  refuseWhenOutOfMemory,
  refuseWhileListening,
  requireAuthentication,
} from './dispatch/guard.ts';
import { waitForLargeCopies } from './dispatch/large-copy-guard.ts';
import type { Session } from './dispatch/session.ts';
import { refuseInTransaction } from './dispatch/transaction.ts';
import { Effects } from './effects/effects.ts';
import type { Clock } from './keyspace/clock.ts';
import { Evictor } from './keyspace/eviction.ts';
import { Keyspace } from './keyspace/keyspace.ts';
import { Notifications } from './listeners/notifications.ts';
import type { Heap } from './script/lua-state.ts';
import { Scripting } from './script/scripting.ts';

/** The commands that need nothing but the engine. */
const FAMILIES: readonly Family[] = [
  strings,
  counters,
  bitmaps,
  bitfields,
  subsequences,
  hashes,
  hashWalks,
  fieldExpiry,
  fieldCombinations,
  lists,
  listMoves,
  listPositions,
  blockingListPops,
  sets,
  setDraws,
  setAlgebra,
  sortedSets,
  sortedSetRanges,
  sortedSetPops,
  blockingSortedSetPops,
  sortedSetOperations,
  sortedSetScan,
  geo,
  geoSearches,
  hyperLogLogs,
  streams,
  streamDeletions,
  streamIdempotence,
  streamReads,
  streamGroups,
  streamPending,
  streamClaims,
  streamInfo,
  keys,
  copying,
  scanning,
  sorting,
  expiry,
  object,
  dumps,
  clusterDumps,
  databases,
  transactions,
  pubsub,
  waiting,
];

export interface EngineOptions {
  readonly clock: Clock;
  /** Unsigned 32-bit numbers: the hash key, eviction's samples, RANDOMKEY. */
  readonly random: () => number;
  readonly databases: number;
  /** Commands of what surrounds the engine (CONFIG, CLIENT, …). */
  readonly families: readonly Family[];
  /** What a script's memory is measured by; without it none is limited but by the length of its strings. */
  readonly heap?: Heap;
  /** Guards of what surrounds the engine, asked after authentication and before memory. */
  readonly guards: readonly Guard[];
}

export class Engine {
  readonly effects = new Effects();
  readonly keyspace: Keyspace;
  readonly commands = new CommandTable();
  readonly dispatcher: Dispatcher;
  readonly evictor: Evictor;
  readonly scripting: Scripting;
  readonly notifications: Notifications<Session>;
  readonly limits: Limits = {
    maxBulkBytes: 512 * 1024 * 1024,
    lazyFlush: false,
    compressesDumps: true,
    checksDumps: true,
  };

  /** `nobody` is the session that stands in before the first call. */
  constructor(options: EngineOptions, nobody: Session) {
    this.keyspace = new Keyspace(this.effects, options.random, options.clock.now(), options.databases);
    for (const family of [...FAMILIES, ...options.families]) this.commands.addFamily(family);
    this.evictor = new Evictor(this.keyspace, options.clock);
    const guards: Guard[] = [
      requireAuthentication,
      refuseInTransaction,
      (call) => this.dispatcher.interruption.refuse(call),
      ...options.guards,
      refuseWhenOutOfMemory(() => this.evictor.makeRoom()),
      limitTracking(() => this.dispatcher.tracking.makeRoom()),
      refuseWhileListening,
      waitForLargeCopies,
    ];
    this.dispatcher = new Dispatcher(this.keyspace, this.commands, this.limits, guards, options.clock, nobody);
    this.scripting = new Scripting(this.dispatcher, options.clock, options.heap);
    for (const family of this.scripting.families) this.commands.addFamily(family);
    this.notifications = new Notifications(this.effects, this.dispatcher.pubsub);
    this.keyspace.copies.whenActive = (active) => this.dispatcher.alert(COPYING, active);
  }
}
