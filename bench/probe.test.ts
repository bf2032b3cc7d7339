import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startProbe } from './probe.ts';

const PAUSE_MILLIS = 80;

describe('the probe', () => {
  it('sees a pause as long as it was, by all requests that fell into it', async () => {
    let paused = false;
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        if (!paused) {
          paused = true;
          const until = performance.now() + PAUSE_MILLIS;
          while (performance.now() < until);
        }
        const commands = data.toString('latin1').match(/\*\d/g)?.length ?? 0;
        socket.write('+PONG\r\n'.repeat(commands));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const probe = await startProbe({ port: (server.address() as AddressInfo).port, pid: process.pid });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const seen = await probe.finish();
    server.close();
    expect(seen.longestMillis).toBeGreaterThanOrEqual(PAUSE_MILLIS - 1);
    expect(seen.p9999Millis).toBe(seen.longestMillis);
    expect(seen.samples).toBeGreaterThan(20);
    expect(seen.p50Millis).toBeLessThan(seen.longestMillis);
    expect(seen.longestBusyMillis).toBeLessThanOrEqual(seen.longestMillis);
    expect(seen.serverWaitMillis).toBeGreaterThanOrEqual(0);
  });

  it('says when there is nobody to probe', async () => {
    await expect(startProbe({ port: 1, pid: process.pid })).rejects.toThrow(/the probe ended/);
  });
});
