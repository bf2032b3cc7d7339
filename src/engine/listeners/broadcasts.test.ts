import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Broadcasts, NOBODY } from './broadcasts.ts';
import { Tracker } from './tracker.ts';

function trackers(count: number): Tracker[] {
  return Array.from({ length: count }, (_, i) => new Tracker(i + 1));
}

/** What each client is told at the end of the turn: messages of keys. */
function told(broadcasts: Broadcasts): Map<number, string[][]> {
  const messages = new Map<number, string[][]>();
  broadcasts.giveOut((to, keys) => {
    for (const { client } of to) {
      messages.set(client, [...(messages.get(client) ?? []), keys.map((key) => key.toString('latin1'))]);
    }
  });
  return messages;
}

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), maxLength: 4 });

describe('broadcasts', () => {
  test('each client is told of what begins with its prefixes, once a prefix and turn, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ client: fc.nat(4), prefix: texts }), { maxLength: 12 }),
        fc.array(fc.record({ key: texts, by: fc.nat(5) }), { maxLength: 30 }),
        fc.array(fc.nat(4), { maxLength: 2 }),
        (wishes, changes, leaving) => {
          const broadcasts = new Broadcasts();
          const all = trackers(5);
          for (const tracker of all) tracker.isNoLoop = tracker.client % 2 === 0;
          for (const { client, prefix } of wishes) broadcasts.add(all[client], prefix);
          for (const client of leaving) broadcasts.remove(all[client]);
          const left = wishes.filter(({ client }) => !leaving.includes(client));
          expect(broadcasts.count).toBe(new Set(left.map(({ prefix }) => prefix)).size);
          const last = new Map<string, number>();
          for (const { key, by } of changes) {
            broadcasts.note(Buffer.from(key, 'latin1'), by);
            last.set(key, by);
          }
          const expected = new Map<number, string[][]>();
          for (const { client, isNoLoop, prefixes } of all) {
            for (const prefix of [...prefixes].sort()) {
              const keys = [...last.keys()].filter((key) => key.startsWith(prefix)).sort();
              const foreign = keys.filter((key) => !isNoLoop || last.get(key) !== client);
              if (foreign.length > 0) expected.set(client, [...(expected.get(client) ?? []), foreign]);
            }
          }
          expect(told(broadcasts)).toEqual(expected);
          expect(told(broadcasts)).toEqual(new Map());
        },
      ),
      { numRuns: 500 },
    );
  });

  test('the first change of a turn that somebody wants to know of is told', () => {
    const broadcasts = new Broadcasts();
    const [tracker] = trackers(1);
    broadcasts.add(tracker, 'a');
    expect(broadcasts.note(Buffer.from('b'), NOBODY)).toBe(false);
    expect(broadcasts.note(Buffer.from('a1'), NOBODY)).toBe(true);
    expect(broadcasts.note(Buffer.from('a2'), NOBODY)).toBe(false);
    told(broadcasts);
    expect(broadcasts.note(Buffer.from('a2'), NOBODY)).toBe(true);
    broadcasts.remove(tracker);
    expect(told(broadcasts)).toEqual(new Map());
    expect(broadcasts.note(Buffer.from('a2'), NOBODY)).toBe(false);
  });
});
