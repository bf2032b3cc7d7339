/**
 * Long random runs: `npx tsx test/differential/run.ts --minutes 10 --seed 1 --failures 20 --groups hash,list`. Prints every failure as a small
 * script, then what was run and which allowed differences were needed. Exit code 1 when something differed.
 */
import { parseArgs } from 'node:util';
import { AllowedDifferences } from './allowed.ts';
import { Comparison } from './comparison.ts';
import { formatFailure, makeGenerator, runRandom } from './random-run.ts';
import { textOf } from './reply-frames.ts';
import { forBoth, NAMES, Servers } from './servers.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000_000}` },
    groups: { type: 'string', default: '' },
    failures: { type: 'string', default: '20' },
  },
});

const allowed = new AllowedDifferences();
const servers = await Servers.start();
try {
  const before = await memoryOf(servers);
  const generator = await makeGenerator(servers, values.groups.split(',').filter(Boolean));
  const run = await runRandom(new Comparison(servers, allowed), generator, {
    seed: Number(values.seed),
    milliseconds: Number(values.minutes) * 60_000,
    maxFailures: Number(values.failures),
    onFailure: (failure) => console.log(formatFailure(failure)),
  });
  console.log(
    `seed ${values.seed}: ${run.scripts} scripts, about ${run.commands} commands, ${run.failures.length} failed`,
  );
  console.log(allowed.summary());
  await servers.makeEmpty();
  const after = await memoryOf(servers);
  for (const name of NAMES) console.log(`${name} when empty, first and last: ${before[name]} - ${after[name]}`);
  process.exitCode = run.failures.length > 0 ? 1 : 0;
} finally {
  await servers.stop();
}

/** What the servers hold of memory, to see whether a long run leaves something behind. */
function memoryOf(running: Servers): Promise<Record<(typeof NAMES)[number], string>> {
  return forBoth(async (name) => {
    const [info] = await running.ask(name, [['INFO', 'memory']]);
    const field = (key: string) => new RegExp(`^${key}:(\\S+)`, 'm').exec(textOf(info))?.[1] ?? 'unknown';
    return `used ${field('used_memory_human')}, resident ${field('used_memory_rss_human')}`;
  });
}
