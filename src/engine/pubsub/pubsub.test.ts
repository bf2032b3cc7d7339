import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatch } from '../../bytes/glob.ts';
import { Args } from '../../protocol/args.ts';
import { OutputBuffer } from '../../protocol/output-buffer.ts';
import { Resp2Reply } from '../../protocol/resp2-reply.ts';
import { ChannelTable } from './channel-table.ts';
import { PubSub } from './pubsub.ts';
import type { Kind, Subscriber, Subscriptions } from './subscriptions.ts';

const SEED = { k0: 1, k1: 2 };

class Listener implements Subscriber<Listener> {
  readonly name: string;
  subscriptions: Subscriptions<Listener> | undefined = undefined;
  isSubscribed = false;

  constructor(name: string) {
    this.name = name;
  }

  noteSubscriptions(): void {
    this.isSubscribed = this.subscriptions !== undefined && !this.subscriptions.isEmpty;
  }
}

/** Names that share prefixes, differ in their last bytes, are empty or no text. */
const name = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'ab', 'aba', 'news', 'news.', 'news.a', '\0', 'a\0', 'a\xff', 'aaaa', 'aaab', 'aaaaa'),
  fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), maxLength: 9 }),
);
const pattern = fc.oneof(name, fc.constantFrom('*', '?', 'a*', '*a', 'news.*', '[ab]', 'a?', '**'));

function argsOf(...words: string[]): Args {
  return Args.of(words.map((word) => Buffer.from(word, 'latin1')));
}

describe('a table of channels', () => {
  test('finds what is in it, and nothing else, while it grows and shrinks', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), name), { maxLength: 400 }), (steps) => {
        const table = new ChannelTable<number>(SEED);
        const model = new Set<string>();
        for (const [adds, text] of steps) {
          const args = argsOf(text);
          const found = table.find(args, 0);
          expect(found?.name.toString('latin1')).toBe(model.has(text) ? text : undefined);
          if (adds) {
            const added = table.findOrAdd(args, 0);
            if (found !== undefined) expect(added).toBe(found);
            model.add(text);
          } else if (found !== undefined) {
            table.remove(found);
            model.delete(text);
          }
          expect([...table.all].map((channel) => channel.name.toString('latin1'))).toEqual([...model]);
        }
      }),
    );
  });

  test('holds a hundred thousand channels and gives them back', () => {
    const table = new ChannelTable<number>(SEED);
    const count = 100_000;
    for (let i = 0; i < count; i++) table.findOrAdd(argsOf(`channel:${i}`), 0);
    expect(table.all.size).toBe(count);
    for (let i = 0; i < count; i++) {
      const channel = table.find(argsOf(`channel:${i}`), 0);
      if (channel === undefined) expect.fail(`channel:${i} is not found`);
      table.remove(channel);
      expect(table.find(argsOf(`channel:${i}`), 0)).toBeUndefined();
    }
    expect(table.all.size).toBe(0);
  });
});

type Step =
  | { readonly does: 'subscribe'; readonly who: number; readonly kind: Kind; readonly name: string }
  | { readonly does: 'unsubscribe'; readonly who: number; readonly kind: Kind; readonly name: string }
  | { readonly does: 'publish'; readonly name: string; readonly payload: string }
  | { readonly does: 'publishSharded'; readonly name: string; readonly payload: string }
  | { readonly does: 'forget'; readonly who: number };

const who = fc.nat({ max: 3 });
const kind = fc.constantFrom<Kind>('channels', 'patterns', 'shards');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom('subscribe', 'unsubscribe'), who, kind, name: pattern }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom('publish', 'publishSharded'), name, payload: name }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('forget'), who }) },
);

/** Who is told what, in order. */
class Harness {
  readonly out = new OutputBuffer();
  readonly reply = new Resp2Reply(this.out);
  told: [string, string][] = [];
  readonly pubsub: PubSub<Listener> = new PubSub<Listener>(SEED, {
    pushes: {
      push: (listener, write) => this.tell([listener], write),
      broadcast: (listeners, write) => this.tell(listeners, write),
      advance: () => undefined,
      subscribed: () => undefined,
    },
  });

  private tell(listeners: Iterable<Listener>, write: (reply: Resp2Reply) => void): void {
    for (const listener of listeners) {
      this.out.at = 0;
      write(this.reply);
      this.told.push([listener.name, this.out.bytes.toString('latin1', 0, this.out.at)]);
    }
  }
}

function message(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

function matches(glob: string, text: string): boolean {
  const [a, b] = [Buffer.from(glob, 'latin1'), Buffer.from(text, 'latin1')];
  return globMatch(a, 0, a.length, b, 0, b.length, false);
}

test('messages go to those who listen, by name or by pattern, in the order of their subscriptions', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const harness = new Harness();
      const { pubsub } = harness;
      const listeners = ['a', 'b', 'c', 'd'].map((text) => new Listener(text));
      /** By kind and name: who listens. Empty ones are taken out, so that a name that comes back is the newest. */
      const model = { channels: new Map(), patterns: new Map(), shards: new Map() } as Record<
        Kind,
        Map<string, Set<string>>
      >;
      const leave = (of: Kind, text: string, listener: Listener): void => {
        const set = model[of].get(text);
        set?.delete(listener.name);
        if (set?.size === 0) model[of].delete(text);
      };
      for (const one of steps) {
        harness.told = [];
        if (one.does === 'subscribe') {
          pubsub.subscribe(listeners[one.who], one.kind, argsOf(one.name), 0);
          const set = model[one.kind].get(one.name) ?? new Set();
          model[one.kind].set(one.name, set.add(listeners[one.who].name));
        } else if (one.does === 'unsubscribe') {
          pubsub.unsubscribe(listeners[one.who], one.kind, argsOf(one.name), 0);
          leave(one.kind, one.name, listeners[one.who]);
        } else if (one.does === 'forget') {
          pubsub.forget(listeners[one.who]);
          for (const of of ['channels', 'patterns', 'shards'] as const) {
            for (const text of [...model[of].keys()]) leave(of, text, listeners[one.who]);
          }
          expect(listeners[one.who].subscriptions).toBeUndefined();
        } else {
          const expected: [string, string][] = [];
          const sharded = one.does === 'publishSharded';
          const word = sharded ? 'smessage' : 'message';
          for (const listener of model[sharded ? 'shards' : 'channels'].get(one.name) ?? []) {
            expected.push([listener, message(word, one.name, one.payload)]);
          }
          for (const [glob, set] of sharded ? [] : model.patterns) {
            if (!matches(glob, one.name)) continue;
            for (const listener of set) expected.push([listener, message('pmessage', glob, one.name, one.payload)]);
          }
          expect(pubsub[one.does](argsOf('x', one.name, one.payload), 1, 2)).toBe(expected.length);
          expect(harness.told).toEqual(expected);
        }
        for (const of of ['channels', 'patterns', 'shards'] as const) expect(pubsub[of].all.size).toBe(model[of].size);
      }
      for (const listener of listeners) {
        const bytes = listener.subscriptions?.bytes ?? 0;
        expect(bytes > 0).toBe(listener.subscriptions !== undefined && !listener.subscriptions.isEmpty);
        pubsub.forget(listener);
        expect(listener.isSubscribed).toBe(false);
      }
      for (const of of ['channels', 'patterns', 'shards'] as const) expect(pubsub[of].all.size).toBe(0);
    }),
    { numRuns: 200 },
  );
});
