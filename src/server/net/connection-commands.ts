/** What a connection says about itself: PING, HELLO, AUTH, SELECT, … CLIENT stands in client-commands.ts. */
import { timingSafeEqual } from 'node:crypto';
import { databaseAt, readDatabaseIndex } from '../../engine/commands/database-index.ts';
import {
  ALLOW_BUSY,
  FAST,
  type Family,
  family,
  LOADING,
  NO_AUTH,
  NOSCRIPT,
  row,
  STALE,
} from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import { MONITORING, REPLIES_ON, type Session, UNAUTHENTICATED } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, unknownHelloOption, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Config } from '../config/config.ts';
import { REDIS_VERSION } from '../version.ts';
import type { Clients } from './clients.ts';

/** The connection commands of one server. */
export function connectionCommands(config: Config, clients: Clients): Family {
  const always = NOSCRIPT | LOADING | STALE | FAST;
  const context = { config, clients };
  return family('connection', [
    row('PING', ping, -1, FAST, [], { tips: ['request_policy:all_shards', 'response_policy:all_succeeded'] }),
    row('ECHO', echo, 2, LOADING | STALE | FAST),
    row('SELECT', select, 2, LOADING | STALE | FAST),
    row('AUTH', (call, args, reply) => auth(context, call, args, reply), -2, always | NO_AUTH | ALLOW_BUSY),
    row('HELLO', (call, args, reply) => hello(context, call, args, reply), -1, always | NO_AUTH | ALLOW_BUSY),
    row('QUIT', quit, -1, always | NO_AUTH | ALLOW_BUSY),
    row('RESET', (call, _, reply) => reset(context, call.session, reply), 1, always | NO_AUTH | ALLOW_BUSY),
  ]);
}

interface Context {
  readonly config: Config;
  readonly clients: Clients;
}

function ping(_: Call, args: Args, reply: Reply): void {
  if (args.count > 2) reply.error(wrongArity('ping'));
  else if (args.count === 2) reply.bulk(args.bytes, args.view, args.start[1], args.end[1]);
  else reply.status('PONG');
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
function auth({ config, clients }: Context, call: Call, args: Args, reply: Reply): void {
  if (args.count > 3) return reply.error(ERR.syntax);
  const password = config.bytes('requirepass');
  if (args.count === 2 && password.length === 0) {
    return reply.error(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    );
  }
  const user = args.count === 3 ? args.text(1) : 'default';
  if (!authenticate(clients, call.session, password, user, args.copy(args.count - 1)))
    return reply.error(ERR.wrongPass);
  reply.ok();
}

/** HELLO [protover [AUTH username password] [SETNAME name]]. */
function hello({ config, clients }: Context, call: Call, args: Args, reply: Reply): void {
  const { session } = call;
  let protocol = session.protocol;
  if (args.count >= 2) {
    const wanted = args.integer(1);
    if (Number.isNaN(wanted) && args.int64(1) === undefined)
      return reply.error('ERR Protocol version is not an integer or out of range');
    if (wanted !== 2 && wanted !== 3) return reply.error(ERR.noProto);
    protocol = wanted;
  }
  let user = -1;
  let name = -1;
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, 'auth') && args.count - i > 2) {
      user = i + 1;
      i += 2;
    } else if (args.is(i, 'setname') && args.count - i > 1) {
      name = ++i;
      if (!isValidName(args, name)) return reply.error(ERR.clientName);
    } else return reply.error(unknownHelloOption(args.text(i)));
  }
  if (user >= 0 && !authenticate(clients, session, config.bytes('requirepass'), args.text(user), args.copy(user + 1))) {
    return reply.error(ERR.wrongPass);
  }
  if ((session.alerts & UNAUTHENTICATED) !== 0) {
    return reply.error(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  }
  if (name >= 0) session.name = args.text(name);
  speak(clients, session, protocol);
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

function quit(call: Call, _: Args, reply: Reply): void {
  reply.ok();
  call.session.closing = true;
}

/** Everything about the connection as if it were new. */
function reset({ config, clients }: Context, session: Session, reply: Reply): void {
  const connection = clients.of(session);
  speak(clients, session, 2);
  session.database = 0;
  session.name = '';
  session.noTouch = false;
  session.replyMode = REPLIES_ON;
  session.alerts &= ~MONITORING;
  if (connection !== undefined) connection.noEvict = false;
  if (config.bytes('requirepass').length > 0) session.alerts |= UNAUTHENTICATED;
  reply.status('RESET');
}

/** True when a name has only printable characters and no spaces, as CLIENT LIST needs it. */
export function isValidName(args: Args, i: number): boolean {
  for (let at = args.start[i]; at < args.end[i]; at++) if (args.bytes[at] < 33 || args.bytes[at] > 126) return false;
  return true;
}

function speak(clients: Clients, session: Session, protocol: 2 | 3): void {
  session.protocol = protocol;
  session.reply = protocol === 3 ? clients.resp3 : clients.resp2;
}

function authenticate(clients: Clients, session: Session, password: Buffer, user: string, given: Buffer): boolean {
  if (user !== 'default') return false;
  if (password.length > 0 && !sameSecret(given, password)) return false;
  session.alerts &= ~UNAUTHENTICATED;
  const connection = clients.of(session);
  if (connection !== undefined) connection.parser.restricted = false;
  return true;
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
