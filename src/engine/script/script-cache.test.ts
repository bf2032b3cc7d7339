import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LuaFunction } from '../../lua/function.ts';
import { Machine } from '../../lua/machine.ts';
import { Args } from '../../protocol/args.ts';
import { Script } from './script.ts';
import { digestOf, ScriptCache } from './script-cache.ts';

const main = new LuaFunction(() => undefined);
// No test runs a script.
const machine = Object.create(Machine.prototype) as Machine;

function script(text: string, isKept = false): Script {
  return new Script(digestOf(text), text, 0, main, machine, 'user_script', isKept);
}

function find(cache: ScriptCache, digest: string): Script | undefined {
  return cache.find(Args.of([Buffer.from(digest)]), 0);
}

describe('the cache of scripts', () => {
  it('digests as SHA-1 does, a character a byte', () => {
    expect(digestOf('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
    expect(digestOf('return 1')).toBe('e0e1f9fabfc9d4800c877a703b823ac0578ff8db');
    expect(digestOf('\xff\x80')).toBe('2f52fa98aee1519d88a09e5019f4186aa4ba767a');
  });

  it('finds by digest in any case, and by text', () => {
    const cache = new ScriptCache();
    const long = `return '${'x'.repeat(50_000)}'`;
    for (const text of ['return 1', 'return 2', long]) {
      const added = script(text);
      cache.add(added);
      expect(find(cache, added.name)).toBe(added);
      expect(find(cache, added.name.toUpperCase())).toBe(added);
      expect(cache.findText(text)).toBe(added);
    }
    expect(find(cache, digestOf('return 3'))).toBe(undefined);
    expect(find(cache, 'short')).toBe(undefined);
    expect(find(cache, `${digestOf('return 1')}0`)).toBe(undefined);
    expect(cache.findText('return 3')).toBe(undefined);
    expect(cache.findText(`${long} `)).toBe(undefined);
  });

  it('tells digests apart that share their key', () => {
    const cache = new ScriptCache();
    const added = script('return 1');
    cache.add(added);
    for (let i = 0; i < added.name.length; i++) {
      const other = added.name[i] === '0' ? '1' : '0';
      expect(find(cache, added.name.slice(0, i) + other + added.name.slice(i + 1))).toBe(undefined);
    }
  });

  it('keeps a long one that is used by its text', () => {
    const cache = new ScriptCache();
    const long = script(`return '${'x'.repeat(50_000)}'`);
    cache.add(long);
    for (let i = 0; i < 1000; i++) {
      cache.add(script(`return ${i}`));
      expect(cache.findText(long.text)).toBe(long);
    }
    expect(cache.evicted).toBe(501);
  });

  it('keeps the 500 of EVAL that were used last, and those of SCRIPT LOAD', () => {
    const cache = new ScriptCache();
    const loaded = script('return "loaded"', true);
    const kept = script('return "kept"');
    const used = script('return "used"');
    for (const first of [loaded, kept, used]) cache.add(first);
    cache.keep(kept);
    for (let i = 0; i < 600; i++) {
      cache.add(script(`return ${i}`));
      expect(find(cache, used.name)).toBe(used);
    }
    expect(cache.size).toBe(502);
    expect(cache.evicted).toBe(101);
    expect(find(cache, loaded.name)).toBe(loaded);
    expect(find(cache, kept.name)).toBe(kept);
    expect(cache.findText('return 599')).toBeDefined();
    expect(cache.findText('return 0')).toBe(undefined);
    cache.clear();
    expect([cache.size, cache.bytes, find(cache, loaded.name)]).toEqual([0, 0, undefined]);
  });

  it('holds what a map would', () => {
    const word = fc.constantFrom(...'abcdefgh');
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('add', 'find'), word }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'clear', word: '' }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = new ScriptCache();
        const model = new Map<string, Script>();
        for (const { kind, word } of steps) {
          if (kind === 'clear') {
            cache.clear();
            model.clear();
          } else if (kind === 'add' && !model.has(word)) {
            const added = script(word);
            model.set(word, added);
            cache.add(added);
          }
          expect(cache.findText(word)).toBe(model.get(word));
          expect(find(cache, digestOf(word))).toBe(model.get(word));
          expect(cache.size).toBe(model.size);
        }
      }),
    );
  });
});
