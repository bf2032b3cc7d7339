import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import type { Argument, CommandDocs } from './docs.ts';
import { ENGINE_DOCS } from './engine-docs.ts';
import { introspection } from './introspection.ts';

const { engine } = new TestEngine([introspection(ENGINE_DOCS)]);
const commands = [...engine.commands.everything()];
const documented = ENGINE_DOCS.flatMap((docs) => Object.entries(docs));

it('documents every command once, and nothing else', () => {
  expect(documented.map(([name]) => name).sort()).toEqual(commands.map(({ fullName }) => fullName).sort());
});

describe.each(documented)('the docs of %s', (name, docs: CommandDocs) => {
  it('say one sentence, a version and an order', () => {
    expect(docs.summary).toMatch(/^[A-Z].*[^.]\.$/);
    expect(docs.since).toMatch(/^\d+\.\d+\.\d+$/);
    expect(docs.complexity ?? 'O(1)').toMatch(/^O\(.+\)|^Depends /);
    for (const [version, change] of docs.history ?? []) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(change).toMatch(/\.$/);
    }
  });

  it('point at key specifications the row has, and at each of them', () => {
    const specs = engine.commands.byName(name)?.row.keys.map((_, i) => i);
    const pointed = new Set(everyArgument(docs.arguments ?? []).flatMap(({ keySpec = [] }) => keySpec));
    expect([...pointed].sort()).toEqual(specs);
  });

  it('give words to what stands for itself, and parts to what has parts', () => {
    for (const { type, token, parts = [] } of everyArgument(docs.arguments ?? [])) {
      if (type === 'pure-token') expect(token).toMatch(/^[A-Z]/);
      expect(parts.length > 0).toBe(type === 'oneof' || type === 'block');
    }
  });
});

function everyArgument(list: readonly Argument[]): Argument[] {
  return list.flatMap((argument) => [argument, ...everyArgument(argument.parts ?? [])]);
}
