/**
 * The HELP subcommand of containers such as CONFIG and OBJECT: usage lines, each subcommand followed by its explanation
 * indented by four spaces. The first and the last lines are the same everywhere and are added here.
 */
import type { Reply } from '../../protocol/reply.ts';
import { LOADING, NO_KEYS, type Row, type RowExtras, row, STALE } from './spec.ts';

const LAST_LINES = ['HELP', '    Prints this help.'];

/** The HELP row of the container `name` (uppercase). */
export function helpRow(name: string, lines: readonly string[], extras: RowExtras = {}): Row {
  return row('HELP', (_, __, reply) => replyHelp(reply, name, lines), 2, LOADING | STALE, NO_KEYS, extras);
}

/** Replies with the usage of `name`: statuses, one a line. For commands that read their subcommand themselves, as DEBUG does. */
export function replyHelp(reply: Reply, name: string, lines: readonly string[]): void {
  reply.array(1 + lines.length + LAST_LINES.length);
  reply.status(`${name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`);
  for (const line of lines) reply.status(line);
  for (const line of LAST_LINES) reply.status(line);
}
