import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * The package as a user gets it: packed, unpacked, and used from there. It is unpacked inside the checkout (.cache), so
 * that its dependencies are found in the checkout's node_modules without a network.
 */
interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}
interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const commands = Object.entries(manifest.bin).map(([name, path]) => ({ name, path: posix.normalize(path) }));
const entries = Object.entries(manifest.exports ?? {}).map(([subpath, target]) => ({
  name: posix.join('hotset', subpath),
  targets: Object.entries(typeof target === 'string' ? { default: target } : target),
}));
const PACK_TIMEOUT_MS = 120_000;
/** For one start of Node: a command that does not end must fail its test, not hold it. */
const RUN = { encoding: 'utf8', timeout: 20_000 } as const;

describe.skipIf(!existsSync(join(root, 'src/cli.ts')))('the package (skipped while there is no src/cli.ts)', () => {
  let folder = '';
  let unpacked = '';
  let files: PackedFile[] = [];

  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'], { stdio: 'inherit' });
    folder = mkdtempSync(join(root, '.cache', 'package-'));
    const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', `--pack-destination=${folder}`];
    const [packed] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' }));
    files = packed.files;
    execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', folder]);
    unpacked = join(folder, 'package');
  }, PACK_TIMEOUT_MS);

  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  it('holds the command and the documents', () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md', 'dist/cli.js']),
    );
  });

  it('holds no sources, no tests and no tools', () => {
    const strays = files
      .map(({ path }) => path)
      .filter((path) => !/^(dist\/.*\.(js|d\.ts|html|css|wasm)|docs\/.*|[A-Z]+(\.md)?|package\.json)$/.test(path));
    const tests = files.map(({ path }) => path).filter((path) => /\.(test|fuzz|bench|suite|testing)\./.test(path));
    expect({ strays, tests }).toEqual({ strays: [], tests: [] });
  });

  it.each(commands)('has the command $name, which starts', ({ path }) => {
    expect(files.find((file) => file.path === path)?.mode).toBe(0o755);
    expect(execFileSync(join(unpacked, path), ['--version'], RUN)).toContain(manifest.version);
  });

  it.each(entries)('can be imported as $name, with its types', ({ name, targets }) => {
    const paths = new Set(files.map(({ path }) => path));
    expect(targets.map(([, target]) => posix.normalize(target)).filter((path) => !paths.has(path))).toEqual([]);
    expect(targets.map(([condition]) => condition)).toContain('types');
    const script = `const names = Object.keys(await import('${name}')); if (names.length === 0) process.exit(1);`;
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], { ...RUN, cwd: unpacked });
  });
});
