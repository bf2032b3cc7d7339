/** SLOWLOG: the commands that took long. */
import { helpRow } from '../../engine/commands/help.ts';
import { ADMIN, container, type Family, family, LOADING, NO_KEYS, row, STALE } from '../../engine/commands/spec.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, wrongSubcommand } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { SlowCommand, SlowLog } from './slow-log.ts';

const ALWAYS = ADMIN | LOADING | STALE;
const DEFAULT_COUNT = 10;

const HELP = [
  'GET [<count>]',
  '    List the newest entries, 10 unless told, all with -1. Each has its id, when it ran (Unix time), the microseconds',
  "    it took, its arguments, and the client's address and name.",
  'LEN',
  '    Count the entries.',
  'RESET',
  '    Forget all entries.',
];

export function slowlogCommands(log: SlowLog): Family {
  return family('server', [
    container('SLOWLOG', [
      row('GET', (_, args, reply) => get(log, args, reply), -2, ALWAYS, NO_KEYS, {
        tips: ['request_policy:all_nodes', 'nondeterministic_output'],
      }),
      row('LEN', (_, __, reply) => reply.integer(log.length), 2, ALWAYS, NO_KEYS, {
        tips: ['request_policy:all_nodes', 'response_policy:agg_sum', 'nondeterministic_output'],
      }),
      row('RESET', (_, __, reply) => reset(log, reply), 2, ALWAYS, NO_KEYS, {
        tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      }),
      helpRow('SLOWLOG', HELP),
    ]),
  ]);
}

/** SLOWLOG GET [count] */
function get(log: SlowLog, args: Args, reply: Reply): void {
  if (args.count > 3) return reply.error(wrongSubcommand(args.text(1), 'SLOWLOG'));
  const count = args.count === 3 ? args.integer(2) : DEFAULT_COUNT;
  if (!(count >= -1)) return reply.error(ERR.slowlogCount);
  const entries = log.newest(count === -1 ? log.length : count);
  reply.array(entries.length);
  for (const entry of entries) replyEntry(entry, reply);
}

function replyEntry(entry: SlowCommand, reply: Reply): void {
  reply.array(6);
  reply.integer(entry.id);
  reply.integer(entry.unixSeconds);
  reply.integer(entry.micros);
  reply.array(entry.words.length);
  for (const word of entry.words) reply.buffer(word);
  reply.text(entry.address);
  reply.buffer(Buffer.from(entry.clientName, 'latin1'));
}

function reset(log: SlowLog, reply: Reply): void {
  log.clear();
  reply.ok();
}
