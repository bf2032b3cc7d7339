/** Some fields of a hash, whichever they are: by chance, or the next of a scan. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import type { ListpackCursor } from '../structures/listpack.ts';
import { liveLength } from '../values/hash.ts';
import { eachLiveField, randomField, randomFields, scanFields } from '../values/hash-walk.ts';
import { field, readHash, replyText, value } from './hash-access.ts';
import { isTooManyPairs, readRandomCount, refuseEndless } from './random-count.ts';
import { isMatched, readCursor, readScanOptions } from './scan-options.ts';
import { ACCESS, family, key, READONLY, RO, row } from './spec.ts';

const BY_CHANCE = { tips: ['nondeterministic_output'] };

export const hashWalks = family('hash', [
  row('HRANDFIELD', hrandfield, -2, READONLY, key(1, RO | ACCESS), BY_CHANCE),
  row('HSCAN', hscan, -3, READONLY, key(1, RO | ACCESS), BY_CHANCE),
]);

/** One field drawn by chance; with a count several, different ones unless it is negative. WITHVALUES: with their values. */
function hrandfield(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  if (args.count === 2) {
    const ref = readHash(database, args);
    if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
    if (ref === NO_REF || !randomField(database, ref, field, value)) return reply.null();
    return replyText(reply, field);
  }
  const count = readRandomCount(args, 2, reply);
  if (Number.isNaN(count)) return;
  const withValues = args.count === 4 && args.is(3, 'withvalues');
  if (args.count > 3 && !withValues) return reply.error(ERR.syntax);
  if (withValues && isTooManyPairs(args, 2)) return reply.error(ERR.outOfRange);
  const ref = readHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF || count === 0) return reply.array(0);
  replyByChance(call, ref, count, withValues, reply);
}

function replyByChance({ database }: Call, ref: Ref, count: number, withValues: boolean, reply: Reply): void {
  const length = liveLength(database, ref);
  const shown = length === 0 ? 0 : count < 0 ? -count : Math.min(count, length);
  if (withValues) reply.pairs(shown);
  else reply.array(shown);
  const show = (): void => {
    if (withValues) reply.pair();
    replyText(reply, field);
    if (withValues) replyText(reply, value);
  };
  if (count > 0) {
    if (shown === length) eachLiveField(database, ref, field, value, show);
    else randomFields(database, ref, shown, field, value, show);
    return;
  }
  refuseEndless(shown);
  for (let i = 0; i < shown; i++) {
    randomField(database, ref, field, value);
    show();
  }
}

/** The next fields of a scan, with their values unless NOVALUES, and the cursor to go on with, 0 at the end. */
function hscan(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const cursor = readCursor(args, 2);
  if (Number.isNaN(cursor)) return reply.error(ERR.invalidCursor);
  const ref = readHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const options = ref === NO_REF ? undefined : readScanOptions(args, 3, 'novalues');
  if (typeof options === 'string') return reply.error(options);
  const shown: Buffer[] = [];
  const next =
    options === undefined
      ? 0
      : scanFields(database, ref, cursor, options.count, field, value, () => {
          if (!isMatched(field, args, options.pattern)) return;
          shown.push(copyOf(field));
          if (!options.noValues) shown.push(copyOf(value));
        });
  reply.array(2);
  reply.text(String(next));
  reply.array(shown.length);
  for (const text of shown) reply.buffer(text);
}

function copyOf({ bytes, start, end }: ListpackCursor): Buffer {
  return Buffer.from(bytes.subarray(start, end));
}
