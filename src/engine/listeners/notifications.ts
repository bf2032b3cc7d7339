/**
 * Keyspace notifications: what happens to keys, told in channels.
 *
 *   SET k v  ─>  __keyspace@0__:k    "set"        a channel for each key, the event as message (K)
 *                __keyevent@0__:set  "k"          a channel for each event, the key as message (E)
 *
 * A stage of commit like the others: a unit's events are told when it is over, in the order in which they happened. While
 * `notify-keyspace-events` chooses nothing, nobody is subscribed to the changes, and while nobody listens to any channel
 * nothing is written. A PUBLISH in the middle of a unit has what happened before it told first, so that who listens to
 * both sees one order.
 */
import { Args } from '../../protocol/args.ts';
import type { Change, Effects } from '../effects/effects.ts';
import { EVENT_CLASSES, eventClass } from '../effects/events.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import type { Subscriber } from '../pubsub/subscriptions.ts';

const INITIAL_BYTES = 512;
/** A buffer for names larger than this is not kept. */
const KEPT_BYTES = 64 * 1024;
/** What the longest of the words around key and event take. */
const WORDS_BYTES = 128;

/** Where the four texts of a notification stand in `texts`. */
const KEY_CHANNEL = 0;
const EVENT = 1;
const EVENT_CHANNEL = 2;
const KEY = 3;

export class Notifications<S extends Subscriber<S>> {
  private readonly effects: Effects;
  private readonly pubsub: PubSub<S>;
  /** The bits of the classes that are told; K and E among them say where. */
  private chosen = 0;
  /** How many of the changes that the unit has recorded so far are told. */
  private told = 0;
  private texts = newTexts(INITIAL_BYTES);
  private readonly onChanges = (changes: readonly Change[]): void => this.tellRest(changes);

  constructor(effects: Effects, pubsub: PubSub<S>) {
    this.effects = effects;
    this.pubsub = pubsub;
  }

  /** Tells the classes of these bits from now on, be it in the middle of a unit. */
  choose(bits: number): void {
    this.tellPending();
    const { K, E, m, n } = EVENT_CLASSES;
    const was = this.chosen !== 0;
    this.chosen = (bits & (K | E)) === 0 || (bits & ~(K | E)) === 0 ? 0 : bits;
    const is = this.chosen !== 0;
    this.effects.tellsMisses = (this.chosen & m) !== 0;
    this.effects.tellsNew = (this.chosen & n) !== 0;
    this.pubsub.tellPending = is ? () => this.tellPending() : undefined;
    if (!is) this.told = 0;
    if (is === was) return;
    if (is) this.effects.subscribe(this.onChanges, 'notifications');
    else this.effects.unsubscribe(this.onChanges);
  }

  /** Tells what the unit under way has recorded so far. */
  private tellPending(): void {
    const { pending } = this.effects;
    while (this.told < pending.length) this.tell(pending[this.told++]);
  }

  private tellRest(changes: readonly Change[]): void {
    for (let i = this.told; i < changes.length; i++) this.tell(changes[i]);
    this.told = 0;
  }

  private tell(change: Change): void {
    const { chosen, pubsub } = this;
    if ((eventClass(change.event) & chosen) === 0 || pubsub.isIdle) return;
    const texts = this.write(change);
    if ((chosen & EVENT_CLASSES.K) !== 0) pubsub.send(texts, KEY_CHANNEL, EVENT);
    if ((chosen & EVENT_CLASSES.E) !== 0) pubsub.send(texts, EVENT_CHANNEL, KEY);
    if (texts.bytes.length > KEPT_BYTES) this.texts = newTexts(INITIAL_BYTES);
  }

  /** Both channels, one behind the other: their ends are the messages. */
  private write({ event, database, key }: Change): Args {
    if (this.texts.bytes.length < key.length + WORDS_BYTES) this.texts = newTexts((key.length + WORDS_BYTES) * 2);
    const { texts } = this;
    const { bytes } = texts;
    const keyAt = bytes.write(`__keyspace@${database}__:`, 0, 'latin1');
    const keyEnd = keyAt + key.copy(bytes, keyAt);
    const eventAt = keyEnd + bytes.write(`__keyevent@${database}__:`, keyEnd, 'latin1');
    const eventEnd = eventAt + bytes.write(event, eventAt, 'latin1');
    texts.count = 0;
    texts.push(0, keyEnd);
    texts.push(eventAt, eventEnd);
    texts.push(keyEnd, eventEnd);
    texts.push(keyAt, keyEnd);
    return texts;
  }
}

function newTexts(bytes: number): Args {
  return new Args(Buffer.allocUnsafeSlow(bytes), 4);
}
