import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { Advice, cache, root, runScript } from './checkout.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { runCommand } from './run-command.mjs';

/*
 * npm test: everything that must hold before a change goes in, on a machine that has only Node, npm and Debian. The
 * steps run in the order in which a mistake is cheapest to find. Each prints as it goes; one table and one line of
 * counts come last, whatever happened before.
 *
 * A step that fails without failed tests to show for it (a type error, a crash) counts as one failed test, so that the
 * last line never claims that nothing failed.
 */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ ok: boolean, counts?: Counts }} Outcome */
/** @typedef {{ name: string, does: string, needsPeers: boolean, run: () => Promise<Outcome> }} Step */
/** @typedef {{ name: string, result: string, seconds: number, counts: Counts }} Row */

const bin = join(root, 'node_modules', '.bin');
const results = join(cache, `test-${process.pid}`);
const interrupted = new AbortController();
/** Under CI=true the tools would colour even a log file. */
const plain = !process.stdout.isTTY;
const env = plain ? { ...process.env, NO_COLOR: '1' } : process.env;

/** @type {Step[]} */
const STEPS = [
  {
    name: 'format',
    does: 'formatting and lint (Biome)',
    needsPeers: false,
    run: () => check('biome', 'ci', '--error-on-warnings', ...(plain ? ['--colors=off'] : []), '.'),
  },
  { name: 'types', does: 'types (TypeScript)', needsPeers: false, run: () => check('tsc', '-p', '.') },
  {
    name: 'build',
    does: 'src becomes dist',
    needsPeers: false,
    run: async () => {
      await build();
      return { ok: true };
    },
  },
  { name: 'unit', does: 'style and every Vitest test', needsPeers: true, run: runVitest },
  { name: 'conformance', does: "Redis's own test suite against Hotset", needsPeers: true, run: runConformance },
];

/**
 * @param {string} program one of node_modules/.bin
 * @param {string[]} args
 * @returns {Promise<Outcome>}
 */
async function check(program, ...args) {
  const { code } = await runCommand(join(bin, program), args, { cwd: root, env, signal: interrupted.signal });
  return { ok: code === 0 };
}

/** @returns {Promise<Outcome>} */
async function runVitest() {
  const file = join(results, 'vitest.json');
  const { ok } = await check('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`);
  const report = await readJson(file);
  if (report === undefined) return { ok };
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return { ok, counts };
}

/** @returns {Promise<Outcome>} */
async function runConformance() {
  const suite = 'test/conformance/run.ts';
  if (!existsSync(join(root, suite))) {
    console.log(`skipped: there is no ${suite} yet`);
    return { ok: true };
  }
  const file = join(results, 'conformance.json');
  const { ok } = await check('tsx', suite, '--ratchet', '--json', file);
  const report = await readJson(file);
  if (report === undefined) return { ok };
  return { ok, counts: { passed: report.passed, failed: report.failed, skipped: report.skipped } };
}

/** @param {string} path */
async function readJson(path) {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * @param {Step} step
 * @returns {Promise<Row>}
 */
async function runStep(step) {
  console.log(`\n── ${step.name}: ${step.does} ──`);
  const started = performance.now();
  /** @type {Outcome} */
  let outcome;
  try {
    outcome = await step.run();
  } catch (error) {
    if (!(error instanceof Advice)) throw error;
    console.log(error.message);
    outcome = { ok: false };
  }
  const seconds = (performance.now() - started) / 1000;
  const counts = outcome.counts ?? { passed: 0, failed: 0, skipped: 0 };
  const ok = outcome.ok && counts.failed === 0;
  if (!ok && counts.failed === 0) counts.failed = 1;
  console.log(`${step.name}: ${ok ? 'ok' : 'failed'} after ${seconds.toFixed(1)} s`);
  return { name: step.name, result: ok ? 'ok' : 'FAILED', seconds, counts };
}

/**
 * The table, then the one line that other programs may read.
 * @param {Row[]} rows
 */
function printSummary(rows) {
  /** @param {string[]} cells */
  const line = ([name = '', ...rest]) => console.log(name.padEnd(14) + rest.map((cell) => cell.padStart(9)).join(''));
  /** @param {keyof Counts} key */
  const total = (key) => rows.reduce((sum, { counts }) => sum + counts[key], 0);
  console.log('');
  line(['step', 'result', 'seconds', 'passed', 'failed', 'skipped']);
  for (const { name, result, seconds, counts } of rows) {
    const shown = [counts.passed, counts.failed, counts.skipped].map((count) => (count === 0 ? '' : String(count)));
    line([name, result, seconds.toFixed(1), ...shown]);
  }
  const skipped = total('skipped');
  console.log('');
  console.log(`${total('passed')} passed, ${total('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

function printHelp() {
  console.log('npm test [-- --only STEP[,STEP]] [--all]\n');
  console.log('Runs these steps in this order and stops at the first that fails:\n');
  for (const { name, does } of STEPS) console.log(`  ${name.padEnd(13)}${does}`);
  console.log('\n  --only STEP  run these steps alone');
  console.log('  --all        go on after a failed step');
}

/** @param {string | undefined} only */
function chooseSteps(only) {
  if (only === undefined) return STEPS;
  const names = only.split(',');
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown !== undefined) {
    throw new Advice(`There is no step '${unknown}'. The steps are: ${STEPS.map(({ name }) => name).join(', ')}`);
  }
  return STEPS.filter(({ name }) => names.includes(name));
}

function readOptions() {
  try {
    return parseArgs({
      options: { only: { type: 'string' }, all: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new Advice(`${error instanceof Error ? error.message : error}\nSee npm test -- --help`);
  }
}

/**
 * What every step needs; without it none can run.
 * @param {boolean} peers
 * @returns {Step}
 */
function setup(peers) {
  return {
    name: 'setup',
    does: peers ? "npm's packages, Debian's peers" : "npm's packages",
    needsPeers: false,
    run: async () => {
      await ensureNpmPackages();
      if (peers) await ensureDebianPackages();
      await mkdir(results, { recursive: true });
      return { ok: true };
    },
  };
}

/**
 * @param {Step[]} steps
 * @param {boolean} all go on after a failed step
 */
async function runSteps(steps, all) {
  const rows = [await runStep(setup(steps.some((step) => step.needsPeers)))];
  let stopped = rows[0]?.result !== 'ok';
  for (const step of steps) {
    if (stopped || interrupted.signal.aborted) {
      rows.push({ name: step.name, result: 'not run', seconds: 0, counts: { passed: 0, failed: 0, skipped: 0 } });
      continue;
    }
    const row = await runStep(step);
    rows.push(row);
    stopped = row.result !== 'ok' && !all;
  }
  return rows;
}

await runScript(async () => {
  const options = readOptions();
  if (options.help) {
    printHelp();
    return 0;
  }
  const steps = chooseSteps(options.only);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interrupted.abort());
  try {
    const rows = await runSteps(steps, options.all === true);
    printSummary(rows);
    return rows.every(({ result }) => result === 'ok') ? 0 : 1;
  } finally {
    await rm(results, { recursive: true, force: true });
  }
});
