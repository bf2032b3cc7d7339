/** Sets: members drawn by chance, taken out or only shown. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { SET } from '../memory/layout.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { setSize } from '../values/set.ts';
import { drawMember, drawMembers, removeDrawn, takeMembers } from '../values/set-draws.ts';
import { eachMember, type MemberVisitor } from '../values/set-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { readRandomCount, refuseEndless } from './random-count.ts';
import { ACCESS, DELETE, FAST, family, key, READONLY, RO, RW, row, WRITE } from './spec.ts';

const BY_CHANCE = { tips: ['nondeterministic_output'] };

export const setDraws = family('set', [
  row('SPOP', spop, -2, WRITE | FAST, key(1, RW | ACCESS | DELETE), BY_CHANCE),
  row('SRANDMEMBER', srandmember, -2, READONLY, key(1, RO | ACCESS), BY_CHANCE),
]);

/** What the running command looks at; nothing outlives the call in it. */
const member = new ListpackCursor();

/** Removes a member drawn by chance, or several, and replies with it. */
function spop(call: Call, args: Args, reply: Reply): void {
  if (args.count > 3) return reply.error(ERR.syntax);
  if (args.count === 3) return popSeveral(call, args, reply);
  const { database } = call;
  const ref = database.open(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.null();
  const place = drawMember(database, ref, member);
  reply.bulk(member.bytes, member.view, member.start, member.end);
  const left = removeDrawn(database, ref, place);
  database.close(left, 'spop');
  if (setSize(database.arena, left) === 0) removeEmpty(database, left);
}

function popSeveral(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { arena } = database;
  const count = clampedInt64(args, 2);
  if (!(count >= 0)) return reply.error(ERR.notPositive);
  const ref = database.open(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF || count === 0) return reply.set(0);
  const size = setSize(arena, ref);
  const taken = Math.min(count, size);
  const show = shownBy(reply);
  reply.set(taken);
  let left = ref;
  if (taken < size) left = takeMembers(database, ref, taken, show);
  else {
    // As Redis does, which then has the union of one set reply with it.
    call.keyspace.hits++;
    eachMember(arena, ref, show);
  }
  call.keyspace.effects.dirty += taken - 1;
  database.close(left, 'spop');
  if (taken === size) removeEmpty(database, left);
}

/** A member drawn by chance; with a count several, different ones unless it is negative. */
function srandmember(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  if (args.count > 3) return reply.error(ERR.syntax);
  const count = args.count === 3 ? readRandomCount(args, 2, reply) : 1;
  if (Number.isNaN(count)) return;
  const ref = database.read(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (args.count === 2) {
    if (ref === NO_REF) return reply.null();
    drawMember(database, ref, member);
    return reply.bulk(member.bytes, member.view, member.start, member.end);
  }
  if (ref === NO_REF || count === 0) return reply.array(0);
  const size = setSize(database.arena, ref);
  const shown = count < 0 ? -count : Math.min(count, size);
  refuseEndless(shown);
  reply.array(shown);
  if (count < 0) {
    for (let i = 0; i < shown; i++) {
      drawMember(database, ref, member);
      reply.bulk(member.bytes, member.view, member.start, member.end);
    }
  } else if (shown === size) eachMember(database.arena, ref, shownBy(reply));
  else drawMembers(database, ref, shown, shownBy(reply));
}

function shownBy(reply: Reply): MemberVisitor {
  return (bytes, view, start, end) => reply.bulk(bytes, view, start, end);
}

/** Removes the key of a set whose last member was taken. */
function removeEmpty(database: Database, ref: Ref): void {
  database.notify(ref, 'del');
  database.discard(ref);
}
