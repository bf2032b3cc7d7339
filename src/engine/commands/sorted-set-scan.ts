/** ZSCAN. */
import { formatDouble } from '../../bytes/double.ts';
import { formatSignificant } from '../../bytes/significant-digits.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import { encodingOf, LISTPACK } from '../values/encoding.ts';
import { SortedSetWalk, scanMembers } from '../values/sorted-set-walk.ts';
import { isMatched, readCursor, readScanOptions } from './scan-options.ts';
import { ACCESS, family, key, READONLY, RO, row } from './spec.ts';

export const sortedSetScan = family('sorted-set', [
  row('ZSCAN', zscan, -3, READONLY, key(1, RO | ACCESS), { tips: ['nondeterministic_output'] }),
]);

/** What the running command looks at; nothing outlives the call in it. */
const walk = new SortedSetWalk();

/** The next members of a scan with their scores, and the cursor to go on with, 0 at the end. */
function zscan(call: Call, args: Args, reply: Reply): void {
  const { arena } = call.database;
  const cursor = readCursor(args, 2);
  if (Number.isNaN(cursor)) return reply.error(ERR.invalidCursor);
  const ref = call.database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const options = ref === NO_REF ? undefined : readScanOptions(args, 3, 'none');
  if (typeof options === 'string') return reply.error(options);
  const shown: Buffer[] = [];
  let next = 0;
  if (options !== undefined) {
    // A score in a listpack is shown as it is kept; of the others Redis shows all digits.
    const isShort = encodingOf(arena, ref) === LISTPACK;
    next = scanMembers(arena, ref, cursor, options.count, walk, () => {
      const { member, score } = walk;
      if (!isMatched(member, args, options.pattern)) return;
      const text = isShort ? formatDouble(score) : formatSignificant(score, 17);
      shown.push(Buffer.from(member.bytes.subarray(member.start, member.end)), Buffer.from(text, 'latin1'));
    });
  }
  reply.array(2);
  reply.text(String(next));
  reply.array(shown.length);
  for (const text of shown) reply.buffer(text);
}
