/** Words for the arguments of stream commands: few groups, consumers and fields, IDs near each other and at the edges. */
import type { Chance } from './chance.ts';

const GROUPS = ['g', 'g', 'g', 'g', 'h', 'none', ''];
const CONSUMERS = ['c', 'c', 'd', 'e', ''];
const FIELDS = ['f1', 'f1', 'f2', 'a', '1', '', '-7000000000'];
const VALUES = ['a', 'b', '1', '-1', '300', '70000', '', '9223372036854775807', 'x'.repeat(70), 'y'.repeat(300), '007'];
const ODD_IDS = [
  '-',
  '+',
  '$',
  '>',
  '*',
  '0-*',
  '0',
  '0-0',
  '18446744073709551615',
  '18446744073709551615-18446744073709551615',
  '18446744073709551615-18446744073709551614',
  '18446744073709551616',
  '9223372036854775808-9223372036854775808',
  '1-',
  '-1',
  '-05',
  '+5-1',
  ' 5',
  '05-06',
  '5\0-1',
  '5-1-1',
  'abc',
  '',
  '1-x',
  '5-*x',
  '1'.repeat(128),
];
const COUNTS = ['1', '1', '2', '3', '10', '100', '0', '-1', 'abc', '9223372036854775807'];
const IDLE = ['0', '0', '0', '100000000', '-1', 'abc', '9223372036854775807'];

function id(chance: Chance): string {
  const roll = chance.below(20);
  const ms = 1 + chance.below(12);
  if (roll < 8) return `${ms}-${chance.below(4)}`;
  if (roll < 11) return `${ms}`;
  if (roll < 13) return `${ms}-*`;
  if (roll < 15) return `${20 + chance.below(30)}-${chance.below(3)}`;
  return chance.pick(ODD_IDS);
}

/** The end of a range: an ID, one that is not included, or the very end. */
function bound(chance: Chance, end: string): string {
  const roll = chance.below(10);
  if (roll < 5) return end;
  return roll < 7 ? `(${id(chance)}` : id(chance);
}

/** A word for a stream command's argument; undefined where any will do. */
export function streamWord(name: string, chance: Chance): string | undefined {
  switch (name) {
    case 'group':
    case 'groupname':
      return chance.pick(GROUPS);
    case 'consumer':
    case 'consumername':
      return chance.pick(CONSUMERS);
    case 'field':
      return chance.pick(FIELDS);
    case 'value':
      return chance.pick(VALUES);
    case 'id':
    case 'last-id':
    case 'max_deleted_entry_id':
      return id(chance);
    case 'start':
      return bound(chance, '-');
    case 'end':
      return bound(chance, '+');
    case 'threshold':
      return chance.happens(0.5) ? chance.pick(COUNTS) : id(chance);
    case 'count':
    case 'entries_read':
    case 'entries_added':
      return chance.pick(COUNTS);
    case 'min-idle-time':
    case 'ms':
      return chance.pick(IDLE);
    case 'milliseconds':
      // Whoever waited would wait for longer than a script lasts.
      return chance.pick(['-1', 'abc', '']);
    case 'unix-time-milliseconds':
      return chance.pick(['0', '-1', '1000', 'abc']);
    default:
      return undefined;
  }
}
