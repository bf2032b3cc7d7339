/** CLIENT: what the server knows of its connections, and what one may say about itself or do to others. */
import { helpRow } from '../../engine/commands/help.ts';
import {
  ADMIN,
  container,
  type Family,
  family,
  LOADING,
  NO_KEYS,
  NOSCRIPT,
  row,
  STALE,
} from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import type { Dispatcher } from '../../engine/dispatch/dispatch.ts';
import { REPLIES_OFF, REPLIES_ON, type Session, SKIP_THIS } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import {
  ERR,
  invalidClientAttribute,
  unknownClientType,
  unrecognizedOption,
  wrongSubcommand,
} from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import { clientTypeOf, meets, readClientType, readKillFilter } from './client-filter.ts';
import { describeClient, type Running } from './client-info.ts';
import { type ClientPause, PAUSE_ALL, PAUSE_WRITES } from './client-pause.ts';
import { trackingRows } from './client-tracking.ts';
import type { Clients } from './clients.ts';
import type { Connection } from './connection.ts';
import { isPrintable, refuseName } from './printable-name.ts';
import { silence } from './silence.ts';

const HELP = [
  'CACHING (YES|NO)',
  '    Have the keys of the next command tracked, or not.',
  'GETNAME',
  '    Tell the name of this connection.',
  'GETREDIR',
  '    Tell which client gets the invalidation messages for this one; -1 when it tracks nothing.',
  'ID',
  '    Tell the number of this connection.',
  'INFO',
  '    Describe this connection.',
  'KILL <ip:port>',
  '    Close the connection from an address.',
  'KILL <option> <value> [<option> <value> [...]]',
  '    Close the connections that meet every condition:',
  '    * ADDR (<ip:port>|<unixsocket>:0)',
  '      It comes from this address.',
  '    * ID <client-id>',
  '      It has this number.',
  '    * LADDR (<ip:port>|<unixsocket>:0)',
  '      It goes to this address of the server.',
  '    * SKIPME (YES|NO)',
  '      It is not the connection that asks (default: yes).',
  '    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)',
  '      It is of this type.',
  '    * USER <username>',
  '      It is authenticated as this user.',
  'LIST [ID <client-id> [<client-id> ...]|TYPE (NORMAL|MASTER|REPLICA|PUBSUB)]',
  '    Describe all connections, or some.',
  'NO-EVICT (ON|OFF)',
  '    Exempt this connection from client eviction, or no longer.',
  'NO-TOUCH (ON|OFF)',
  '    Let commands of this connection leave access times of keys alone, or no longer.',
  'PAUSE <timeout> [WRITE|ALL]',
  '    Hold back all commands, or those that write, for some milliseconds.',
  'REPLY (ON|OFF|SKIP)',
  '    Turn replies to this connection on or off, or skip the next.',
  'SETINFO (LIB-NAME|LIB-VER) <value>',
  '    Tell which client library this connection uses.',
  'SETNAME <name>',
  '    Give this connection a name.',
  'TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]] [OPTIN] [OPTOUT] [NOLOOP]',
  '    Tell this connection of changes of the keys it has read, or no longer.',
  'TRACKINGINFO',
  '    Tell how this connection tracks keys.',
  'UNBLOCK <client-id> [TIMEOUT|ERROR]',
  '    End the wait of a client in a blocking command.',
  'UNPAUSE',
  '    End a pause.',
];

