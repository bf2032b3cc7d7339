/**
 * Redis's own test suite, from Debian's source package of redis: fetched at run time into the cache, never committed.
 *
 * apt does it with sources, lists and a cache of its own in a temporary folder, so that the machine's configuration stays
 * as it is and an ordinary user can run it. Downloading from the mirror's pool by address was rejected: file names change
 * with every security update, and nothing would check a signature. Debian's patches are applied; they add tests.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Archive, parseOneLineSources, parseStanzas, sourceStanzas } from './apt-sources.ts';
import { findProgram } from './scratch-tree.ts';

const VERSION = '7.0.15';
const RELEASE = 'bookworm';
const APT = '/etc/apt';
/** What of the package the suite reads. */
const KEPT = ['tests', 'redis.conf', 'COPYING'];

/** What to tell the user instead of a stack trace. */
export class SuiteUnavailable extends Error {}

/** The folder of the unpacked suite inside `cache`, fetched first if it is not there. Throws SuiteUnavailable. */
export function suiteFolder(cache: string): string {
  requirePrograms({ tclsh: 'tcl', 'redis-cli': 'redis-tools', 'redis-benchmark': 'redis-tools' });
  const folder = join(cache, `redis-suite-${VERSION}`);
  if (existsSync(folder)) return folder;
  requirePrograms({ 'apt-get': 'apt', 'dpkg-source': 'dpkg-dev' });
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    console.log(`Fetching Redis's test suite: Debian's source package of redis ${VERSION}…`);
    const unpacked = unpack(work, download(work));
    try {
      renameSync(unpacked, folder);
    } catch (error) {
      // Another run has fetched the same thing meanwhile.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** Downloads the source package into `work`; returns the path of its description. */
function download(work: string): string {
  for (const name of ['lists/partial', 'cache/archives/partial', 'parts']) {
    mkdirSync(join(work, name), { recursive: true });
  }
  writeFileSync(join(work, 'parts/suite.sources'), sources());
  const options = [
    'Dir::Etc::sourcelist=/dev/null',
    `Dir::Etc::sourceparts=${join(work, 'parts')}`,
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    // apt's own user cannot write here; what is downloaded is checked by its signature in any case.
    `APT::Sandbox::User=${process.getuid?.() === 0 ? 'root' : ''}`,
  ].flatMap((option) => ['-o', option]);
  const update = attempt('apt-get', ['-q', ...options, 'update'], work);
  const source = attempt('apt-get', ['-q', ...options, 'source', '--download-only', 'redis'], work);
  const description = readdirSync(work).find((name) => name.endsWith('.dsc'));
  if (!source.ok || description === undefined) {
    throw new SuiteUnavailable(`apt cannot get the source package of redis:\n${update.output}${source.output}`);
  }
  if (!description.startsWith(`redis_${VERSION}`)) {
    throw new SuiteUnavailable(`apt offers ${description}; the suite that Hotset runs is that of redis ${VERSION}`);
  }
  return description;
}

function unpack(work: string, description: string): string {
  const result = attempt('dpkg-source', ['--no-check', '-x', description, 'source'], work);
  if (!result.ok) throw new SuiteUnavailable(`dpkg-source cannot unpack ${description}:\n${result.output}`);
  const suite = join(work, 'suite');
  mkdirSync(suite);
  for (const name of KEPT) renameSync(join(work, 'source', name), join(suite, name));
  return suite;
}

/** Messages in English, whatever the user's language, so that they can be searched for. */
function attempt(program: string, args: string[], cwd: string): { ok: boolean; output: string } {
  const env = { ...process.env, LC_ALL: 'C' };
  try {
    return { ok: true, output: execFileSync(program, args, { cwd, env, stdio: 'pipe', encoding: 'utf8' }) };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, output: `${stdout}${stderr}` };
  }
}

function sources(): string {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const stanzas = sourceStanzas(machineArchives(), codename, RELEASE);
  if (stanzas !== '') return stanzas;
  throw new SuiteUnavailable(
    `The test suite comes from Debian (source package redis ${VERSION}), and ${APT} names no archive of Debian's.`,
  );
}

function machineArchives(): Archive[] {
  const parts = join(APT, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  return [join(APT, 'sources.list'), ...names].flatMap((path) => {
    if (!existsSync(path)) return [];
    if (path.endsWith('.list')) return parseOneLineSources(readFileSync(path, 'utf8'));
    return path.endsWith('.sources') ? parseStanzas(readFileSync(path, 'utf8')) : [];
  });
}

function requirePrograms(packages: Record<string, string>): void {
  const missing = Object.entries(packages).filter(([program]) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(([, debianPackage]) => debianPackage))].join(' ');
  throw new SuiteUnavailable(
    `Redis's test suite needs ${missing.map(([program]) => program).join(', ')}. On Debian, install them:\n\n` +
      `  sudo apt-get update && sudo apt-get install --no-install-recommends ${names}`,
  );
}
