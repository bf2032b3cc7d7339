/** INFO's sections on commands: calls and time of each, errors by code, latency percentiles. */
import type { Command } from '../../../engine/dispatch/command.ts';
import type { Observed } from '../observed.ts';
import type { Fields } from './section.ts';

export function commandStats({ engine }: Observed): Fields {
  const fields: Fields = {};
  for (const command of engine.commands.everything()) {
    if (command.calls + command.rejected + command.failed > 0) fields[`cmdstat_${command.fullName}`] = statsOf(command);
  }
  return fields;
}

function statsOf({ calls, micros, rejected, failed }: Command): string {
  const each = calls === 0 ? 0 : micros / calls;
  return `calls=${calls},usec=${Math.floor(micros)},usec_per_call=${each.toFixed(2)},rejected_calls=${rejected},failed_calls=${failed}`;
}

export function errorStats({ engine }: Observed): Fields {
  const fields: Fields = {};
  // Scripts make up codes: they must not be taken for more fields.
  for (const [code, count] of [...engine.dispatcher.errorCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    fields[`errorstat_${code.replace(/[#:]/g, '_')}`] = `count=${count}`;
  }
  return fields;
}

export function latencyStats({ engine, config }: Observed): Fields {
  const percentiles = config.value('latency-tracking-info-percentiles');
  const fields: Fields = {};
  for (const { fullName, latency } of engine.commands.everything()) {
    if (latency === undefined || percentiles.length === 0) continue;
    const texts = percentiles.map((percent) => `p${percent}=${latency.percentile(percent).toFixed(3)}`);
    fields[`latency_percentiles_usec_${fullName}`] = texts.join(',');
  }
  return fields;
}
