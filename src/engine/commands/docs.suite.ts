/** What must hold of docs and the rows they belong to, whichever commands they are. */
import { expect, it } from 'vitest';
import type { CommandTable } from '../dispatch/command.ts';
import type { Argument, Docs } from './docs.ts';
import { NOT_KEY } from './spec.ts';

const VERSION = /^\d+\.\d+\.\d+$/;

/** `awaited` names commands that are documented before they exist: it must shrink when they do. */
export function testDocs(commands: CommandTable, all: readonly Docs[], awaited: readonly string[] = []): void {
  const documented = all.flatMap((docs) => Object.entries(docs));

  it('document every command once, and nothing else', () => {
    const names = [...commands.everything()].map(({ fullName }) => fullName);
    const expected = documented.map(([name]) => name).filter((name) => !awaited.includes(name.split('|')[0]));
    expect(expected.toSorted()).toEqual(names.toSorted());
  });

  it('say one sentence, a version and an order', () => {
    for (const [name, { summary, since, complexity = 'O(1)', history = [] }] of documented) {
      expect(summary, name).toMatch(/^[A-Z].*[^.]\.$/);
      expect(since, name).toMatch(VERSION);
      expect(complexity, name).toMatch(/^O\(.+\)|^Depends /);
      for (const [version, change] of history) {
        expect(version, name).toMatch(VERSION);
        expect(change, name).toMatch(/\.$/);
      }
    }
  });

  it('point at key specifications the row has, and at each of them', () => {
    for (const [name, docs] of documented) {
      const keys = commands.byName(name)?.row.keys.filter(({ flags }) => (flags & NOT_KEY) === 0);
      const specs = keys?.map((_, i) => i);
      const pointed = new Set(everyArgument(docs.arguments ?? []).flatMap(({ keySpec = [] }) => keySpec));
      if (specs !== undefined) expect([...pointed].sort(), name).toEqual(specs);
    }
  });

  it('give words to what stands for itself, and parts to what has parts', () => {
    for (const [name, docs] of documented) {
      for (const { type, token, parts = [] } of everyArgument(docs.arguments ?? [])) {
        if (type === 'pure-token') expect(token, name).toMatch(/^([A-Z]|[=~*$]$)/);
        expect(parts.length > 0, name).toBe(type === 'oneof' || type === 'block');
      }
    }
  });
}

function everyArgument(list: readonly Argument[]): Argument[] {
  return list.flatMap((argument) => [argument, ...everyArgument(argument.parts ?? [])]);
}
