/**
 * Writing to a socket past Node's streams.
 *
 * `Socket.write` makes a request with callbacks, notes it in the stream's state and has a tick tell that it is done, though
 * the operating system has nearly always taken the bytes by then: about a microsecond of the twelve that a request costs
 * when it comes alone. The handle below does the same write without all that; its request is only used when some of the
 * bytes must wait, and then it is replaced.
 *
 * The handle and its requests are Node's own affair: where a version does not have them in this form, the stream writes.
 *
 * Rejected: `fs.writeSync` to the descriptor, which costs as much as the stream.
 */
import type { Socket } from 'node:net';

interface WriteRequest {
  /** What the write must keep alive. */
  buffer?: Buffer;
  oncomplete?: (status: number) => void;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  /** Among others, whether the last write of any handle goes on after the call. */
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}

interface WithHandle {
  /** `writeBuffer` answers an error of the operating system, or 0. */
  readonly _handle: { readonly writeBuffer?: (request: WriteRequest, bytes: Buffer) => number } | null | undefined;
}

interface WithBinding {
  readonly binding?: (name: string) => Partial<StreamBinding>;
}

const binding = streamBinding();
let spare = binding === undefined ? {} : new binding.WriteWrap();

/** Gives bytes to a socket that has sent all it was given. False when some must wait, and `bytes` be left to it until then. */
export function writeDirectly(socket: Socket, bytes: Buffer): boolean {
  const handle = (socket as Socket & WithHandle)._handle;
  if (binding === undefined || handle?.writeBuffer === undefined) {
    socket.write(bytes);
    return socket.writableLength === 0;
  }
  if (handle.writeBuffer(spare, bytes) !== 0) {
    socket.destroy();
    return true;
  }
  if (binding.streamBaseState[binding.kLastWriteWasAsync] === 0) return true;
  spare.buffer = bytes;
  spare.oncomplete = (status) => {
    if (status < 0) socket.destroy();
  };
  spare = new binding.WriteWrap();
  return false;
}

function streamBinding(): StreamBinding | undefined {
  try {
    const found = (process as NodeJS.Process & WithBinding).binding?.('stream_wrap');
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = found ?? {};
    if (WriteWrap === undefined || streamBaseState === undefined || kLastWriteWasAsync === undefined) return undefined;
    return { WriteWrap, streamBaseState, kLastWriteWasAsync };
  } catch {
    return undefined;
  }
}
