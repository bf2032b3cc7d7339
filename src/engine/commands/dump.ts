/** DUMP and RESTORE: a value as bytes (../dump), to be kept elsewhere or moved to another server. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { FOOTER_BYTES, isSound, writePayload } from '../dump/payload.ts';
import { RdbOutput } from '../dump/rdb-output.ts';
import { readValue } from '../dump/read-value.ts';
import { Reading } from '../dump/reading.ts';
import { ANY_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ACCESS, ASKING, DENYOOM, family, key, OW, READONLY, RO, row, UPDATE, WRITE } from './spec.ts';

export const dumps = family('generic', [
  row('DUMP', dump, 2, READONLY, key(1, RO | ACCESS), { tips: ['nondeterministic_output'] }),
  row('RESTORE', restore, -4, WRITE | DENYOOM, key(1, OW | UPDATE), { acl: ['dangerous'] }),
]);

/** What MIGRATE sends to a node of a cluster. */
export const clusterDumps = family('server', [
  row('RESTORE-ASKING', restore, -4, WRITE | DENYOOM | ASKING, key(1, OW | UPDATE), {
    acl: ['keyspace', 'dangerous'],
  }),
]);

/** What a key becomes whose last use the clock's 24 bits cannot tell. */
const LONGEST_IDLE_SECONDS = 2 ** 23;

/** What the running command writes; nothing outlives it there. */
const output = new RdbOutput();

/** The value as bytes that RESTORE takes; without its deadline. */
function dump(call: Call, args: Args, reply: Reply): void {
  const { database, limits } = call;
  const ref = database.read(args, 1, ANY_TYPE);
  if (ref === NO_REF) return reply.null();
  output.compresses = limits.compressesDumps;
  writePayload(output, database.arena, ref);
  if (output.overflowed) reply.error(ERR.dumpTooLong);
  else reply.bulk(output.bytes, output.view, 0, output.at);
}

/** What RESTORE was told beside key and payload. */
interface RestoreOptions {
  replace: boolean;
  absolute: boolean;
  /** Undefined when not told. */
  idleSeconds: bigint | undefined;
  frequency: bigint | undefined;
}

/** RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]: makes a key of what DUMP replied. */
function restore(call: Call, args: Args, reply: Reply): void {
  const { database, limits } = call;
  const options = readOptions(args, reply);
  if (options === undefined) return;
  if (!options.replace && database.open(args, 1, ANY_TYPE) !== NO_REF) return reply.error(ERR.busyKey);
  const ttl = args.int64(2);
  if (ttl === undefined) return reply.error(ERR.notInteger);
  if (ttl < 0n) return reply.error(ERR.ttlNegative);
  const { bytes, view } = args;
  if (!isSound(bytes, view, args.start[3], args.end[3], limits.checksDumps)) return reply.error(ERR.dumpUnsound);
  const ref = readPayload(call, args, reply);
  if (ref === NO_REF) return;
  // As Redis adds, which may go round: such a deadline has passed.
  const deadline = ttl === 0n || options.absolute ? ttl : BigInt.asIntN(64, ttl + BigInt(call.keyspace.now));
  if (ttl !== 0n && deadline <= call.keyspace.now) giveUp(call, args, ref, options.replace);
  else put(call, args, ref, options, ttl === 0n ? undefined : deadline);
  reply.ok();
}

/** The value of argument 3, in no database; 0, after an error was replied, when its bytes make no sense. */
function readPayload({ keyspace, notices }: Call, args: Args, reply: Reply): Ref {
  const { bytes, view } = args;
  const reading = new Reading(keyspace.detached);
  const { input, key } = reading;
  input.begin(bytes, view, args.start[3], args.end[3] - FOOTER_BYTES);
  key.point(bytes, view, args.start[1], args.end[1]);
  const ref = readValue(reading, input.byte());
  if (ref === NO_REF) {
    notices.warn(`Refused what RESTORE was given: ${input.problem}`);
    reply.error(ERR.dumpMalformed);
  }
  return ref;
}

/** The deadline has passed: no key is made, and the one that was to be replaced goes. */
function giveUp({ database, keyspace }: Call, args: Args, ref: Ref, replaces: boolean): void {
  keyspace.lazyFree.freeRecord(ref);
  const old = replaces ? database.find(args, 1) : NO_REF;
  if (old !== NO_REF) database.remove(old, 'del');
}

function put({ database, keyspace }: Call, args: Args, ref: Ref, options: RestoreOptions, deadline?: bigint): void {
  const { clock } = keyspace;
  if (clock.lfu) {
    if (options.frequency !== undefined) database.setAccessBits(ref, clock.bitsForFrequency(Number(options.frequency)));
  } else if (options.idleSeconds !== undefined) {
    const seconds = options.idleSeconds > BigInt(clock.seconds) ? LONGEST_IDLE_SECONDS : Number(options.idleSeconds);
    database.setAccessBits(ref, clock.bitsForIdle(seconds));
  }
  const old = database.find(args, 1);
  // As in Redis the key is a new one, told as such, even where there was one to be replaced.
  if (old !== NO_REF) database.discard(old);
  database.putOver(args, 1, ref, 'restore');
  if (deadline !== undefined) database.setFarDeadline(ref, deadline);
}

/** Undefined after an error was replied. */
function readOptions(args: Args, reply: Reply): RestoreOptions | undefined {
  const options: RestoreOptions = { replace: false, absolute: false, idleSeconds: undefined, frequency: undefined };
  const refused = (text: string): undefined => {
    reply.error(text);
    return undefined;
  };
  for (let i = 4; i < args.count; i++) {
    const hasMore = i + 1 < args.count;
    if (args.is(i, 'replace')) options.replace = true;
    else if (args.is(i, 'absttl')) options.absolute = true;
    else if (args.is(i, 'idletime') && hasMore && options.frequency === undefined) {
      const seconds = args.int64(++i);
      if (seconds === undefined) return refused(ERR.notInteger);
      if (seconds < 0n) return refused(ERR.idleTimeNegative);
      options.idleSeconds = seconds;
    } else if (args.is(i, 'freq') && hasMore && options.idleSeconds === undefined) {
      const frequency = args.int64(++i);
      if (frequency === undefined) return refused(ERR.notInteger);
      if (frequency < 0n || frequency > 255n) return refused(ERR.frequencyRange);
      options.frequency = frequency;
    } else return refused(ERR.syntax);
  }
  return options;
}
