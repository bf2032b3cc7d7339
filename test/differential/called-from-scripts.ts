/**
 * Random commands that a script calls: their replies go through Lua and come back, so that every kind of reply is compared on
 * that way, too. What is known to differ of a command differs of it in a script.
 */
import type { Chance } from './chance.ts';
import type { Words } from './script.ts';

const CALLS = ['return redis.pcall(unpack(ARGV))', 'redis.setresp(3) return redis.pcall(unpack(ARGV))'];
/** The commands of these reply in an order that does not depend on chance. */
const ORDERED = new Set(['string', 'bitmap', 'list', 'sorted-set', 'hyperloglog', 'geo']);
/** In RESP3 they reply with a map, which is in no order when it has been a table of Lua's. */
const OF_MAPS = /^lcs$/i;

export function maySuitScripts(group: string): boolean {
  return ORDERED.has(group);
}

/** The words of a script that calls a command. */
export function calledByScript(words: Words, chance: Chance): Words {
  return ['EVAL', OF_MAPS.test(words[0]) ? CALLS[0] : chance.pick(CALLS), '0', ...words];
}

/** The command's words: those that a script calls it with, if one does. */
export function withoutScript(words: Words): Words {
  return words.length > 3 && CALLS.includes(words[1]) ? words.slice(3) : words;
}
