// `npm run bench`: Hotset beside redis-server on this machine. docs/benchmarks.md says how to read what it prints.
// Exit code: 0 when everything ran (targets met or not), 1 when something could not be measured, 2 on wrong options.

import { writeFileSync } from 'node:fs';
import { measureBullmq } from './bullmq-measure.ts';
import { BuildError, buildIfStale } from './fresh-build.ts';
import { measureGrowth } from './growth-measure.ts';
import { measureHandOff } from './handoff-measure.ts';
import { describeMachine, type Machine, machineLine } from './machine.ts';
import { measureMaxmemory } from './maxmemory-measure.ts';
import type { MeasureResult } from './measure.ts';
import { measureCollections, measureMemory } from './memory-measure.ts';
import { HELP, MEASURES, type MeasureName, OptionError, parseOptions, type Settings } from './options.ts';
import { measureRates, type RateResult } from './rates.ts';
import { measureTable, rateTable } from './report.ts';
import { REPOSITORY } from './server-process.ts';
import { renderMarkdown, renderText } from './table.ts';
import { WORKLOADS } from './workloads.ts';

interface Results {
  readonly rates: readonly RateResult[];
  readonly measures: readonly MeasureResult[];
  /** Measures that could not be taken, with the reason. */
  readonly failures: readonly string[];
}

const MEASURE_RUNNERS: Readonly<
  Record<MeasureName, (settings: Settings, say: (text: string) => void) => Promise<MeasureResult[]>>
> = {
  memory: measureMemory,
  collections: measureCollections,
  growth: measureGrowth,
  maxmemory: measureMaxmemory,
  handoff: measureHandOff,
  bullmq: measureBullmq,
};

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const settings = parseOptions(process.argv.slice(2));
    if (settings !== 'help') return await run(settings);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (error instanceof OptionError) {
      say(`${error.message}\n(--help lists the options)`);
      return 2;
    }
    if (!(error instanceof BuildError)) throw error;
    say(error.message);
    return 1;
  }
}

async function run(settings: Settings): Promise<number> {
  const machine = describeMachine();
  say(machineLine(machine));
  if (settings.ownBuild) buildIfStale(REPOSITORY, say);
  const results = await measureAll(settings);
  process.stdout.write(printed(settings, machine, results));
  if (settings.json !== undefined) writeFileSync(settings.json, json(settings, machine, results));
  const failed = results.failures.length > 0 || results.rates.some((rate) => rate.failure !== undefined);
  return failed ? 1 : 0;
}

async function measureAll(settings: Settings): Promise<Results> {
  const failures: string[] = [];
  const attempt = async <T>(what: string, run: () => Promise<T[]>): Promise<T[]> => {
    try {
      return await run();
    } catch (error) {
      const failure = `${what} failed: ${error instanceof Error ? error.message : String(error)}`;
      say(failure);
      failures.push(failure);
      return [];
    }
  };
  const workloads = WORKLOADS.filter((workload) => settings.tests.includes(workload.name));
  const rates = workloads.length === 0 ? [] : await attempt('rates', () => measureRates(settings, workloads, say));
  const measures: MeasureResult[] = [];
  for (const name of MEASURES.filter((candidate) => settings.tests.includes(candidate))) {
    measures.push(...(await attempt(name, () => MEASURE_RUNNERS[name](settings, say))));
  }
  return { rates, measures, failures };
}

function printed(settings: Settings, machine: Machine, { rates, measures, failures }: Results): string {
  const render = settings.markdown ? renderMarkdown : renderText;
  const { keys, valueBytes, clients, rounds, requests } = settings;
  const load = `${keys.toLocaleString('en')} random keys, ${valueBytes}-byte values, ${clients} connections`;
  const head = [machineLine(machine), `${load}, ${rounds} rounds of ${requests.toLocaleString('en')} requests`];
  if (settings.quick) head.push('--quick: too little data for the numbers to mean anything');
  const tables = [];
  if (rates.length > 0) tables.push(rateTable(rates));
  if (measures.length > 0 || failures.length > 0) tables.push(measureTable(measures, failures));
  return `${head.join('\n')}\n\n${tables.map(render).join('\n')}`;
}

function json(settings: Settings, machine: Machine, results: Results): string {
  return `${JSON.stringify({ format: 1, date: new Date().toISOString(), machine, settings, ...results }, null, 2)}\n`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
