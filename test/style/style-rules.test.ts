import { describe, expect, it } from 'vitest';
import { findDeadExports, findDeadFiles } from './dead-code.ts';
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
import { compareWithLimit } from './ratchet.ts';
import { type SourceFile, sourceFile } from './source-tree.ts';
import {
  findAny,
  findBarrels,
  findClockAndChance,
  findConsole,
  findDefaultExports,
  findDoubleCasts,
} from './syntax-rules.ts';
import { findCommentedOutCode, findDebt, findMachinePaths } from './text-rules.ts';

/** A tidy test that finds nothing proves little: here every rule meets what it must find, and what it must let pass. */
function files(tree: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(tree).map(([path, text]) => sourceFile(path, text));
}

function linesOf(count: number): string {
  return 'f();\n'.repeat(count);
}

describe('imports', () => {
  it('point down: a layer may use itself and those below', () => {
    const tree = files({
      'src/engine/keyspace/a.ts': "import { b } from '../memory/b.ts';\nimport { c } from './c.ts';",
      'src/engine/memory/b.ts': "import type { A } from '../keyspace/a.ts';",
      'src/bytes/d.ts': "export { e } from '../protocol/e.ts';",
      'src/protocol/e.ts': "const later = () => import('../server/f.ts');\ntype T = import('../cli.ts').T;",
    });
    expect(findUpwardImports(tree)).toEqual([
      'src/engine/memory/b.ts:1 imports src/engine/keyspace/a.ts, which stands above it',
      'src/bytes/d.ts:1 imports src/protocol/e.ts, which stands above it',
      'src/protocol/e.ts:1 imports src/server/f.ts, which stands above it',
      'src/protocol/e.ts:2 imports src/cli.ts, which stands above it',
    ]);
  });

  it('of dispatch by commands take types only', () => {
    const from = (text: string) => findUpwardImports(files({ 'src/engine/commands/a.ts': text }));
    expect(from("import type { Call } from '../dispatch/call.ts';")).toEqual([]);
    expect(from("import { type Call } from '../dispatch/call.ts';")).toEqual([]);
    expect(from("import { type Call, run } from '../dispatch/call.ts';")).toHaveLength(1);
    expect(from("import '../dispatch/call.ts';")).toHaveLength(1);
  });

  it('are free among tests, and no test is imported', () => {
    const tree = files({
      'src/bytes/a.test.ts': "import { b } from '../server/b.ts';\nimport { s } from './s.suite.ts';",
      'src/bytes/b.ts': "import { t } from './a.test.ts';\nimport { s } from './s.suite.ts';",
      'test/c.test.ts': "import { t } from './d.test.ts';",
    });
    expect(findUpwardImports(tree)).toEqual([]);
    expect(findImportsOfTests(tree)).toEqual([
      'src/bytes/b.ts:1 imports src/bytes/a.test.ts, which exists for testing',
      'src/bytes/b.ts:2 imports src/bytes/s.suite.ts, which exists for testing',
      'test/c.test.ts:1 imports test/d.test.ts, which exists for testing',
    ]);
  });

  it('come from files that have a place', () => {
    const tree = files({
      'src/bytes/a.ts': '',
      'src/attic/b.ts': '',
      'src/engine/c.ts': '',
      'src/engine/engine.ts': '',
    });
    expect(findUnplacedFiles(tree).map((problem) => problem.split(' ')[0])).toEqual([
      'src/attic/b.ts',
      'src/engine/c.ts',
    ]);
  });

  it('of packages are declared, and Node is named as Node', () => {
    const tree = files({
      'src/server/a.ts': "import 'node:net';\nimport '@x/y/z';\nimport 'fs';\nimport 'w/sub';",
      'src/server/a.test.ts': "import 'vitest';",
    });
    expect(findUndeclaredPackages(tree, ['@x/y'])).toEqual([
      "src/server/a.ts:3 imports fs, which package.json's dependencies lack",
      "src/server/a.ts:4 imports w/sub, which package.json's dependencies lack",
    ]);
  });

  it('name the file', () => {
    const text = "import './a';\nimport './b.js';\nimport '..';\nimport './c.ts';\nimport 'd';\nimport './e.json';";
    expect(findImportsWithoutExtension(files({ 'src/bytes/x.ts': text }))).toHaveLength(3);
  });

  it('give the engine neither sockets nor files', () => {
    const text = "import 'node:fs';\nimport 'node:util';\nimport 'node:net';";
    expect(findInputAndOutputInEngine(files({ 'src/engine/values/a.ts': text }))).toHaveLength(2);
    expect(findInputAndOutputInEngine(files({ 'src/server/a.ts': text }))).toEqual([]);
  });
});