const CONNECTION = { acl: ['connection'] };
const VARYING = { ...CONNECTION, tips: ['nondeterministic_output'] };
const EVERYWHERE = { ...CONNECTION, tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'] };
/** A list longer than this ends early: no string may be much longer. */
const LONGEST_LIST = 2 ** 28;
const LONGEST_MILLIS = 2n ** 63n - 1n;

interface Context {
  readonly clients: Clients;
  readonly pause: ClientPause;
}

/** The CLIENT commands of one server. */
export function clientCommands(clients: Clients, pause: ClientPause, dispatcher: Dispatcher): Family {
  const own = NOSCRIPT | LOADING | STALE;
  const others = ADMIN | own;
  const context: Context = { clients, pause };
  return family('connection', [
    container('CLIENT', [
      row('GETNAME', getname, 2, own, NO_KEYS, CONNECTION),
      row('ID', (call, _, reply) => reply.integer(call.session.id), 2, own, NO_KEYS, CONNECTION),
      row('INFO', (call, args, reply) => info(context, call, args, reply), 2, own, NO_KEYS, VARYING),
      row('KILL', (call, args, reply) => kill(context, call.session, args, reply), -3, others, NO_KEYS, CONNECTION),
      row('LIST', (call, args, reply) => list(context, call, args, reply), -2, others, NO_KEYS, VARYING),
      row(
        'NO-EVICT',
        (call, args, reply) => noEvict(context, call.session, args, reply),
        3,
        others,
        NO_KEYS,
        CONNECTION,
      ),
      row('NO-TOUCH', noTouch, 3, own, NO_KEYS, CONNECTION),
      row('PAUSE', (call, args, reply) => pauseClients(context, call, args, reply), -3, others, NO_KEYS, CONNECTION),
      row('REPLY', setReplyMode, 3, own, NO_KEYS, CONNECTION),
      row('SETINFO', setinfo, 4, own, NO_KEYS, EVERYWHERE),
      row('SETNAME', setname, 3, own, NO_KEYS, CONNECTION),
      row('UNBLOCK', (call, args, reply) => unblock(context, call, args, reply), -3, others, NO_KEYS, CONNECTION),
      row('UNPAUSE', (_, __, reply) => unpause(context, reply), 2, others, NO_KEYS, CONNECTION),
      ...trackingRows(clients, dispatcher, CONNECTION),
      helpRow('CLIENT', HELP, CONNECTION),
    ]),
  ]);
}

function getname({ session }: Call, _: Args, reply: Reply): void {
  if (session.name === '') reply.null();
  else reply.text(session.name);
}

function setname({ session }: Call, args: Args, reply: Reply): void {
  const refusal = refuseName(args, 2);
  if (refusal !== undefined) return reply.error(refusal);
  session.name = args.text(2);
  reply.ok();
}

/** CLIENT SETINFO LIB-NAME|LIB-VER value. */
function setinfo({ session }: Call, args: Args, reply: Reply): void {
  const isName = args.is(2, 'lib-name');
  if (!isName && !args.is(2, 'lib-ver')) return reply.error(unrecognizedOption(args.text(2)));
  if (!isPrintable(args, 3)) return reply.error(invalidClientAttribute(args.text(2)));
  if (isName) session.libraryName = args.text(3);
  else session.libraryVersion = args.text(3);
  reply.ok();
}

/** CLIENT INFO: the connection that asks. */
function info({ clients }: Context, call: Call, args: Args, reply: Reply): void {
  const connection = clients.of(call.session);
  reply.verbatim(connection === undefined ? '' : `${describe(clients, call, args, connection)}\n`);
}

/** CLIENT LIST [TYPE type | ID id …]: a line each. */
function list({ clients }: Context, call: Call, args: Args, reply: Reply): void {
  const listed = listedConnections(clients, args);
  if (typeof listed === 'string') return reply.error(listed);
  let text = '';
  for (const connection of listed) {
    if (text.length > LONGEST_LIST) break;
    text += `${describe(clients, call, args, connection)}\n`;
  }
  reply.verbatim(text);
}

function listedConnections(clients: Clients, args: Args): Iterable<Connection> | string {
  if (args.count === 2) return clients.all.values();
  if (args.count === 4 && args.is(2, 'type')) {
    const type = readClientType(args, 3);
    if (type === undefined) return unknownClientType(args.text(3));
    return [...clients.all.values()].filter((connection) => clientTypeOf(connection) === type);
  }
  if (args.count < 4 || !args.is(2, 'id')) return ERR.syntax;
  const found: Connection[] = [];
  for (let i = 3; i < args.count; i++) {
    const id = args.int64(i);
    if (id === undefined) return ERR.invalidClientId;
    const connection = clients.all.get(Number(id));
    if (connection !== undefined) found.push(connection);
  }
  return found;
}

function describe({ traffic }: Clients, call: Call, args: Args, connection: Connection): string {
  const { now } = call.keyspace;
  if (traffic.current !== connection) return describeClient(connection, now);
  let argumentBytes = 0;
  for (let i = 0; i < args.count; i++) argumentBytes += args.length(i);
  const room = Math.max(connection.query.length, traffic.input.length) - traffic.currentBytes;
  const running: Running = { bytes: traffic.currentBytes, room, argumentBytes };
  return describeClient(connection, now, running);
}

/** CLIENT KILL ip:port, or CLIENT KILL condition value …, which answers how many it killed. */
function kill({ clients }: Context, session: Session, args: Args, reply: Reply): void {
  const isOldForm = args.count === 3;
  const filter = isOldForm ? { address: args.text(2), skipsMe: false } : readKillFilter(args);
  if (typeof filter === 'string') return reply.error(filter);
  let killed = 0;
  for (const connection of [...clients.all.values()]) {
    const isMe = connection.session === session;
    if (!meets(connection, filter) || (isMe && filter.skipsMe)) continue;
    killed++;
    // The one that asks still gets its answer, and nothing behind it.
    if (isMe) {
      clients.forget(connection);
      session.closing = true;
    } else clients.disconnect(connection);
  }
  if (!isOldForm) reply.integer(killed);
  else if (killed === 0) reply.error(ERR.noSuchClient);
  else reply.ok();
  // The rest of an EXEC is run, but no longer answered.
  if (session.closing) silence(session);
}

function noEvict({ clients }: Context, session: Session, args: Args, reply: Reply): void {
  const on = readSwitch(args, 2, reply);
  if (on === undefined) return;
  const connection = clients.of(session);
  if (connection !== undefined) clients.exemptFromEviction(connection, on);
  reply.ok();
}

function noTouch({ session }: Call, args: Args, reply: Reply): void {
  const on = readSwitch(args, 2, reply);
  if (on === undefined) return;
  session.noTouch = on;
  reply.ok();
}

/** CLIENT REPLY ON|OFF|SKIP; only ON is answered. */
function setReplyMode({ session }: Call, args: Args, reply: Reply): void {
  if (args.is(2, 'on')) {
    session.replyMode = REPLIES_ON;
    reply.ok();
  } else if (args.is(2, 'off')) session.replyMode = REPLIES_OFF;
  else if (args.is(2, 'skip')) {
    if (session.replyMode !== REPLIES_OFF) session.replyMode = SKIP_THIS;
  } else reply.error(ERR.syntax);
}

/** CLIENT PAUSE milliseconds [WRITE|ALL]. */
function pauseClients({ pause }: Context, { keyspace }: Call, args: Args, reply: Reply): void {
  if (args.count > 4) return reply.error(wrongSubcommand(args.text(1), 'client'));
  let mode = PAUSE_ALL;
  if (args.count === 4) {
    if (args.is(3, 'write')) mode = PAUSE_WRITES;
    else if (!args.is(3, 'all')) return reply.error(ERR.pauseMode);
  }
  const millis = args.int64(2);
  if (millis === undefined) return reply.error(ERR.timeoutNotInteger);
  if (millis < 0n) return reply.error(ERR.timeoutNegative);
  if (millis > LONGEST_MILLIS - BigInt(keyspace.now)) return reply.error(ERR.timeoutOutOfRange);
  pause.begin(mode, keyspace.now + Number(millis));
  reply.ok();
}

function unpause({ pause }: Context, reply: Reply): void {
  pause.stop();
  reply.ok();
}

/** CLIENT UNBLOCK id [TIMEOUT|ERROR]: ends a client's wait for a key; 1 when it waited. */
function unblock({ clients }: Context, { blocking }: Call, args: Args, reply: Reply): void {
  if (args.count > 4) return reply.error(wrongSubcommand(args.text(1), 'client'));
  if (args.count === 4 && !args.is(3, 'timeout') && !args.is(3, 'error')) return reply.error(ERR.unblockReason);
  const id = args.int64(2);
  if (id === undefined) return reply.error(ERR.notInteger);
  const target = clients.all.get(Number(id));
  const asError = args.count === 4 && args.is(3, 'error');
  reply.integer(target !== undefined && blocking.unblock(target.session, asError) ? 1 : 0);
}

/** ON or OFF; undefined after an error was replied. */
function readSwitch(args: Args, i: number, reply: Reply): boolean | undefined {
  if (args.is(i, 'on')) return true;
  if (args.is(i, 'off')) return false;
  reply.error(ERR.syntax);
  return undefined;
}
