/** INFO's section of counters and rates. What Hotset does not have (children, replicas, threads) counts 0. */
import type { Dispatcher } from '../../../engine/dispatch/dispatch.ts';
import type { Observed } from '../observed.ts';
import type { Fields } from './section.ts';

export function stats({ engine, activity }: Observed): Fields {
  const { dispatcher } = engine;
  const { connections } = activity;
  return {
    total_connections_received: connections.accepted,
    total_commands_processed: dispatcher.totalCalls,
    instantaneous_ops_per_sec: Math.round(activity.commands.perSecond),
    total_net_input_bytes: connections.receivedBytes,
    total_net_output_bytes: connections.sentBytes,
    total_net_repl_input_bytes: 0,
    total_net_repl_output_bytes: 0,
    instantaneous_input_kbps: kilobytes(activity.input.perSecond),
    instantaneous_output_kbps: kilobytes(activity.output.perSecond),
    instantaneous_input_repl_kbps: '0.00',
    instantaneous_output_repl_kbps: '0.00',
    rejected_connections: connections.rejected,
    sync_full: 0,
    sync_partial_ok: 0,
    sync_partial_err: 0,
    ...ofKeyspace(engine, activity, connections.evicted),
    pubsub_channels: dispatcher.pubsub.channels.all.size,
    pubsub_patterns: dispatcher.pubsub.patterns.all.size,
    pubsubshard_channels: dispatcher.pubsub.shards.all.size,
    ...NOT_YET,
    ...ofTracking(dispatcher),
    client_query_buffer_limit_disconnections: connections.queryLimitDisconnections,
    client_output_buffer_limit_disconnections: connections.outputLimitDisconnections,
    unexpected_error_replies: 0,
    total_error_replies: dispatcher.totalErrors,
    dump_payload_sanitizations: 0,
    total_reads_processed: connections.reads,
    total_writes_processed: connections.writes,
    io_threaded_reads_processed: 0,
    io_threaded_writes_processed: 0,
    // Replies of all connections gather in one buffer: none has its own that could shrink or grow.
    reply_buffer_shrinks: 0,
    reply_buffer_expands: 0,
    ...ofEventLoop(activity, dispatcher),
    acl_access_denied_auth: dispatcher.errorCounts.get('WRONGPASS') ?? 0,
    acl_access_denied_cmd: 0,
    acl_access_denied_key: 0,
    acl_access_denied_channel: 0,
  };
}

function ofKeyspace(
  { keyspace, scripting }: Observed['engine'],
  activity: Observed['activity'],
  evictedClients: number,
): Fields {
  const exceeded = activity.exceededMillis;
  return {
    expired_keys: keyspace.expired,
    expired_subkeys: keyspace.expiredFields,
    // Deadlines are kept exactly, not sampled: no key outlives its own.
    expired_stale_perc: '0.00',
    expired_time_cap_reached_count: activity.expiryCutShort,
    expire_cycle_cpu_milliseconds: Math.floor(activity.expiryMicros / 1000),
    evicted_keys: keyspace.evicted,
    evicted_clients: evictedClients,
    evicted_scripts: scripting.evaluator.cache.evicted,
    total_eviction_exceeded_time: exceeded.total,
    current_eviction_exceeded_time: exceeded.current,
    keyspace_hits: keyspace.hits,
    keyspace_misses: keyspace.misses,
  };
}

const NOT_YET: Fields = {
  latest_fork_usec: 0,
  total_forks: 0,
  migrate_cached_sockets: 0,
  slave_expires_tracked_keys: 0,
  active_defrag_hits: 0,
  active_defrag_misses: 0,
  active_defrag_key_hits: 0,
  active_defrag_key_misses: 0,
  total_active_defrag_time: 0,
  current_active_defrag_time: 0,
};

function ofTracking({ tracking }: Dispatcher): Fields {
  return {
    tracking_total_keys: tracking.totalKeys,
    tracking_total_items: tracking.totalItems,
    tracking_total_prefixes: tracking.totalPrefixes,
  };
}

function ofEventLoop(activity: Observed['activity'], dispatcher: Dispatcher): Fields {
  let commandMicros = 0;
  for (const command of dispatcher.commands.everything()) commandMicros += command.micros;
  const turnsPerSecond = activity.turns.perSecond;
  return {
    eventloop_cycles: activity.turnCount,
    eventloop_duration_sum: activity.busyMicros,
    eventloop_duration_cmd_sum: Math.round(commandMicros),
    instantaneous_eventloop_cycles_per_sec: Math.round(turnsPerSecond),
    instantaneous_eventloop_duration_usec:
      turnsPerSecond === 0 ? 0 : Math.round(activity.busy.perSecond / turnsPerSecond),
  };
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(2);
}
