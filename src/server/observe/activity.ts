/**
 * What INFO's statistics need beside the counters that the engine and the connections keep themselves: rates, and what
 * background work took. Sampled by the cron; CONFIG RESETSTAT begins everything at 0 again.
 */
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/keyspace/clock.ts';
import type { Clients } from '../net/clients.ts';
import { type ConnectionCounters, countConnections, countedSince } from './connection-counters.ts';
import { Rate } from './rate.ts';

/** Between two samples of the rates. */
const SAMPLE_MICROS = 100_000;

export class Activity {
  readonly commands: Rate;
  readonly input: Rate;
  readonly output: Rate;
  readonly turns: Rate;
  /** Time the event loop was busy. */
  readonly busy: Rate;
  /** Microseconds spent on removing expired keys. */
  expiryMicros = 0;
  /** Sweeps of expired keys that used up their time and had to go on in the next turn. */
  expiryCutShort = 0;
  private readonly engine: Engine;
  private readonly clients: Clients;
  private readonly clock: Clock;
  private sampledAt: number;
  /** Since when memory is above the limit although keys are being evicted; NaN when it is not. */
  private exceededSince = Number.NaN;
  private exceededMicros = 0;
  private connectionBase: ConnectionCounters;
  private loopBase: EventLoopUtilization;
  private turnBase: number;

  constructor(engine: Engine, clients: Clients, clock: Clock) {
    this.engine = engine;
    this.clients = clients;
    this.clock = clock;
    const now = clock.micros();
    this.commands = new Rate(now);
    this.input = new Rate(now);
    this.output = new Rate(now);
    this.turns = new Rate(now);
    this.busy = new Rate(now);
    this.sampledAt = now;
    this.connectionBase = countConnections(clients);
    this.loopBase = performance.eventLoopUtilization();
    this.turnBase = turnsOfProcess();
  }

  /** What connections did since the last reset. */
  get connections(): ConnectionCounters {
    return countedSince(this.connectionBase, countConnections(this.clients));
  }

  /** Turns of the event loop; 0 where Node.js does not count them (before 20.18). */
  get turnCount(): number {
    return turnsOfProcess() - this.turnBase;
  }

  /** Microseconds the event loop was not waiting. */
  get busyMicros(): number {
    return Math.round(performance.eventLoopUtilization(this.loopBase).active * 1000);
  }

  /** Milliseconds that memory has been above the limit, all times together and the present one. */
  get exceededMillis(): { readonly total: number; readonly current: number } {
    const current = Number.isNaN(this.exceededSince) ? 0 : this.clock.micros() - this.exceededSince;
    return { total: Math.floor((this.exceededMicros + current) / 1000), current: Math.floor(current / 1000) };
  }

  /** Called `hz` times a second. */
  tick(): void {
    const now = this.clock.micros();
    this.watchLimit(now);
    // A tick comes a little early now and then; its sample must not wait for the next.
    if (now - this.sampledAt < SAMPLE_MICROS * 0.9) return;
    this.sampledAt = now;
    this.commands.sample(this.engine.dispatcher.totalCalls, now);
    const { receivedBytes, sentBytes } = this.connections;
    this.input.sample(receivedBytes, now);
    this.output.sample(sentBytes, now);
    this.turns.sample(this.turnCount, now);
    this.busy.sample(this.busyMicros, now);
  }

  /** Forgets everything; the counters sampled here begin at 0 too. */
  reset(): void {
    const now = this.clock.micros();
    for (const rate of [this.commands, this.input, this.output, this.turns, this.busy]) rate.reset(now);
    this.expiryMicros = 0;
    this.expiryCutShort = 0;
    this.exceededMicros = 0;
    this.exceededSince = Number.NaN;
    this.connectionBase = countConnections(this.clients);
    this.loopBase = performance.eventLoopUtilization();
    this.turnBase = turnsOfProcess();
  }

  private watchLimit(now: number): void {
    const { evictor } = this.engine;
    const exceeded = evictor.maxMemory > 0 && evictor.policyName !== 'noeviction' && evictor.unfinished;
    if (exceeded === !Number.isNaN(this.exceededSince)) return;
    if (exceeded) this.exceededSince = now;
    else {
      this.exceededMicros += now - this.exceededSince;
      this.exceededSince = Number.NaN;
    }
  }
}

function turnsOfProcess(): number {
  const timing: { readonly uvMetricsInfo?: { readonly loopCount: number } } = performance.nodeTiming;
  return timing.uvMetricsInfo?.loopCount ?? 0;
}
