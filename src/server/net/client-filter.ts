/** Which connections CLIENT LIST and CLIENT KILL are about. */
import { SUBSCRIBED } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, noSuchUser, unknownClientType } from '../../protocol/errors.ts';
import type { Connection } from './connection.ts';

/** What a client is to the server. A MONITOR is a normal one. */
export type ClientType = 'normal' | 'master' | 'replica' | 'pubsub';

/** The type that argument `i` names; undefined when there is none. */
export function readClientType(args: Args, i: number): ClientType | undefined {
  if (args.is(i, 'normal')) return 'normal';
  if (args.is(i, 'slave') || args.is(i, 'replica')) return 'replica';
  if (args.is(i, 'pubsub')) return 'pubsub';
  return args.is(i, 'master') ? 'master' : undefined;
}

/** The type of a connection, as long as there are no replicas. */
export function clientTypeOf({ session }: Connection): ClientType {
  return (session.alerts & SUBSCRIBED) !== 0 ? 'pubsub' : 'normal';
}

/** CLIENT KILL's conditions; a connection must meet all of them. */
export interface KillFilter {
  id?: number;
  type?: ClientType;
  address?: string;
  localAddress?: string;
  user?: string;
  /** Spare the connection that asks. */
  skipsMe: boolean;
}

/** Reads `[ID id] [TYPE type] [ADDR ip:port] [LADDR ip:port] [USER name] [SKIPME yes|no] …`; the text of an error if it cannot. */
export function readKillFilter(args: Args): KillFilter | string {
  const filter: KillFilter = { skipsMe: true };
  for (let i = 2; i < args.count; i += 2) {
    if (i + 1 === args.count) return ERR.syntax;
    const refusal = readCondition(args, i, filter);
    if (refusal !== undefined) return refusal;
  }
  return filter;
}

function readCondition(args: Args, i: number, filter: KillFilter): string | undefined {
  const value = i + 1;
  if (args.is(i, 'id')) {
    const id = args.int64(value);
    if (id === undefined || id < 1n) return ERR.clientIdNotPositive;
    filter.id = Number(id);
  } else if (args.is(i, 'type')) {
    const type = readClientType(args, value);
    if (type === undefined) return unknownClientType(args.text(value));
    filter.type = type;
  } else if (args.is(i, 'addr')) filter.address = args.text(value);
  else if (args.is(i, 'laddr')) filter.localAddress = args.text(value);
  else if (args.is(i, 'user')) {
    filter.user = args.text(value);
    if (filter.user !== 'default') return noSuchUser(filter.user);
  } else if (args.is(i, 'skipme')) {
    if (!args.is(value, 'yes') && !args.is(value, 'no')) return ERR.syntax;
    filter.skipsMe = args.is(value, 'yes');
  } else return ERR.syntax;
  return undefined;
}

/** Whether a connection meets all conditions but SKIPME. */
export function meets(connection: Connection, { id, type, address, localAddress, user }: KillFilter): boolean {
  if (id !== undefined && connection.session.id !== id) return false;
  if (type !== undefined && type !== clientTypeOf(connection)) return false;
  if (address !== undefined && connection.address !== address) return false;
  if (localAddress !== undefined && connection.localAddress !== localAddress) return false;
  return user === undefined || connection.session.user === user;
}
