/** Clients that send a request as soon as they have the reply to the last one: a server that has many of them is crowded. */
import { RawClient } from '../raw-client.testing.ts';

/** Connects `count` of them, which go on until they are closed. */
export async function connectBusy(port: number, count: number): Promise<RawClient[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => RawClient.connect(port)));
  for (const { socket } of clients) {
    socket.removeAllListeners('data').on('data', () => socket.write('PING\r\n'));
    socket.write('PING\r\n');
  }
  return clients;
}
