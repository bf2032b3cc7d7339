import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readDirectly, writeDirectly } from './direct-socket.ts';

const LARGE_BYTES = 32 * 1024 * 1024;

let server: Server;
let socket: Socket;
let client: Socket;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [socket] = (await accepted) as [Socket];
  socket.on('error', () => {});
});

afterEach(async () => {
  socket.destroy();
  client.destroy();
  server.close();
  await once(server, 'close');
});

function write(to: Socket, bytes: Buffer): boolean {
  const padded = Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')]);
  return writeDirectly(to, padded.subarray(1, -1));
}

/** Resolves with so many bytes that the client was sent. */
async function received(length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let left = length;
  for await (const chunk of client) {
    chunks.push(chunk as Buffer);
    left -= (chunk as Buffer).length;
    if (left <= 0) break;
  }
  return Buffer.concat(chunks);
}

it('sends what the operating system takes at once, and the stream knows nothing of it', async () => {
  expect(write(socket, Buffer.from('one'))).toBe(true);
  expect(write(socket, Buffer.from('two'))).toBe(true);
  expect(socket.writableLength).toBe(0);
  expect((await received(6)).toString()).toBe('onetwo');
});

it('sends what must wait later, before what the stream is given meanwhile, and then goes on', async () => {
  const large = Buffer.alloc(LARGE_BYTES, 'large');
  expect(write(socket, large)).toBe(false);
  const isSent = new Promise((resolve) => socket.write('after', () => resolve(true)));
  const all = received(LARGE_BYTES + 'afterthen'.length);
  expect(await isSent).toBe(true);
  expect(write(socket, Buffer.from('then'))).toBe(true);
  const bytes = await all;
  expect(bytes.subarray(0, LARGE_BYTES).equals(large)).toBe(true);
  expect(bytes.subarray(LARGE_BYTES).toString()).toBe('afterthen');
});

it('closes a socket whose other side is gone, whether it notices at once or later', async () => {
  client.resetAndDestroy();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  while (!socket.destroyed) {
    write(socket, Buffer.from('x'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  write(socket, Buffer.from('to nobody'));
});

it('closes a socket whose other side goes while bytes wait', async () => {
  expect(write(socket, Buffer.alloc(LARGE_BYTES))).toBe(false);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  client.resetAndDestroy();
  await closed;
  expect(socket.destroyed).toBe(true);
});

it('lets the stream write where there is no handle', () => {
  const written: string[] = [];
  const stream = (bytes: Buffer): boolean => written.push(bytes.toString()) > 0;
  expect(write({ write: stream, writableLength: 0 } as Partial<Socket> as Socket, Buffer.from('x'))).toBe(true);
  expect(write({ write: stream, writableLength: 1 } as Partial<Socket> as Socket, Buffer.from('y'))).toBe(false);
  expect(written).toEqual(['x', 'y']);
});

it('tells of what is read, and leaves the end to the stream', async () => {
  const bytes = Buffer.alloc(4);
  const onread = { buffer: bytes, callback: (): boolean => expect.fail('the stream was told') };
  const reader = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', onread });
  const [[writer]] = (await Promise.all([once(server, 'connection'), once(reader, 'connect')])) as [[Socket], unknown];
  const parts: string[] = [];
  readDirectly(reader, (length) => parts.push(bytes.toString('latin1', 0, length)));
  writer.end('in parts');
  await once(reader.resume(), 'end');
  expect(parts).toEqual(['in p', 'arts']);
  await once(reader, 'close');
});

it('leaves a socket without a handle alone', () => {
  expect(() => readDirectly({} as Socket, () => {})).not.toThrow();
});
