/**
 * The names of what happens to keys, as keyspace notifications tell them, and the class of each: the letter by which
 * `notify-keyspace-events` chooses it. A change can record no other name.
 */

/** The bits of `notify-keyspace-events`, by their letters, in the order CONFIG GET prints them. */
export const EVENT_CLASSES = {
  /** Of keys of any type. */
  g: 1 << 2,
  /** Of strings. */
  $: 1 << 3,
  l: 1 << 4,
  s: 1 << 5,
  h: 1 << 6,
  z: 1 << 7,
  /** A deadline has passed. */
  x: 1 << 8,
  /** Evicted. */
  e: 1 << 9,
  /** Of streams. */
  t: 1 << 10,
  /** Of modules, of which there are none. */
  d: 1 << 13,
  /** A key was added. */
  n: 1 << 14,
  /** Told in channels named by the key, `__keyspace@<database>__:<key>`. */
  K: 1 << 0,
  /** Told in channels named by the event, `__keyevent@<database>__:<event>`. */
  E: 1 << 1,
  /** A key that was to be read is not there. */
  m: 1 << 11,
} as const;

type EventClass = Exclude<keyof typeof EVENT_CLASSES, 'K' | 'E'>;

const NAMES = {
  g: ['del', 'expire', 'persist', 'rename_from', 'rename_to', 'move_from', 'move_to', 'copy_to', 'restore'],
  $: ['set', 'append', 'setrange', 'setbit', 'incrby', 'incrbyfloat', 'pfadd'],
  l: ['lpush', 'rpush', 'lpop', 'rpop', 'linsert', 'lset', 'lrem', 'ltrim', 'sortstore'],
  s: ['sadd', 'srem', 'spop', 'sinterstore', 'sunionstore', 'sdiffstore'],
  h: ['hset', 'hincrby', 'hincrbyfloat', 'hdel', 'hexpire', 'hpersist', 'hexpired'],
  z: [
    'zadd',
    'zincr',
    'zrem',
    'zpopmin',
    'zpopmax',
    'zremrangebyrank',
    'zremrangebyscore',
    'zremrangebylex',
    'zinterstore',
    'zunionstore',
    'zdiffstore',
    'zrangestore',
    'geosearchstore',
    'georadiusstore',
  ],
  t: [
    'xadd',
    'xdel',
    'xtrim',
    'xsetid',
    'xcfgset',
    'xgroup-create',
    'xgroup-setid',
    'xgroup-destroy',
    'xgroup-createconsumer',
    'xgroup-delconsumer',
  ],
  x: ['expired'],
  e: ['evicted'],
  m: ['keymiss'],
  n: ['new'],
} as const satisfies Partial<Record<EventClass, readonly string[]>>;

type ToldName = (typeof NAMES)[keyof typeof NAMES][number];

/** A change that no notification tells: only how a value is kept, or what it remembers, is another. */
export const NO_EVENT = '';
/** What happens to all keys of a database; no notification tells: they are gone, or those of another are there instead. */
export const FLUSHED = 'flushed';
export const SWAPPED = 'swapped';

/** What brings nothing to those who wait for a key. As in Redis, they do not look again: who looks is seen. */
export const QUIET: ReadonlySet<EventName> = new Set<EventName>([
  'expire',
  'persist',
  'xdel',
  'xtrim',
  'xsetid',
  'xcfgset',
  'xgroup-create',
  'xgroup-setid',
  'xgroup-createconsumer',
  'xgroup-delconsumer',
]);

export type EventName = ToldName | typeof NO_EVENT | typeof FLUSHED | typeof SWAPPED;

const CLASSES = new Map<string, number>(
  Object.entries(NAMES).flatMap(([letter, names]) =>
    names.map((name) => [name, EVENT_CLASSES[letter as keyof typeof NAMES]] as const),
  ),
);

/** The bit of an event's class; 0 for what no notification tells. */
export function eventClass(event: EventName): number {
  return CLASSES.get(event) ?? 0;
}
