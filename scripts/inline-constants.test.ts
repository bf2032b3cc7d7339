import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inlineConstants } from './inline-constants.mjs';

/** The modules as they are afterwards. */
async function inline(modules: Record<string, string>): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'inline-'));
  try {
    await mkdir(join(folder, 'deep'));
    for (const [name, text] of Object.entries(modules)) await writeFile(join(folder, name), text);
    await inlineConstants(folder);
    const texts: Record<string, string> = {};
    for (const name of Object.keys(modules)) texts[name] = await readFile(join(folder, name), 'utf8');
    return texts;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('exported constants stand where they are used, in their own module too', async () => {
  const layout = [
    'export const FIRST = 1 << 4;',
    'const STEP = 0x10;',
    "import { LOWEST } from './deep/floor.js';",
    'export const LAST = FIRST + STEP * 2 - 1;',
    'export const all = [FIRST, STEP, LOWEST];',
  ];
  const user = [
    "import { FIRST as F, LAST } from '../layout.js';",
    'export const LOWEST = -LAST;',
    'f(F, LOWEST ** 2);',
  ];
  const found = await inline({ 'layout.js': layout.join('\n'), 'deep/floor.js': user.join('\n') });
  expect(found['layout.js'].split('\n')).toEqual([
    'export const FIRST = 1 << 4;',
    'const STEP = 0x10;',
    "import { LOWEST } from './deep/floor.js';",
    'export const LAST = 16 + STEP * 2 - 1;',
    'export const all = [16, STEP, (-47)];',
  ]);
  expect(found['deep/floor.js'].split('\n')).toEqual([user[0], 'export const LOWEST = -47;', 'f(16, (-47) ** 2);']);
});

test('in the cases of a switch, whose code the parser tells first', async () => {
  const text = 'export const ONE = 1; switch (x) { case ONE: f(ONE); break; default: f(-ONE); }';
  const { 'a.js': found } = await inline({ 'a.js': text });
  expect(found).toBe('export const ONE = 1; switch (x) { case 1: f(1); break; default: f(-1); }');
});

test('what is no number, no constant, or a name of a property stays', async () => {
  const a = "export const TEXT = 'x', SUM = 1 + f(), SIZE = 3; export let VAR = 1; export const small = 2;";
  const b =
    "import { TEXT, SUM, VAR, small, SIZE } from './a.js'; x = [TEXT, SUM, VAR, small]; y = { SIZE, z: { SIZE: o.SIZE } };";
  const found = await inline({ 'a.js': a, 'b.js': b });
  expect(found['a.js']).toBe(a);
  expect(found['b.js']).toBe(b.replace('{ SIZE, z', '{ SIZE: 3, z'));
});

test('a constant whose name means something else somewhere is refused', async () => {
  await expect(inline({ 'a.js': 'export const SIZE = 1; function f(SIZE) {}' })).rejects.toThrow(/SIZE/);
  await expect(inline({ 'a.js': 'export const SIZE = 1; function f() { const SIZE = 2; }' })).rejects.toThrow(/SIZE/);
});
