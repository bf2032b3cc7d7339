/**
 * A range of ports for one run of the suite. The suite looks for free ports itself, but in a way that misses those taken
 * on 127.0.0.1 alone, so two runs on one machine must not look in the same place. A range is claimed by listening on its
 * first port: that holds between processes, and ends with them.
 */
import { createServer, type Server } from 'node:net';

export interface PortRange {
  /** The first port to use. */
  readonly first: number;
  readonly count: number;
  release(): void;
}

/** The suite also probes the port 10,000 above each that it takes; below 32,768 nobody's connections begin. */
const LOWEST = 21_200;
const COUNT = 400;
const RANGES = 20;

/** Claims a range that no other run uses. Throws when all are taken. */
export async function claimPortRange(): Promise<PortRange> {
  for (let range = 0; range < RANGES; range++) {
    const claim = LOWEST + range * COUNT;
    const server = await listen(claim);
    if (server !== undefined) return { first: claim + 1, count: COUNT - 1, release: () => server.close() };
  }
  throw new Error(`${RANGES} runs of the suite are under way, and there are no ports for more`);
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
