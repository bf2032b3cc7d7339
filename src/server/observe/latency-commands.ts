/** LATENCY: what made clients wait (latency-monitor.ts), and how long each command takes (INFO's latencystats in full). */
import { helpRow } from '../../engine/commands/help.ts';
import {
  ADMIN,
  container,
  type Family,
  family,
  LOADING,
  NO_KEYS,
  NOSCRIPT,
  row,
  STALE,
} from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import type { Command, CommandTable } from '../../engine/dispatch/command.ts';
import type { Args } from '../../protocol/args.ts';
import { noLatencySamples } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Config } from '../config/config.ts';
import { replyDistribution } from './latency-distribution.ts';
import { latencyDiagnosis } from './latency-doctor.ts';
import { latencyGraph } from './latency-graph.ts';
import type { LatencyMonitor } from './latency-monitor.ts';

const ALWAYS = ADMIN | NOSCRIPT | LOADING | STALE;
const REPORT = { tips: ['nondeterministic_output', 'request_policy:all_nodes', 'response_policy:special'] };
const COMMAND_NAME_LIMIT = 64;

const HELP = [
  'DOCTOR',
  '    Explain the delays that were noted.',
  'GRAPH <event>',
  '    Draw the recent delays of an event.',
  'HISTORY <event>',
  '    List the recent delays of an event: Unix time and milliseconds.',
  'LATEST',
  '    List the newest and the longest delay of each event.',
  'RESET [<event> ...]',
  '    Forget the delays of some events, or of all.',
  'HISTOGRAM [<command> ...]',
  '    Tell how many calls of each command took at most so many microseconds.',
];

export function latencyCommands(monitor: LatencyMonitor, config: Config): Family {
  return family('server', [
    container('LATENCY', [
      row('LATEST', (_, __, reply) => latest(monitor, reply), 2, ALWAYS, NO_KEYS, REPORT),
      row('HISTORY', (_, args, reply) => history(monitor, args, reply), 3, ALWAYS, NO_KEYS, REPORT),
      row('GRAPH', (call, args, reply) => graph(monitor, call, args, reply), 3, ALWAYS, NO_KEYS, REPORT),
      row('DOCTOR', (_, __, reply) => doctor(monitor, config, reply), 2, ALWAYS, NO_KEYS, REPORT),
      row('RESET', (_, args, reply) => reset(monitor, args, reply), -2, ALWAYS, NO_KEYS, {
        tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      }),
      row('HISTOGRAM', histogram, -2, ALWAYS, NO_KEYS, REPORT),
      helpRow('LATENCY', HELP),
    ]),
  ]);
}

function latest(monitor: LatencyMonitor, reply: Reply): void {
  reply.array(monitor.events.size);
  for (const { name, newest, maxMillis } of monitor.events.values()) {
    reply.array(4);
    reply.text(name);
    reply.integer(newest.unixSeconds);
    reply.integer(newest.millis);
    reply.integer(maxMillis);
  }
}

function history(monitor: LatencyMonitor, args: Args, reply: Reply): void {
  const samples = monitor.events.get(args.text(2))?.samples ?? [];
  reply.array(samples.length);
  for (const { unixSeconds, millis } of samples) {
    reply.array(2);
    reply.integer(unixSeconds);
    reply.integer(millis);
  }
}

function graph(monitor: LatencyMonitor, call: Call, args: Args, reply: Reply): void {
  const event = monitor.events.get(args.text(2));
  if (event === undefined) reply.error(noLatencySamples(args.text(2)));
  else reply.verbatim(latencyGraph(event, Math.floor(call.keyspace.now / 1000)));
}

function doctor(monitor: LatencyMonitor, config: Config, reply: Reply): void {
  const slowLogMicros = config.integer('slowlog-log-slower-than');
  reply.verbatim(latencyDiagnosis(monitor, { slowLogMicros }));
}

/** LATENCY RESET [event …]: replies with how many events were forgotten. */
function reset(monitor: LatencyMonitor, args: Args, reply: Reply): void {
  const names = args.count === 2 ? [...monitor.events.keys()] : textsFrom(args, 2);
  reply.integer(names.filter((name) => monitor.reset(name)).length);
}

/** LATENCY HISTOGRAM [command …]: names that are no command's are passed over; a container stands for its subcommands. */
function histogram(call: Call, args: Args, reply: Reply): void {
  const all = args.count === 2;
  const commands = all ? call.commands.everything() : textsFrom(args, 2).flatMap((name) => named(call.commands, name));
  const map = reply.beginMap();
  let pairs = 0;
  for (const { fullName, latency } of commands) {
    if (latency === undefined) continue;
    reply.text(fullName);
    reply.map(2);
    reply.text('calls');
    reply.integer(latency.total);
    reply.text('histogram_usec');
    replyDistribution(latency, reply);
    pairs++;
  }
  reply.endMap(map, pairs);
}

function named(commands: CommandTable, name: string): readonly Command[] {
  if (name.length > COMMAND_NAME_LIMIT || name.split('|').length > 2) return [];
  const command = commands.byName(name);
  if (command === undefined) return [];
  return [command, ...(command.subcommands?.all ?? [])];
}

function textsFrom(args: Args, first: number): string[] {
  return Array.from({ length: args.count - first }, (_, i) => args.text(first + i));
}
