/** What a connection says about itself: PING, HELLO, AUTH, SELECT, … CLIENT stands in client-commands.ts. */
import { timingSafeEqual } from 'node:crypto';
import { databaseAt, readDatabaseIndex } from '../../engine/commands/database-index.ts';
import {
  ALLOW_BUSY,
  ENDS_TRANSACTION,
  FAST,
  type Family,
  family,
  LOADING,
  NO_AUTH,
  NOSCRIPT,
  RUNS_AT_ONCE,
  row,
  STALE,
  WHILE_SUBSCRIBED,
} from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import { REPLIES_OFF, REPLIES_ON, type Session, UNAUTHENTICATED } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, unknownHelloOption, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Config } from '../config/config.ts';
import { REDIS_VERSION } from '../version.ts';
import type { Clients } from './clients.ts';
import { refuseName } from './printable-name.ts';

/** The connection commands of one server. */
export function connectionCommands(config: Config, clients: Clients): Family {
  const always = NOSCRIPT | LOADING | STALE | FAST;
  const leaving = always | NO_AUTH | ALLOW_BUSY | RUNS_AT_ONCE | ENDS_TRANSACTION | WHILE_SUBSCRIBED;
  const context = { config, clients };
  return family('connection', [
    row('PING', ping, -1, FAST | WHILE_SUBSCRIBED, [], {
      tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
    }),
    row('ECHO', echo, 2, LOADING | STALE | FAST),
    row('SELECT', select, 2, LOADING | STALE | FAST),
    row('AUTH', (call, args, reply) => auth(context, call, args, reply), -2, always | NO_AUTH | ALLOW_BUSY),
    row('HELLO', (call, args, reply) => hello(context, call, args, reply), -1, always | NO_AUTH | ALLOW_BUSY),
    row('QUIT', (call, _, reply) => quit(context, call.session, reply), -1, leaving),
    row('RESET', (call, _, reply) => reset(context, call.session, reply), 1, leaving),
  ]);
}

const DEFAULT_USER = 'default';
const NO_ARGUMENT = -1;

interface Context {
  readonly config: Config;
  readonly clients: Clients;
}

function ping({ session }: Call, args: Args, reply: Reply): void {
  if (args.count > 2) reply.error(wrongArity('ping'));
  else if (session.isListening) pong(args, reply);
  else if (args.count === 2) reply.bulk(args.bytes, args.view, args.start[1], args.end[1]);
  else reply.status('PONG');
}

/** To a RESP2 client that has subscribed to something, which takes every reply for a message. */
function pong(args: Args, reply: Reply): void {
  reply.array(2);
  reply.text('pong');
  if (args.count === 2) reply.bulk(args.bytes, args.view, args.start[1], args.end[1]);
  else reply.text('');
}

function echo(_: Call, args: Args, reply: Reply): void {
  reply.bulk(args.bytes, args.view, args.start[1], args.end[1]);
}

function select(call: Call, args: Args, reply: Reply): void {
  const index = readDatabaseIndex(args, 1, undefined, reply);
  if (Number.isNaN(index) || databaseAt(call, index, reply) === undefined) return;
  call.session.database = index;
  reply.ok();
}

/** AUTH [username] password. */
function auth(context: Context, call: Call, args: Args, reply: Reply): void {
  if (args.count > 3) return reply.error(ERR.syntax);
  if (args.count === 2 && context.config.bytes('requirepass').length === 0) return reply.error(ERR.noPassword);
  const user = args.count === 3 ? 1 : NO_ARGUMENT;
  if (!authenticate(context, call.session, args, user, args.count - 1)) return reply.error(ERR.wrongPass);
  reply.ok();
}

