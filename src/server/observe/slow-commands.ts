/**
 * Watches how long commands take: feeds the slow log and the latency monitor. One threshold, the lower of both, is all the
 * dispatcher compares with; while both are off it compares with infinity.
 */
import { FAST, SKIP_SLOWLOG } from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import type { Dispatcher } from '../../engine/dispatch/dispatch.ts';
import type { Args } from '../../protocol/args.ts';
import type { Config } from '../config/config.ts';
import type { Clients } from '../net/clients.ts';
import { LatencyMonitor } from './latency-monitor.ts';
import { hiddenArguments } from './redaction.ts';
import { SlowLog, slowLogWords } from './slow-log.ts';

export class SlowCommands {
  readonly log = new SlowLog();
  readonly latency = new LatencyMonitor();
  private readonly config: Config;
  private readonly dispatcher: Dispatcher;
  private readonly clients: Clients;
  private logMicros = Number.POSITIVE_INFINITY;

  constructor(config: Config, dispatcher: Dispatcher, clients: Clients) {
    this.config = config;
    this.dispatcher = dispatcher;
    this.clients = clients;
    this.apply();
    const options = ['slowlog-log-slower-than', 'slowlog-max-len', 'latency-monitor-threshold'] as const;
    config.watch(options, () => this.apply());
    dispatcher.observers.slow = (call, args, micros) => this.note(call, args, micros);
  }

  private apply(): undefined {
    const micros = this.config.integer('slowlog-log-slower-than');
    this.logMicros = micros < 0 ? Number.POSITIVE_INFINITY : micros;
    this.log.setLimit(this.config.integer('slowlog-max-len'));
    const threshold = this.config.integer('latency-monitor-threshold');
    this.latency.thresholdMillis = threshold;
    const monitorMicros = threshold === 0 ? Number.POSITIVE_INFINITY : threshold * 1000;
    this.dispatcher.observers.slowMicros = Math.min(this.logMicros, monitorMicros);
  }

  private note(call: Call, args: Args, micros: number): void {
    const { command, session, keyspace } = call;
    this.latency.note((command.flags & FAST) === 0 ? 'command' : 'fast-command', micros, keyspace.now);
    if (micros < this.logMicros || (command.flags & SKIP_SLOWLOG) !== 0) return;
    this.log.add({
      unixSeconds: Math.floor(keyspace.now / 1000),
      micros: Math.floor(micros),
      words: slowLogWords(args, hiddenArguments(command, args)),
      address: this.clients.of(session)?.address ?? '',
      clientName: session.name,
    });
  }
}
