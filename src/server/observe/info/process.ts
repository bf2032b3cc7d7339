/** INFO's sections on the process: server, clients, processor time. */
import { arch, release, type } from 'node:os';
import { unixMicros } from '../../system-clock.ts';
import { HOTSET_VERSION, REDIS_VERSION } from '../../version.ts';
import type { Observed } from '../observed.ts';
import { mainThreadTime, type ProcessorTime, processTime } from '../processor-time.ts';
import type { Fields } from './section.ts';

const SECONDS_PER_DAY = 86_400;

export function server({ identity, config, engine }: Observed): Fields {
  const now = Date.now();
  const uptime = Math.floor((now - identity.startedAt) / 1000);
  const hz = config.integer('hz');
  return {
    redis_version: REDIS_VERSION,
    redis_git_sha1: '00000000',
    redis_git_dirty: 0,
    server_name: 'hotset',
    hotset_version: HOTSET_VERSION,
    redis_mode: 'standalone',
    os: `${type()} ${release()} ${arch() === 'x64' ? 'x86_64' : arch()}`,
    arch_bits: 64,
    node_version: process.versions.node,
    multiplexing_api: `libuv ${process.versions.uv}`,
    process_id: process.pid,
    process_supervised: 'no',
    run_id: identity.runId,
    tcp_port: config.integer('port'),
    server_time_usec: unixMicros(),
    uptime_in_seconds: uptime,
    uptime_in_days: Math.floor(uptime / SECONDS_PER_DAY),
    hz,
    configured_hz: hz,
    lru_clock: engine.keyspace.clock.seconds,
    executable: identity.executable,
    config_file: identity.configFile,
    io_threads_active: 0,
  };
}

export function clients({ clients, config, engine }: Observed): Fields {
  const { blocking } = engine.dispatcher;
  return {
    connected_clients: clients.all.size,
    cluster_connections: 0,
    maxclients: config.integer('maxclients'),
    client_recent_max_input_buffer: clients.memory.recentInputPeak,
    client_recent_max_output_buffer: clients.memory.recentOutputPeak,
    blocked_clients: clients.blocked,
    tracking_clients: engine.dispatcher.tracking.clients,
    clients_in_timeout_table: blocking.timedCount,
    total_blocking_keys: blocking.countKeys(false),
    total_blocking_keys_on_nokey: blocking.countKeys(true),
  };
}

export function cpu(): Fields {
  const all = processTime();
  const main = mainThreadTime();
  return {
    used_cpu_sys: seconds(all.systemSeconds),
    used_cpu_user: seconds(all.userSeconds),
    used_cpu_sys_children: seconds(0),
    used_cpu_user_children: seconds(0),
    ...(main === undefined ? {} : ofMainThread(main)),
  };
}

function ofMainThread({ userSeconds, systemSeconds }: ProcessorTime): Fields {
  return { used_cpu_sys_main_thread: seconds(systemSeconds), used_cpu_user_main_thread: seconds(userSeconds) };
}

function seconds(value: number): string {
  return value.toFixed(6);
}
