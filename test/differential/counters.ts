/**
 * What the servers counted during a script, as INFO tells it: calls, failures and refusals by command, errors by code, keys
 * found and not found, changes. Asked before anything else is asked, so that nothing but the script is counted.
 */
import type { ServerName } from '../processes.ts';
import { textOf } from './reply-frames.ts';
import { type Both, forBoth, NAMES, type Servers } from './servers.ts';

const SECTIONS = ['stats', 'persistence', 'commandstats', 'errorstats'];
/** Of these sections, the lines that depend on the script alone. */
const COUNTED = /^(keyspace_hits|keyspace_misses|total_error_replies|rdb_changes_since_last_save|errorstat_.*)$/;
const LOOKUPS = /^keyspace_/;
const CALLS = /^cmdstat_/;
/** Commands that both servers are asked outside of scripts. */
const OWN_CALLS = /^cmdstat_(info|flushall|config\|set)$/;

export type Counters = ReadonlyMap<string, number>;

/** What was counted up to a moment. */
export function readBothCounters(servers: Servers): Promise<Both<Counters>> {
  return forBoth((name) => readCounters(servers, name));
}

/** Compares what was counted since `before`, hits and misses if asked. Answers the differences, a line each. */
export async function compareCounters(
  servers: Servers,
  before: Both<Counters>,
  withLookups: boolean,
): Promise<string[]> {
  const after = await readBothCounters(servers);
  return [...new Set([...after.hotset.keys(), ...after.redis.keys()])]
    .filter((key) => withLookups || !LOOKUPS.test(key))
    .flatMap((key) => {
      const [ours, theirs] = NAMES.map((name) => (after[name].get(key) ?? 0) - (before[name].get(key) ?? 0));
      return ours === theirs ? [] : [`INFO ${key}: hotset ${ours}, redis ${theirs}`];
    });
}

async function readCounters(servers: Servers, name: ServerName): Promise<Counters> {
  const [reply] = await servers.ask(name, [['INFO', ...SECTIONS]]);
  const counters = new Map<string, number>();
  for (const line of textOf(reply).split('\r\n')) {
    const colon = line.indexOf(':');
    const key = line.slice(0, colon);
    if (COUNTED.test(key)) counters.set(key, Number(line.slice(colon + 1).replace('count=', '')));
    if (!CALLS.test(key) || OWN_CALLS.test(key)) continue;
    for (const [, field, value] of line.matchAll(/(\w*calls)=(\d+)/g)) counters.set(`${key} ${field}`, Number(value));
  }
  return counters;
}
