// The measuring side's hold on the probing client (probe-process.ts), which runs in its own process: this process's timers and
// collections must not show up as pauses of a server.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { end, track } from './child-processes.ts';
import type { ProbeResult } from './probe-process.ts';

export type { ProbeResult };

export interface Probe {
  /** Ends the probing and resolves with what it saw. */
  finish(): Promise<ProbeResult>;
  /** Ends the probing and forgets what it saw. */
  abandon(): Promise<void>;
}

const ANSWER_LIMIT_MILLIS = 15_000;
const PROGRAM = fileURLToPath(new URL('./probe-process.ts', import.meta.url));

/** Starts probing a server; resolves once requests are being sent. */
export async function startProbe(server: { readonly port: number; readonly pid: number }): Promise<Probe> {
  const loader = import.meta.resolve('tsx');
  const child = track(fork(PROGRAM, [String(server.port), String(server.pid)], { execArgv: ['--import', loader] }));
  const nextMessage = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the probe does not answer')), ANSWER_LIMIT_MILLIS);
      child.once('message', (message) => {
        clearTimeout(timer);
        resolve(message);
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`the probe ended with code ${code}`));
      });
    });
  const abandon = (): Promise<void> => end(child);
  try {
    await nextMessage();
  } catch (error) {
    await abandon();
    throw error;
  }
  const finish = async (): Promise<ProbeResult> => {
    try {
      const answer = nextMessage();
      child.send('stop');
      return (await answer) as ProbeResult;
    } finally {
      await abandon();
    }
  };
  return { finish, abandon };
}
