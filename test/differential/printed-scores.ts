/**
 * Scores as redis-server 7.0 prints them, in seventeen digits, and as Redis 7.2 does, in as few as tell the same number.
 * Everything else in two replies must be the same bytes.
 */
import { formatDouble } from '../../src/bytes/double.ts';
import { formatSignificant } from '../../src/bytes/significant-digits.ts';
import { elementsOf, textOf } from './reply-frames.ts';

/** Whether two replies are the same but for the printing of doubles. */
export function sameButForScores(ours: string, theirs: string): boolean {
  if (ours === theirs) return true;
  const kind = ours[0];
  if (kind !== theirs[0]) return false;
  if ('*~%'.includes(kind)) {
    if (headOf(ours) !== headOf(theirs)) return false;
    const [own, other] = [elementsOf(ours), elementsOf(theirs)];
    return own.length === other.length && own.every((element, i) => sameButForScores(element, other[i]));
  }
  return (kind === '$' || kind === ',') && isShorterPrint(textOf(ours), textOf(theirs));
}

/** A reply in which everything that could be a double is printed the short way, to compare it with another such. */
export function withShortDoubles(reply: string): string {
  const kind = reply[0];
  if ('*~%'.includes(kind)) return `${headOf(reply)}\r\n${elementsOf(reply).map(withShortDoubles).join('')}`;
  const value = Number(textOf(reply));
  if ((kind !== '$' && kind !== ',') || formatSignificant(value, 17) !== textOf(reply)) return reply;
  const text = formatDouble(value);
  return kind === ',' ? `,${text}\r\n` : `$${text.length}\r\n${text}\r\n`;
}

function isShorterPrint(ours: string, theirs: string): boolean {
  const value = Number(theirs);
  return Number.isFinite(value) && formatSignificant(value, 17) === theirs && formatDouble(value) === ours;
}

function headOf(reply: string): string {
  return reply.slice(0, reply.indexOf('\r\n'));
}
