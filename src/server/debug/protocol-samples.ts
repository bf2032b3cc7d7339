/** DEBUG PROTOCOL: one sample of each kind of reply, for tests of clients. */
import type { Session } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import type { Reply } from '../../protocol/reply.ts';

const BIG_NUMBER = '1234567999999999999999999999999999999';

interface Sampled {
  readonly session: Session;
  readonly out: OutputBuffer;
}

type Sample = (reply: Reply, to: Sampled) => void;

const SAMPLES = new Map<string, Sample>([
  ['string', (reply) => reply.text('Hello World')],
  ['integer', (reply) => reply.integer(12345)],
  ['double', (reply) => reply.double(3141 / 1000)],
  ['bignum', (reply) => reply.bigNumber(BIG_NUMBER)],
  ['null', (reply) => reply.null()],
  ['array', array],
  ['set', set],
  ['map', map],
  ['attrib', attribute],
  ['push', push],
  ['verbatim', (reply) => reply.verbatim('This is a verbatim\nstring')],
  ['true', (reply) => reply.boolean(true)],
  ['false', (reply) => reply.boolean(false)],
]);

/** Replies with the sample that argument 2 names. `out` is where the session's replies are written. */
export function replySample(session: Session, out: OutputBuffer, args: Args, reply: Reply): void {
  const sample = SAMPLES.get(args.text(2).toLowerCase());
  if (sample === undefined) reply.error(ERR.protocolType);
  else sample(reply, { session, out });
}

function array(reply: Reply): void {
  reply.array(3);
  threeIntegers(reply);
}

function set(reply: Reply): void {
  reply.set(3);
  threeIntegers(reply);
}

function threeIntegers(reply: Reply): void {
  for (let i = 0; i < 3; i++) reply.integer(i);
}

function map(reply: Reply): void {
  reply.map(3);
  for (let i = 0; i < 3; i++) {
    reply.integer(i);
    reply.boolean(i === 1);
  }
}

/** No command replies with an attribute, so replies have no word for it: it is written as bytes. */
function attribute(reply: Reply, { session, out }: Sampled): void {
  if (session.protocol === 3) {
    out.ascii('|1\r\n');
    reply.text('key-popularity');
    reply.array(2);
    reply.text('key:123');
    reply.integer(90);
  }
  reply.text('Some real reply following the attribute');
}

function push(reply: Reply, { session }: Sampled): void {
  if (session.protocol === 2) return reply.error(ERR.pushNeedsResp3);
  reply.push(2);
  reply.text('server-cpu-usage');
  reply.integer(42);
  reply.text('Some real reply following the push reply');
}