/** HELLO [protover [AUTH username password] [SETNAME name]]. */
function hello(context: Context, call: Call, args: Args, reply: Reply): void {
  const { session } = call;
  let protocol = session.protocol;
  if (args.count >= 2) {
    const wanted = args.int64(1);
    if (wanted === undefined) return reply.error(ERR.protocolVersion);
    if (wanted !== 2n && wanted !== 3n) return reply.error(ERR.noProto);
    protocol = wanted === 3n ? 3 : 2;
  }
  let user = NO_ARGUMENT;
  let name = NO_ARGUMENT;
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, 'auth') && args.count - i > 2) {
      user = i + 1;
      i += 2;
    } else if (args.is(i, 'setname') && args.count - i > 1) {
      name = ++i;
      const refusal = refuseName(args, name);
      if (refusal !== undefined) return reply.error(refusal);
    } else return reply.error(unknownHelloOption(args.text(i)));
  }
  if (user !== NO_ARGUMENT && !authenticate(context, session, args, user, user + 1)) return reply.error(ERR.wrongPass);
  if ((session.alerts & UNAUTHENTICATED) !== 0) return reply.error(ERR.helloNoAuth);
  if (name !== NO_ARGUMENT) session.name = args.text(name);
  // What was to be told before still comes in the protocol spoken until now.
  call.pubsub.catchUp();
  speak(context.clients, session, protocol);
  greet(session);
}

function greet(session: Session): void {
  const reply = session.reply;
  reply.map(7);
  reply.text('server');
  reply.text('redis');
  reply.text('version');
  reply.text(REDIS_VERSION);
  reply.text('proto');
  reply.integer(session.protocol);
  reply.text('id');
  reply.integer(session.id);
  reply.text('mode');
  reply.text('standalone');
  reply.text('role');
  reply.text('master');
  reply.text('modules');
  reply.array(0);
}

/** The answer is the last that the client gets: what it takes part in ends before. */
function quit({ clients }: Context, session: Session, reply: Reply): void {
  const connection = clients.of(session);
  if (connection !== undefined) clients.forget(connection);
  reply.ok();
  session.closing = true;
}

/** Everything about the connection as if it were new, but what library the client uses. */
function reset({ clients }: Context, session: Session, reply: Reply): void {
  const connection = clients.of(session);
  speak(clients, session, 2);
  session.database = 0;
  session.name = '';
  session.noTouch = false;
  // That nobody is to answer RESET itself stays so: CLIENT REPLY SKIP was said of it.
  if (session.replyMode === REPLIES_OFF) session.replyMode = REPLIES_ON;
  if (connection !== undefined) {
    connection.noEvict = false;
    clients.forget(connection);
    clients.restoreDefaultUser(connection);
  }
  reply.status('RESET');
}

function speak(clients: Clients, session: Session, protocol: 2 | 3): void {
  session.protocol = protocol;
  if (!session.closing) session.reply = protocol === 3 ? clients.resp3 : clients.resp2;
}

/** Whether argument `password` is the password of the user that argument `user` names. */
function authenticate(
  { config, clients }: Context,
  session: Session,
  args: Args,
  user: number,
  password: number,
): boolean {
  const secret = config.bytes('requirepass');
  const isSecret = sameSecret(args.copy(password), secret);
  const isDefault = user === NO_ARGUMENT || isDefaultUser(args, user);
  if (!isDefault || (secret.length > 0 && !isSecret)) return false;
  const connection = clients.of(session);
  if (connection !== undefined) clients.authenticated(connection);
  return true;
}

/** Names of users are compared byte by byte. */
function isDefaultUser(args: Args, i: number): boolean {
  return args.length(i) === DEFAULT_USER.length && args.text(i) === DEFAULT_USER;
}

/** Compares in a time that tells neither the length nor the place of the first difference. */
function sameSecret(given: Buffer, secret: Buffer): boolean {
  const length = Math.max(given.length, secret.length);
  const a = Buffer.alloc(length + 1);
  const b = Buffer.alloc(length + 1);
  given.copy(a);
  secret.copy(b);
  a[length] = given.length === secret.length ? 1 : 0;
  b[length] = 1;
  return timingSafeEqual(a, b);
}
