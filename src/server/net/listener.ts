/**
 * A listening socket, and how an accepted one becomes ours.
 *
 * Node's servers make sockets that allocate a buffer a read. The public option against that (`onread`: read into the
 * buffer given) exists only for sockets made by hand, so the accepted handle is taken from the paused socket Node made
 * and put into one of our own. Measured: a tenth of the CPU of a pipelined GET.
 *
 * `Server.listen` with an address answers a turn later, although the system answers at once. CONFIG SET must tell in its
 * reply whether a port can be had, so the function behind `listen` is called directly, which has bound when it returns.
 * Where a version of Node.js lacks it, the server starts all the same, but CONFIG SET cannot move it.
 */
import { lstatSync, unlinkSync } from 'node:fs';
import {
  createServer,
  isIPv6,
  type Server as NetServer,
  type OnReadOpts,
  Socket,
  type SocketConstructorOpts,
} from 'node:net';
import { readDirectly } from './direct-socket.ts';

/** The fields of Node's sockets that this file reaches behind the types for. */
interface WithHandle {
  _handle: { readonly fd?: number } | null;
}

interface WithListen {
  _listen2?: (address: string, port: number, family: 4 | 6, backlog: number, fd: undefined, flags: number) => void;
}

/** Called for every new socket, which reads nothing yet. */
export type Accepted = (socket: Socket) => void;

/** Bind IPv6 addresses for IPv6 only: IPv4 is for the sockets that `bind` names for it. */
const IPV6_ONLY = 1;

/**
 * Listens on an IP address. Whether it could is told by `server.listening` at once; why not by the `error` event, which
 * comes a turn later.
 */
export function listenTcp(address: string, port: number, backlog: number, accepted: Accepted): NetServer {
  const server = newServer(accepted);
  const direct = server as NetServer & WithListen;
  if (direct._listen2 !== undefined) {
    const family = isIPv6(address) ? 6 : 4;
    direct._listen2(address, port, family, backlog, undefined, family === 6 ? IPV6_ONLY : 0);
  } else server.listen({ host: address, port, backlog, ipv6Only: true });
  return server;
}

/**
 * Listens on a Unix socket; told as by `listenTcp`. A socket that an earlier server left behind makes way, any other file
 * does not. The permissions hold from the first moment: they are taken from everybody by the umask before the socket exists.
 *
 * @param permissions bits such as 0o700; 0 leaves them to the process's umask
 */
export function listenUnix(path: string, permissions: number, backlog: number, accepted: Accepted): NetServer {
  removeSocket(path);
  const server = newServer(accepted);
  const before = permissions === 0 ? undefined : process.umask(~permissions & 0o777);
  try {
    server.listen({ path, backlog });
  } finally {
    if (before !== undefined) process.umask(before);
  }
  return server;
}

/**
 * A socket on the handle of `accepted` that reads into `buffer` and calls `received` with the number of bytes. It stays open
 * for writing when the other side has ended its half.
 */
export function adopt(accepted: Socket, buffer: Uint8Array, received: (length: number) => void): Socket {
  const donor = accepted as Socket & WithHandle;
  const handle = donor._handle;
  donor._handle = null;
  const onread: OnReadOpts = {
    buffer,
    callback(length) {
      received(length);
      return true;
    },
  };
  const options: SocketConstructorOpts & { handle: object | null; onread: OnReadOpts } = {
    handle,
    onread,
    allowHalfOpen: true,
  };
  const socket = new Socket(options);
  readDirectly(socket, received);
  return socket;
}

/** Begins reading from an adopted socket. */
export function startReading(socket: Socket): void {
  socket.resume();
  socket.read(0);
}

/** The number by which the operating system knows a socket; -1 where Node.js does not tell. */
export function descriptorOf(socket: Socket): number {
  return (socket as Socket & WithHandle)._handle?.fd ?? -1;
}

function newServer(accepted: Accepted): NetServer {
  return createServer({ pauseOnConnect: true, noDelay: true }, accepted);
}

function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // There is nothing, or nothing that may be removed: then listening fails and says why.
  }
}
