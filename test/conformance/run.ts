/** `npm run conformance`: Redis's own test suite against Hotset. See HELP. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ServerName } from '../processes.ts';
import { growRatchet, readRatchet, readSkips, writeRatchet } from './ratchet.ts';
import type { Failure, SuiteResult } from './suite-output.ts';
import { type Mode, runSuiteFile } from './suite-run.ts';
import { suiteFolder } from './suite-source.ts';

const HELP = `npm run conformance -- [options]

Runs Redis's own test suite (Debian's redis source package, fetched at the first run) against Hotset.

  --files a,b        files of the suite, such as unit/type/string (default: those of ratchet.json)
  --mode MODE        external (a fresh server a file; default), replace (hotset in redis-server's place), both
  --server NAME      hotset (default) or redis, to see what redis-server itself passes
  --jobs N           files at the same time (default 2)
  --ratchet          run what ratchet.json lists; fail if a test listed there does not pass
  --update           add what passed to ratchet.json
  --json FILE        write the result
  --verbose          show what the suite prints
  --help
`;

interface Job {
  readonly mode: Mode;
  readonly file: string;
}

interface Report extends Job {
  readonly result: SuiteResult;
  /** Failures that only say that a command is missing: told apart from wrong behaviour. */
  readonly missing: Failure[];
  /** Tests of the ratchet that did not pass. */
  readonly lost: string[];
}

const { values } = parseArgs({
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
});

if (values.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const ratchet = readRatchet();
  const skips = readSkips();
  const folder = suiteFolder(fileURLToPath(new URL('../../.cache', import.meta.url)));
  const jobs = chosenJobs();
  const reports: Report[] = [];
  const queue = [...jobs];
  const work = async (slot: number): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const skip = Object.keys(skips[job.file] ?? {});
      const server = values.server as ServerName;
      const result = await runSuiteFile(folder, job.file, {
        mode: job.mode,
        server,
        skip,
        slot,
        verbose: values.verbose,
      });
      const report = judge(job, result, ratchet[job.mode][job.file] ?? []);
      reports.push(report);
      print(report);
      if (values.update) growRatchet(ratchet, job.mode, job.file, result.passed);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, (_, slot) => work(slot)));
  if (values.update) writeRatchet(ratchet);
  conclude(reports);
}

function chosenJobs(): Job[] {
  const ratchet = readRatchet();
  const modes: Mode[] =
    values.mode === 'both' || (values.mode === undefined && values.ratchet)
      ? ['external', 'replace']
      : [(values.mode ?? 'external') as Mode];
  return modes.flatMap((mode) => {
    const files = values.files?.split(',') ?? Object.keys(ratchet[mode]);
    return files.map((file) => ({ mode, file }));
  });
}

function judge(job: Job, result: SuiteResult, expected: readonly string[]): Report {
  const passed = new Set(result.passed);
  const missing = result.failed.filter((failure) => /unknown (command|subcommand) /i.test(failure.reason));
  return {
    ...job,
    result,
    missing,
    lost: values.server === 'hotset' ? expected.filter((name) => !passed.has(name)) : [],
  };
}

function print(report: Report): void {
  const { mode, file, result, missing, lost } = report;
  const failed = result.failed.length - missing.length;
  console.log(
    `${file} (${mode}): ${result.passed.length} passed, ${failed} failed, ${missing.length} need other commands, ${result.skipped.length} skipped`,
  );
  if (result.broken !== undefined) console.log(`  not run to its end: ${indent(result.broken)}`);
  const wanted = new Set(lost);
  for (const failure of result.failed) {
    if (values.ratchet && !wanted.has(failure.name)) continue;
    if (!values.ratchet && missing.includes(failure))
      console.log(`  needs ${commandIn(failure.reason)}: ${failure.name}`);
    else console.log(`  failed: ${indent(failure.reason)}`);
  }
  if (!values.ratchet)
    for (const skipped of result.skipped) console.log(`  skipped: ${skipped.name} - ${skipped.reason}`);
  for (const name of lost) console.log(`  no longer passes: ${name}`);
}

function commandIn(reason: string): string {
  return /unknown (?:command|subcommand) '?([^' ,]*)/i.exec(reason)?.[1] ?? '?';
}

function indent(text: string): string {
  return text.split('\n').join('\n    ');
}

function conclude(reports: readonly Report[]): void {
  const passed = reports.reduce((sum, { result }) => sum + result.passed.length, 0);
  const lost = reports.reduce((sum, report) => sum + report.lost.length, 0);
  const wrong = reports.reduce((sum, { result, missing }) => sum + result.failed.length - missing.length, 0);
  const skipped = reports.reduce((sum, { result, missing }) => sum + result.skipped.length + missing.length, 0);
  // With the ratchet, only what passed before can fail; the rest is what later versions will bring.
  const failed = values.ratchet ? lost : wrong;
  const left = values.ratchet ? skipped + Math.max(0, wrong - lost) : skipped;
  if (values.json !== undefined) {
    const files = reports.map(({ mode, file, result, lost }) => ({ mode, file, ...result, lost }));
    writeFileSync(values.json, `${JSON.stringify({ passed, failed, skipped: left, files }, undefined, 2)}\n`);
  }
  console.log(`${passed} passed, ${failed} failed, ${left} skipped`);
  if (failed > 0) process.exitCode = 1;
}