describe('dead code', () => {
  const tree = files({
    'src/cli.ts': "import { used } from './a.ts';\nimport * as all from './ns.ts';\nused(all.one);",
    'src/a.ts':
      'export function used() {}\nexport const unused = 1, { deep: [buried] } = x;\nexport type Lost = 1;\nexport type Given = 2;\nlet g: Given;',
    'src/ns.ts': 'export const one = 1;\nexport const two = 2;',
    'src/lazy.ts': '',
    'src/worker.ts': "export { hidden as seen } from './lazy.ts';",
    'src/island.ts': "import './island-too.ts';",
    'src/island-too.ts': "import './island.ts';",
    'src/a.test.ts': "import { unused } from './a.ts';\nimport './island.ts';",
  });

  it('is a file that no entry reaches', () => {
    const found = findDeadFiles(tree, ['src/cli.ts', 'src/worker.ts'], {});
    expect(found.map((problem) => problem.split(' ')[0])).toEqual(['src/island.ts', 'src/island-too.ts']);
  });

  it('is not a file reached dynamically or as a worker', () => {
    const reaching = files({
      'src/cli.ts': "import('./lazy.ts');\nnew Worker(new URL('./worker.ts', import.meta.url));",
      'src/lazy.ts': '',
      'src/worker.ts': '',
    });
    expect(findDeadFiles(reaching, ['src/cli.ts'], {})).toEqual([]);
  });

  it('is an export that only tests take, of the entries none', () => {
    const found = findDeadExports(tree, ['src/cli.ts', 'src/worker.ts'], {});
    expect(found.map((problem) => problem.split(' ')[0])).toEqual([
      'src/a.ts#unused',
      'src/a.ts#buried',
      'src/a.ts#Lost',
      'src/ns.ts#two',
    ]);
  });

  it('may stay for a reason, as long as the reason holds', () => {
    const reasons = { 'src/island.ts': 'a checker', 'src/island-too.ts': 'its model', 'src/cli.ts': 'outdated' };
    expect(findDeadFiles(tree, ['src/cli.ts', 'src/worker.ts'], reasons)).toEqual([
      'src/cli.ts needs its exemption no more: remove it from exemptions.json',
    ]);
  });
});

describe('size', () => {
  it('is compared with its limit and its record', () => {
    const sizes = new Map([
      ['small', 10],
      ['big', 11],
      ['shrunk', 12],
      ['grown', 14],
      ['known', 15],
      ['healed', 9],
    ]);
    const exempt = { shrunk: 13, grown: 13, known: 15, healed: 20, gone: 30 };
    expect(compareWithLimit(sizes, 10, exempt, 'mend it')).toEqual([
      'big: 11 is over 10; mend it',
      'shrunk: now 12; write 12 for 13 in exemptions.json',
      'grown: grew from 13 to 14; the limit is 10',
      'healed: now 9, within 10; remove it from exemptions.json',
      'gone: no longer there; remove it from exemptions.json',
    ]);
  });

  it('of files: aim at 400, stop at 700', () => {
    const tree = files({ 'src/a.ts': linesOf(400), 'src/b.ts': linesOf(401), 'src/c.ts': linesOf(701) });
    expect(findLongFiles(tree, { 'src/c.ts': 701 })).toEqual([
      'src/b.ts: 401 is over 400; split it by concept',
      'src/c.ts: 701 is over 700, where exemptions end',
    ]);
  });

  it('of functions: 70 lines, whatever stands in strings and comments', () => {
    const long = (head: string) => `${head} {\n// }\nconst s = '}' + \`\${'}'}}\` + /}/.source;\n${linesOf(67)}}`;
    const tree = files({
      'src/a.ts': `${long('function f()')}\nclass C { ${long('m()')} }\nconst g = ${long('() =>')};\n${linesOf(90)}`,
      'src/a.test.ts': `describe.each([1])('x', ${long('() =>')});\nit('y', ${long('() =>')});`,
    });
    expect(findLongFunctions(tree, {})).toEqual([
      'src/a.ts#f: 71 is over 70; split it by concept',
      'src/a.ts#C.m: 71 is over 70; split it by concept',
      'src/a.ts#g: 71 is over 70; split it by concept',
      'src/a.test.ts#(anonymous): 71 is over 70; split it by concept',
    ]);
  });
});

