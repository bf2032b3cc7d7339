/**
 * Redis's own test suite, from Debian's source package of redis: fetched at run time into the cache, never committed.
 *
 * The package manager does it with a configuration of its own (sources, lists, cache), so that the machine's stays as it
 * is and no privileges are needed. The sources are those the machine already trusts, read as source packages.
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

const VERSION = '7.0.15';

/** The folder of the unpacked suite inside `cache`, fetching it first if it is not there. Throws saying what is missing. */
export function suiteFolder(cache: string): string {
  const folder = join(cache, `redis-${VERSION}`);
  if (existsSync(join(folder, 'tests/test_helper.tcl'))) return folder;
  requireProgram('tclsh', 'tcl');
  requireProgram('apt-get', 'apt');
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    console.error(`Fetching Redis's test suite (Debian's redis ${VERSION} source package)…`);
    const archive = download(work);
    execFileSync('tar', ['-xzf', archive, '-C', work]);
    renameSync(join(work, `redis-${VERSION}`), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** Downloads the package into `work`; returns the path of the original archive. */
function download(work: string): string {
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, name), { recursive: true });
  const sources = join(work, 'sources.list');
  writeFileSync(sources, sourceLines().join('\n'));
  const options = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option]);
  const run = (...args: string[]): void => {
    execFileSync('apt-get', [...options, ...args], { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  run('-q', 'update');
  run('-q', 'source', '--download-only', 'redis');
  const archive = readdirSync(work).find((name) => name.endsWith('.orig.tar.gz'));
  if (archive?.includes(VERSION) !== true)
    throw new Error(`Debian's redis source package is not of version ${VERSION}`);
  return join(work, archive);
}

/** `deb-src` lines for Debian and its security updates, from the machine's mirrors. */
function sourceLines(): string[] {
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'bookworm';
  const mirrors = configuredMirrors();
  const main = mirrors.find((uri) => /\/debian\/?$/.test(uri)) ?? 'http://deb.debian.org/debian';
  const security = mirrors.find((uri) => /\/debian-security\/?$/.test(uri)) ?? 'http://deb.debian.org/debian-security';
  return [`deb-src ${main} ${release} main`, `deb-src ${security} ${release}-security main`, ''];
}

/** Addresses in the machine's own sources, of either format. */
function configuredMirrors(): string[] {
  const parts = '/etc/apt/sources.list.d';
  const files = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  return ['/etc/apt/sources.list', ...files]
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => /^(deb|URIs:)/.test(line))
    .flatMap((line) => line.match(/https?:\/\/\S+/g) ?? []);
}

function requireProgram(program: string, debianPackage: string): void {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
  } catch {
    throw new Error(`Redis's test suite needs ${program}. Install it: apt-get install ${debianPackage}`);
  }
}
