/**
 * `npm run conformance`: Redis's own test suite against Hotset. HELP says how; suite-source.ts where the suite comes from;
 * suite-run.ts how a file of it is run; ratchet.ts and skips.ts what is expected.
 *
 * Many of the suite's tests measure time, and on a busy machine one may miss its mark. A file with tests of the ratchet
 * that did not pass is therefore run once more, alone; passing then is enough, and is told.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ServerName } from '../processes.ts';
import { growRatchet, type Ratchet, readRatchet, writeRatchet } from './ratchet.ts';
import { describeReport, type FileReport, makeReport, type Strictness, totalsOf } from './report.ts';
import { readSkips, type Skips, skipsThatHold, tagsToDeny } from './skips.ts';
import { MODES, type Mode, readCommandNames, runSuiteFile } from './suite-run.ts';
import { SuiteUnavailable, suiteFolder } from './suite-source.ts';

const HELP = `npm run conformance [-- OPTIONS]

Runs Redis's own test suite (of Debian's redis source package, fetched at the first run) against Hotset and prints what
passed, failed and was skipped, file by file.

  --files a,b      files of the suite, such as unit/type/string (otherwise those in ratchet.json)
  --mode MODE      external: a fresh server for each file; replace: hotset started by the suite in redis-server's place
                   (otherwise the mode in which ratchet.json has the file, or external)
  --server NAME    hotset (default), or redis: what redis-server passes, with nothing skipped by name
  --jobs N         files at the same time (default 2)
  --ratchet        fail only for tests of ratchet.json that do not pass; tell which others do
  --update         add what passed to ratchet.json
  --json FILE      write totals and results
  --verbose        show what the suite prints, and name every test left out
  --help
`;

interface Job {
  readonly file: string;
  readonly mode: Mode;
}

interface Plan {
  readonly suite: string;
  readonly server: ServerName;
  readonly jobs: readonly Job[];
  readonly parallel: number;
  readonly ratchet: Ratchet;
  readonly skips: Skips;
  readonly commands: ReadonlySet<string>;
  readonly strictness: Strictness;
  readonly verbose: boolean;
}

/** What the user asked for cannot be done. */
class UsageError extends Error {}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof SuiteUnavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const plan = await makePlan(options);
  const reports = await runPlan(plan);
  const totals = totalsOf(reports, plan.strictness);
  if (options.update) {
    for (const report of reports) growRatchet(plan.ratchet, report.mode, report.file, report);
    writeRatchet(plan.ratchet);
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ ...totals, files: reports })}\n`);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  if (totals.failed > 0) process.exitCode = 1;
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        files: { type: 'string' },
        mode: { type: 'string' },
        server: { type: 'string', default: 'hotset' },
        jobs: { type: 'string', default: '2' },
        ratchet: { type: 'boolean', default: false },
        update: { type: 'boolean', default: false },
        json: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\nSee npm run conformance -- --help`);
  }
}

async function makePlan(options: ReturnType<typeof readOptions>): Promise<Plan> {
  const { server, mode } = options;
  if (server !== 'hotset' && server !== 'redis') throw new UsageError(`--server is hotset or redis, not ${server}`);
  if (mode !== undefined && !isMode(mode)) throw new UsageError(`--mode is external or replace, not ${mode}`);
  if (!/^[1-8]$/.test(options.jobs)) throw new UsageError('--jobs is a number from 1 to 8');
  if (options.update && server !== 'hotset') throw new UsageError('--update is for what hotset passes');
  const suite = suiteFolder(fileURLToPath(new URL('../../.cache', import.meta.url)));
  const ratchet = readRatchet();
  const jobs = chooseJobs(ratchet, options.files?.split(','), mode);
  const unknown = jobs.find(({ file }) => !existsSync(join(suite, 'tests', `${file}.tcl`)));
  if (unknown !== undefined) throw new UsageError(`The suite has no ${unknown.file}`);
  return {
    suite,
    server,
    jobs,
    parallel: Number(options.jobs),
    ratchet,
    skips: server === 'hotset' ? readSkips() : {},
    commands: await readCommandNames(server),
    strictness: options.ratchet ? 'ratchet' : 'all',
    verbose: options.verbose,
  };
}

function chooseJobs(ratchet: Ratchet, files: readonly string[] | undefined, mode: Mode | undefined): Job[] {
  const listed = MODES.flatMap((known) => Object.keys(ratchet[known]).map((file) => ({ file, mode: known })));
  if (files === undefined) return listed.filter((job) => mode === undefined || job.mode === mode);
  return files.flatMap((file) => {
    if (mode !== undefined) return [{ file, mode }];
    const known = listed.filter((job) => job.file === file);
    return known.length > 0 ? known : [{ file, mode: 'external' as const }];
  });
}

function isMode(name: string): name is Mode {
  return (MODES as readonly string[]).includes(name);
}

async function runPlan(plan: Plan): Promise<FileReport[]> {
  const reports = new Map<Job, FileReport>();
  const queue = [...plan.jobs];
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const report = await runJob(plan, job);
      reports.set(job, report);
      if (!needsSecondRun(plan, report)) print(plan, report);
    }
  };
  await Promise.all(Array.from({ length: plan.parallel }, work));
  for (const [job, first] of reports) {
    if (!needsSecondRun(plan, first)) continue;
    console.log(`${job.file} (${job.mode}): once more, alone: ${first.lost.join(', ')}`);
    const second = await runJob(plan, job);
    print(plan, second);
    reports.set(job, second);
  }
  return [...reports.values()];
}

function needsSecondRun({ strictness }: Plan, { lost }: FileReport): boolean {
  return strictness === 'ratchet' && lost.length > 0;
}

async function runJob(plan: Plan, job: Job): Promise<FileReport> {
  const skips = skipsThatHold(plan.skips[job.file] ?? {}, plan.commands);
  const started = performance.now();
  const result = await runSuiteFile(plan.suite, job.file, {
    mode: job.mode,
    server: plan.server,
    skip: skips.keys(),
    denyTags: tagsToDeny(plan.commands),
    ...(plan.verbose ? { onOutput: (chunk: Buffer) => process.stderr.write(chunk) } : {}),
  });
  const seconds = (performance.now() - started) / 1_000;
  const known = plan.server === 'hotset' ? (plan.ratchet[job.mode][job.file] ?? []) : [];
  return makeReport({ ...job, seconds }, result, skips, known);
}

function print({ strictness, verbose }: Plan, report: FileReport): void {
  console.log(describeReport(report, strictness, verbose).join('\n'));
}
