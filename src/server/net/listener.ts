/**
 * Listening sockets, and how an accepted one becomes ours.
 *
 * Node's servers make sockets that allocate a buffer a read. The public option against that (`onread`: read into the
 * buffer given) exists only for sockets made by hand, so the accepted handle is taken from the paused socket Node made
 * and put into one of our own. Measured: a tenth of the CPU of a pipelined GET.
 */
import { createServer, type Server as NetServer, type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** The fields of Node's socket that this file reaches behind the types for. */
interface WithHandle {
  _handle: object | null;
}

export interface Accepted {
  /** Called for every new socket, which reads nothing yet. */
  (socket: Socket): void;
}

export interface ListenOptions {
  readonly backlog: number;
  /** Seconds; 0 is off. */
  readonly keepAlive: number;
}

/** Where to listen: `host` and `port`, or `path`. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** Starts listening; rejects with Node's error (EADDRINUSE, EACCES, EADDRNOTAVAIL, …). */
export function listen(place: Place, options: ListenOptions, accepted: Accepted): Promise<NetServer> {
  const server = createServer(
    {
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: options.keepAlive > 0,
      keepAliveInitialDelay: options.keepAlive * 1000,
    },
    accepted,
  );
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // IPv6 sockets must leave IPv4 to the sockets that `bind` names for it.
    server.listen({ ...place, backlog: options.backlog, ipv6Only: true }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/**
 * A socket on the handle of `accepted` that reads into `buffer` and calls `received` with the number of bytes, which
 * answers false to stop reading.
 */
export function adopt(accepted: Socket, buffer: Uint8Array, received: (length: number) => boolean): Socket {
  const donor = accepted as Socket & WithHandle;
  const handle = donor._handle;
  donor._handle = null;
  const onread: OnReadOpts = { buffer, callback: received };
  const options: SocketConstructorOpts & { handle: object | null; onread: OnReadOpts } = { handle, onread };
  return new Socket(options);
}

/** Begins reading from an adopted socket. */
export function startReading(socket: Socket): void {
  socket.resume();
  socket.read(0);
}
