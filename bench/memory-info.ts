import type { RunningServer } from './server-process.ts';

/** `used_memory` of INFO, in bytes. Throws when the server does not report it. */
export async function usedMemoryBytes(server: RunningServer): Promise<number> {
  const match = /^used_memory:(\d+)\r?$/m.exec(await server.control.info('memory'));
  if (match === null) throw new Error(`${server.name}: no used_memory in INFO memory`);
  return Number(match[1]);
}
