/**
 * Options that are nobody's but the engine's, the cron's and the log's: applied at start and whenever CONFIG SET changes
 * them. Options of connections are applied by net/, those of observation by observe/.
 */
import { MEMORY_LIMITED } from '../engine/dispatch/dispatch.ts';
import type { Engine } from '../engine/engine.ts';
import type { Config } from './config/config.ts';
import type { OptionName } from './config/options.ts';
import type { Cron } from './cron.ts';
import type { Log } from './observe/log.ts';

export interface Settable {
  readonly config: Config;
  readonly engine: Engine;
  readonly cron: Cron;
  readonly log: Log;
}

/** How long one command may be held up at maxmemory-eviction-tenacity 10. */
const TENACITY_MICROS = 500;

export function applySettings({ config, engine, cron, log }: Settable): void {
  const setting = (names: readonly OptionName[], apply: () => void): void => {
    apply();
    config.watch(names, () => {
      apply();
      return undefined;
    });
  };
  setting(['maxmemory', 'maxmemory-policy', 'maxmemory-samples', 'maxmemory-eviction-tenacity'], () =>
    applyMemory(config, engine),
  );
  setting(['lfu-log-factor', 'lfu-decay-time'], () => {
    const { clock } = engine.keyspace;
    clock.logFactor = config.integer('lfu-log-factor');
    clock.decayMinutes = config.integer('lfu-decay-time');
  });
  setting(['lazyfree-lazy-user-flush'], () => {
    engine.limits.lazyFlush = config.flag('lazyfree-lazy-user-flush');
  });
  setting(['rdbcompression'], () => {
    engine.limits.compressesDumps = config.flag('rdbcompression');
  });
  setting(['latency-tracking'], () => {
    engine.dispatcher.tracksLatency = config.flag('latency-tracking');
  });
  setting(['tracking-table-max-keys'], () => {
    engine.dispatcher.tracking.limit(config.integer('tracking-table-max-keys'));
  });
  setting(['notify-keyspace-events'], () => {
    engine.notifications.choose(config.value('notify-keyspace-events'));
  });
  setting(ENCODING_OPTIONS, () => applyEncodings(config, engine));
  Object.assign(engine.dispatcher.call.notices, {
    debug: (text: string) => log.debug(text),
    verbose: (text: string) => log.verbose(text),
    notice: (text: string) => log.notice(text),
    warn: (text: string) => log.warning(text),
  });
  setting(['hz', 'activerehashing'], () => {
    cron.hz = config.integer('hz');
    cron.resizes = config.flag('activerehashing');
  });
  setting(['busy-reply-threshold', 'script-time-limit', 'script-memory-limit'], () => {
    const { limits } = engine.scripting.runner;
    limits.busyMs = config.integer('busy-reply-threshold');
    limits.hardMs = config.integer('script-time-limit');
    limits.memoryBytes = config.integer('script-memory-limit');
  });
  setting(['loglevel'], () => {
    log.level = config.choice('loglevel');
  });
}

const ENCODING_OPTIONS = [
  'hash-max-listpack-entries',
  'hash-max-listpack-value',
  'set-max-intset-entries',
  'set-max-listpack-entries',
  'set-max-listpack-value',
  'zset-max-listpack-entries',
  'zset-max-listpack-value',
  'list-max-listpack-size',
  'list-compress-depth',
  'hll-sparse-max-bytes',
  'stream-node-max-bytes',
  'stream-node-max-entries',
] as const;

function applyEncodings(config: Config, engine: Engine): void {
  const limits = engine.keyspace.encodingLimits;
  limits.hashMaxListpackEntries = config.integer('hash-max-listpack-entries');
  limits.hashMaxListpackValue = config.integer('hash-max-listpack-value');
  limits.setMaxIntsetEntries = config.integer('set-max-intset-entries');
  limits.setMaxListpackEntries = config.integer('set-max-listpack-entries');
  limits.setMaxListpackValue = config.integer('set-max-listpack-value');
  limits.zsetMaxListpackEntries = config.integer('zset-max-listpack-entries');
  limits.zsetMaxListpackValue = config.integer('zset-max-listpack-value');
  limits.listMaxListpackSize = config.integer('list-max-listpack-size');
  limits.listCompressDepth = config.integer('list-compress-depth');
  limits.hllSparseMaxBytes = config.integer('hll-sparse-max-bytes');
  limits.streamNodeMaxBytes = config.integer('stream-node-max-bytes');
  limits.streamNodeMaxEntries = config.integer('stream-node-max-entries');
}

function applyMemory(config: Config, engine: Engine): void {
  const { evictor } = engine;
  evictor.maxMemory = config.integer('maxmemory');
  evictor.setPolicy(config.choice('maxmemory-policy'));
  evictor.samples = config.integer('maxmemory-samples');
  evictor.sliceMicros = evictionMicros(config.integer('maxmemory-eviction-tenacity'));
  engine.dispatcher.alert(MEMORY_LIMITED, evictor.maxMemory > 0);
  // A lower limit takes effect though no command follows: between the turns.
  evictor.unfinished = evictor.maxMemory > 0;
}

/** 50 microseconds a step up to 10, then 15 % more a step; 100 is without limit. */
function evictionMicros(tenacity: number): number {
  if (tenacity === 100) return Number.POSITIVE_INFINITY;
  return tenacity <= 10 ? (tenacity * TENACITY_MICROS) / 10 : TENACITY_MICROS * 1.15 ** (tenacity - 10);
}
