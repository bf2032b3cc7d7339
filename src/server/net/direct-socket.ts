/**
 * Reading from a socket and writing to it past Node's streams.
 *
 * `Socket.write` makes a request with callbacks, notes it in the stream's state and has a tick tell that it is done, though
 * the operating system has nearly always taken the bytes by then: about a microsecond of the twelve that a request costs
 * when it comes alone. The handle below does the same write without all that; its request is only used when some of the
 * bytes must wait, and then it is replaced. Of what was read the handle tells the stream, which tells us: we listen to it
 * ourselves, and leave to the stream what is no data.
 *
 * The handle and its requests are Node's own affair: where a version does not have them in this form, the stream does it.
 *
 * Rejected: `fs.writeSync` to the descriptor, which costs as much as the stream.
 */
import type { Socket } from 'node:net';

interface WriteRequest {
  /** What the write must keep alive. */
  buffer?: Uint8Array;
  oncomplete?: (status: number) => void;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  /** About the newest write of any handle, among others. */
  readonly streamBaseState: Int32Array;
  /** Where it tells whether the write goes on after the call. */
  readonly kLastWriteWasAsync: number;
  /** Where it tells how many bytes were read, or what is wrong: an error of libuv's, below 0. */
  readonly kReadBytesOrError: number;
}

interface Handle {
  /** Called when something was read. */
  onread?: (this: Handle, bytes: ArrayBuffer | undefined) => unknown;
  /** Answers an error of the operating system, or 0. */
  readonly writeBuffer?: (request: WriteRequest, bytes: Uint8Array) => number;
  /** Bytes that the operating system has not taken yet. */
  readonly writeQueueSize?: number;
}

interface WithHandle {
  readonly _handle: Handle | null | undefined;
}

interface WithBinding {
  readonly binding?: (name: string) => Partial<StreamBinding>;
}

const binding = streamBinding();
const isDirect = binding !== undefined;
const { WriteWrap, streamBaseState, kLastWriteWasAsync, kReadBytesOrError } = binding ?? absentBinding();
let spare = new WriteWrap();

/** Calls `received` with the length of what was read into the buffer of a socket that was made with `onread`. */
export function readDirectly(socket: Socket, received: (length: number) => void): void {
  const handle = (socket as Socket & WithHandle)._handle;
  const onread = handle?.onread;
  if (!isDirect || !handle || onread === undefined) return;
  handle.onread = function (bytes) {
    const length = streamBaseState[kReadBytesOrError];
    if (length > 0) received(length);
    else return onread.call(this, bytes);
  };
}

/**
 * Gives `part` to a socket that has sent all it was given. False when some must wait, and the bytes be left to it until
 * then.
 */
export function writeDirectly(socket: Socket, part: Uint8Array): boolean {
  const handle = (socket as Socket & WithHandle)._handle;
  if (!isDirect || handle?.writeBuffer === undefined) {
    socket.write(part);
    return socket.writableLength === 0;
  }
  if (handle.writeBuffer(spare, part) !== 0) {
    socket.destroy();
    return true;
  }
  if (streamBaseState[kLastWriteWasAsync] === 0) return true;
  spare.buffer = part;
  spare.oncomplete = (status) => {
    if (status < 0) socket.destroy();
  };
  spare = new WriteWrap();
  return false;
}

/** Bytes of a socket's writes that the operating system has not taken yet. */
export function queuedBytes(socket: Socket): number {
  return (socket as Socket & WithHandle)._handle?.writeQueueSize ?? socket.writableLength;
}

function streamBinding(): StreamBinding | undefined {
  try {
    const found = (process as NodeJS.Process & WithBinding).binding?.('stream_wrap') ?? {};
    for (const name of ['WriteWrap', 'streamBaseState', 'kLastWriteWasAsync', 'kReadBytesOrError'] as const) {
      if (found[name] === undefined) return undefined;
    }
    return found as StreamBinding;
  } catch {
    return undefined;
  }
}

function absentBinding(): StreamBinding {
  return { WriteWrap: Object, streamBaseState: new Int32Array(1), kLastWriteWasAsync: 0, kReadBytesOrError: 0 };
}
