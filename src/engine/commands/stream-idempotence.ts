/** Adding an entry once, however often its producer sends it: IDMP and IDMPAUTO of XADD, and XCFGSET. */
import { createHash } from 'node:crypto';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import type { StreamId } from '../structures/stream-id.ts';
import { headerOf } from '../values/encoding.ts';
import { idempotenceOf, setIdempotence } from '../values/stream-header.ts';
import {
  configure,
  findAdded,
  mostRemembered,
  newIdempotence,
  remember,
  rememberedSeconds,
} from '../values/stream-idempotence.ts';
import { FAST, family, key, RW, row, UPDATE, WRITE } from './spec.ts';
import type { StreamOptions } from './stream-trimming.ts';

export const streamIdempotence = family('stream', [row('XCFGSET', xcfgset, -2, WRITE | FAST, key(1, RW | UPDATE))]);

const MOST_SECONDS = 86_400;
const MOST_NAMES = 10_000;
/** Bytes of a name made from an entry. */
const NAME_BYTES = 16;

/** What the running command looks at; nothing outlives the call in it. */
const producer = new ListpackCursor();
const name = new ListpackCursor();

/** Reads the ID of the entry that XADD's producer added under the same name; false when it did not. `first` is the first field. */
export function findDuplicate(
  call: Call,
  args: Args,
  stream: Ref,
  { producerAt, nameAt }: StreamOptions,
  first: number,
  found: StreamId,
): boolean {
  const { arena } = call.database;
  producer.point(args.bytes, args.view, args.start[producerAt], args.end[producerAt]);
  if (nameAt > 0) name.point(args.bytes, args.view, args.start[nameAt], args.end[nameAt]);
  else makeName(args, first);
  const idempotence = stream === NO_REF ? NO_REF : idempotenceOf(arena, stream);
  return idempotence !== NO_REF && findAdded(arena, idempotence, producer, name, call.keyspace.now, found);
}

/** Remembers what `findDuplicate` did not find. */
export function noteAdded(call: Call, stream: Ref, id: StreamId): void {
  const { arena } = call.database;
  remember(arena, idempotenceFor(arena, stream), producer, name, call.keyspace.now, id);
}

function idempotenceFor(arena: Arena, stream: Ref): Ref {
  const known = idempotenceOf(arena, stream);
  if (known !== NO_REF) return known;
  const fresh = newIdempotence(arena);
  setIdempotence(arena, stream, fresh);
  return fresh;
}

/** Points `name` at one made of the fields and values, in whatever order they come. */
function makeName(args: Args, first: number): void {
  const pairs: Buffer[] = [];
  for (let i = first; i < args.count; i += 2) {
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32LE(args.length(i), 0);
    lengths.writeUInt32LE(args.length(i + 1), 4);
    pairs.push(Buffer.concat([lengths, args.copy(i), args.copy(i + 1)]));
  }
  const hash = createHash('sha256');
  for (const pair of pairs.sort(Buffer.compare)) hash.update(pair);
  const digest = hash.digest();
  name.point(digest, new DataView(digest.buffer, digest.byteOffset, digest.length), 0, NAME_BYTES);
}

/** Sets how long and how many of a producer's names for entries a stream remembers. */
function xcfgset(call: Call, args: Args, reply: Reply): void {
  if (args.count === 2) return reply.error(ERR.nothingToSet);
  let seconds = 0;
  let most = 0;
  for (let i = 2; i < args.count; i += 2) {
    const isSeconds = args.is(i, 'idmp-duration');
    if (i + 1 === args.count || !(isSeconds || args.is(i, 'idmp-maxsize'))) return reply.error(ERR.syntax);
    const value = args.integer(i + 1);
    if (Number.isNaN(value)) return reply.error(ERR.notInteger);
    if (value < 1 || value > (isSeconds ? MOST_SECONDS : MOST_NAMES)) {
      return reply.error(isSeconds ? ERR.idempotentDuration : ERR.idempotentMost);
    }
    if (isSeconds) seconds = value;
    else most = value;
  }
  const { database } = call;
  const { arena } = database;
  const ref = database.open(args, 1, STREAM);
  if (ref === NO_REF) return reply.error(ERR.noSuchKey);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const idempotence = idempotenceFor(arena, headerOf(arena, ref));
  configure(
    arena,
    idempotence,
    seconds || rememberedSeconds(arena, idempotence),
    most || mostRemembered(arena, idempotence),
  );
  reply.ok();
  database.close(ref, 'xcfgset');
}
