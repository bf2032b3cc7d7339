import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDeadExports, findDeadFiles } from './dead-code.ts';
import exemptions from './exemptions.json' with { type: 'json' };
import {
  findImportsOfTests,
  findImportsWithoutExtension,
  findInputAndOutputInEngine,
  findUndeclaredPackages,
  findUnplacedFiles,
  findUpwardImports,
} from './layers.ts';
import { findLongFiles, findLongFunctions } from './length-rules.ts';
import { findEmptyNames } from './naming-rules.ts';
import { readTree, root } from './source-tree.ts';
import {
  findAny,
  findBarrels,
  findClockAndChance,
  findConsole,
  findDefaultExports,
  findDoubleCasts,
} from './syntax-rules.ts';
import { findCommentedOutCode, findDebt, findMachinePaths } from './text-rules.ts';

/*
 * STYLE.md as a test. Each rule reads the whole tree; a failure lists every place that breaks it. What is over a limit
 * for good reason is listed in exemptions.json, and those lists only shrink.
 */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

const { sources, texts } = readTree();
const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const hasCommand = existsSync(join(root, 'src/cli.ts'));

/** The files that the world sees: the command, and what package.json exports. */
function entries(): string[] {
  const exported = Object.values(manifest.exports ?? {}).flatMap((value) =>
    typeof value === 'string' ? [value] : Object.values(value),
  );
  const sourcesOf = exported
    .filter((path) => /^\.\/dist\/.*\.js$/.test(path))
    .map((path) => path.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'));
  return [...new Set(['src/cli.ts', 'src/index.ts', ...sourcesOf])].filter((path) => existsSync(join(root, path)));
}

function expectNone(problems: readonly string[]): void {
  if (problems.length > 0) expect.fail(problems.join('\n'));
}

describe('imports', () => {
  it('every file has a place in the house', () => expectNone(findUnplacedFiles(sources)));
  it('point down only', () => expectNone(findUpwardImports(sources)));
  it('never reach a test', () => expectNone(findImportsOfTests(sources)));
  it('of packages are declared', () =>
    expectNone(findUndeclaredPackages(sources, Object.keys(manifest.dependencies ?? {}))));
  it('name the file with its extension', () => expectNone(findImportsWithoutExtension(sources)));
  it('give the engine no sockets and no files', () => expectNone(findInputAndOutputInEngine(sources)));
});

describe.skipIf(!hasCommand)('dead code (skipped while there is no src/cli.ts to start from)', () => {
  it('no file that nothing reaches', () => expectNone(findDeadFiles(sources, entries(), exemptions.testOnlyFiles)));
  it('no export that nothing takes', () => expectNone(findDeadExports(sources, entries(), exemptions.testOnlyExports)));
});

describe('size', () => {
  it('files', () => expectNone(findLongFiles(sources, exemptions.fileLength)));
  it('functions', () => expectNone(findLongFunctions(sources, exemptions.functionLength)));
});

describe('words', () => {
  it('no empty names', () => expectNone(findEmptyNames(sources)));
  it('no debt', () => expectNone(findDebt(sources)));
  it('no commented-out code', () => expectNone(findCommentedOutCode(sources)));
  it('no paths of one machine', () => expectNone(findMachinePaths(texts)));
});

describe('language', () => {
  it('no any', () => expectNone(findAny(sources)));
  it('no cast through unknown', () => expectNone(findDoubleCasts(sources, exemptions.doubleCasts)));
  it('no console outside the command line', () => expectNone(findConsole(sources)));
  it('no default exports', () => expectNone(findDefaultExports(sources)));
  it('no barrels', () => expectNone(findBarrels(sources)));
  it('no clock or chance of its own in the engine', () => expectNone(findClockAndChance(sources)));
});
