/**
 * Hotset beside redis-server 7.0.15, both as processes: the same bytes to both, the same bytes back, the same keys after.
 * Scripts by hand in `scripts/` say what must not be missed; random ones find what nobody thought of. DIFF_SEED=n repeats
 * the random scripts from number n on, DIFF_SECONDS=n takes n seconds for them; run.ts runs them for longer.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllowedDifferences } from './allowed.ts';
import { Comparison, formatDifferences } from './comparison.ts';
import { formatFailure, makeGenerator, runRandom } from './random-run.ts';
import { elementsOf, textOf } from './reply-frames.ts';
import { parseScripts } from './script.ts';
import { forBoth, Servers } from './servers.ts';
import { setOptionScripts } from './set-options.ts';

const START_LIMIT_MS = 120_000;
const SCRIPT_LIMIT_MS = 60_000;
const SEED = Number(process.env.DIFF_SEED ?? Date.now() % 1_000_000_000);
const RANDOM_MS = Number(process.env.DIFF_SECONDS ?? 30) * 1000;
const SCANNED_KEYS = 5_000;
const SCAN_COUNTS = ['1', '10', '1000', '100000'];

const folder = join(fileURLToPath(new URL('.', import.meta.url)), 'scripts');
const scripts = readdirSync(folder).flatMap((file) =>
  parseScripts(readFileSync(join(folder, file), 'utf8'), file).map((script) => ({ file: basename(file), ...script })),
);

const allowed = new AllowedDifferences();
let servers: Servers;
let comparison: Comparison;

beforeAll(async () => {
  servers = await Servers.start();
  comparison = new Comparison(servers, allowed);
}, START_LIMIT_MS);

afterAll(async () => {
  await servers?.stop();
  const unused = allowed.unused();
  if (unused.length > 0) console.warn(`Allowed differences that nothing needed: ${unused.join('; ')}`);
});

describe.each([2, 3] as const)('in RESP%i', (protocol) => {
  it.for(scripts)('$file: $name', { timeout: SCRIPT_LIMIT_MS }, async (script, { skip }) => {
    const lacked = await servers.lackedBy('hotset', script.needs);
    if (lacked.length > 0) skip(`Hotset has no ${lacked.map((words) => words.join(' ')).join(', ')}`);
    expect(formatDifferences(await comparison.run(script, protocol))).toBe('');
  });

  it.each(setOptionScripts())(
    '$name',
    async (script) => {
      expect(formatDifferences(await comparison.run(script, protocol))).toBe('');
    },
    SCRIPT_LIMIT_MS,
  );
});

it.each(SCAN_COUNTS)('SCAN finds every key, COUNT %s', async (count) => {
  await servers.makeEmpty();
  const pairs = Array.from({ length: SCANNED_KEYS }, (_, i) => [`key:${i}`, `${i}`]);
  const found = await forBoth(async (name) => {
    await servers.ask(name, [['MSET', ...pairs.flat()]]);
    const keys = new Set<string>();
    let cursor = '0';
    do {
      const [reply] = await servers.ask(name, [['SCAN', cursor, 'COUNT', count]]);
      const [next, members] = elementsOf(reply);
      for (const member of elementsOf(members)) keys.add(textOf(member));
      cursor = textOf(next);
    } while (cursor !== '0');
    return [...keys].sort();
  });
  expect(found.hotset).toEqual(found.redis);
  expect(found.hotset).toHaveLength(SCANNED_KEYS);
});

it(
  `random commands from seed ${SEED} on`,
  async () => {
    const options = { seed: SEED, milliseconds: RANDOM_MS, maxFailures: 3 };
    const run = await runRandom(comparison, await makeGenerator(servers), options);
    expect(run.failures.map(formatFailure).join('\n')).toBe('');
    expect(run.scripts).toBeGreaterThan(0);
  },
  RANDOM_MS + START_LIMIT_MS,
);