describe('words', () => {
  it('must name a concept', () => {
    const tree = files({
      'src/server/utils/a.ts': '',
      'src/server/string-helpers.ts': '',
      'src/server/types.ts': '',
      'src/server/prototypes.ts': 'class KeyManager {}\nclass Arena {}\nfunction longestCommon() {}',
    });
    expect(findEmptyNames(tree).map((problem) => problem.split(/[: ]/)[0])).toEqual([
      'src/server/utils/a.ts',
      'src/server/string-helpers.ts',
      'src/server/types.ts',
      'src/server/prototypes.ts',
    ]);
  });

  it('of debt stand in no comment', () => {
    const text = `// ${'TO'}DO later\nconst flag = 'XXX';\n/** ${'FIX'}ME */\n// XX is an option of SET`;
    expect(findDebt(files({ 'src/a.ts': text })).map((problem) => problem.split(' ')[0])).toEqual([
      'src/a.ts:1',
      'src/a.ts:3',
    ]);
  });

  it('of code stand in no comment', () => {
    const code = [
      '// const old = 1;',
      'f();',
      '// if (old) {',
      '//   g();',
      '// }',
      'f();',
      '/* h(1); */',
      'f(); // old = 2;',
    ];
    expect(
      findCommentedOutCode(files({ 'src/a.ts': code.join('\n') })).map((problem) => problem.split(' ')[0]),
    ).toEqual(['src/a.ts:1', 'src/a.ts:3', 'src/a.ts:7', 'src/a.ts:8']);
    const prose = [
      '// now: the rest;',
      '// a (b)',
      '// see f();  it is slow',
      '/** `x = 1;` */',
      '// done;',
      '// {a, b}',
    ];
    expect(findCommentedOutCode(files({ 'src/a.ts': prose.join('\nf();\n') }))).toEqual([]);
  });

  it('name no place on one machine', () => {
    const path = ['', 'home', 'ann', 'x'].join('/');
    const text = `a ${path}\nb ~${path}\nc https://x.org${path}\nd "${path}"\ne /tmp/x.sock`;
    expect(findMachinePaths([{ path: 'README.md', text }]).map((problem) => problem.split(' ')[0])).toEqual([
      'README.md:1',
      'README.md:4',
    ]);
  });
});

describe('language', () => {
  const tree = (text: string) => files({ 'src/engine/values/a.ts': text, 'src/cli.ts': text });

  it('has no any, but words may say it', () => {
    const text = 'let a: any;\nlet b: Array<any>;\n// any\nconst any = 1;\nf(any);';
    expect(findAny(files({ 'src/a.ts': text }))).toHaveLength(2);
  });

  it('counts casts through unknown', () => {
    const text = 'f(a as unknown as B, b as unknown);';
    expect(findDoubleCasts(files({ 'src/a.ts': text }), {})).toEqual([
      'src/a.ts: 1 is over 0; say what the value is, or check it',
    ]);
    expect(findDoubleCasts(files({ 'src/a.ts': text }), { 'src/a.ts': 1 })).toEqual([]);
  });

  it('lets only the command line speak', () => {
    expect(findConsole(tree('console.log(1);\nlogger.log(2);'))).toHaveLength(1);
  });

  it('has no default exports and no barrels', () => {
    expect(
      findDefaultExports(files({ 'src/a.ts': 'export default 1;', 'x.config.ts': 'export default 1;' })),
    ).toHaveLength(1);
    expect(findBarrels(files({ 'src/a.ts': "export * from './b.ts';\nexport { c } from './c.ts';" }))).toHaveLength(1);
  });

  it('hands the engine its clock and chance', () => {
    const used =
      'Date.now();\nnew Date();\nMath.random();\nperformance.now();\nsetTimeout(f, 1);\nprocess.hrtime.bigint();';
    expect(findClockAndChance(tree(`import { randomBytes } from 'node:crypto';\n${used}`))).toHaveLength(7);
    expect(findClockAndChance(tree('clock.now();\nnew Date(0);\nMath.imul(1, 2);\nthis.random();'))).toEqual([]);
  });
});
