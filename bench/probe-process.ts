// A client in a process of its own that sends one small request every millisecond and notes how long each answer took.
//
// It does not wait for an answer before it sends the next request: a server that stops for 50 ms is then seen by 50 requests, as
// its users would see it, not by one. What looks like a pause of the server can also be the machine: beside each round trip it
// notes how long, meanwhile, the server's main thread and the probe itself were ready to run but had no CPU (/proc/PID/schedstat).
//
// Started by probe.ts as `probe-process.ts PORT SERVER_PID`; sends 'probing' when connected, and its ProbeResult on 'stop'.

import { openSync, readSync } from 'node:fs';
import { connect } from 'node:net';
import { percentileOfSorted } from './order-statistics.ts';
import { parseWaitNanos } from './process-usage.ts';

export interface ProbeResult {
  readonly samples: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly p9999Millis: number;
  readonly longestMillis: number;
  /** Of the longest round trip: how long the server's main thread waited for a CPU. */
  readonly serverWaitMillis: number;
  /** Of the longest round trip: how long the probe itself waited for a CPU. */
  readonly probeWaitMillis: number;
  /** The longest round trip after taking off both waits, request by request. They may overlap, so this is a lower bound. */
  readonly longestBusyMillis: number;
}

const INTERVAL_MILLIS = 1;
/** Over half an hour of samples; the probe stops adding then. */
const MOST_SAMPLES = 2_000_000;
/** Requests without an answer, a power of two; the probe sends no more than this. */
const MOST_IN_FLIGHT = 65_536;
const LF = 10;
/** Both are answered with one line: the key does not exist. */
const REQUESTS = [
  Buffer.from('*1\r\n$4\r\nPING\r\n'),
  Buffer.from('*2\r\n$3\r\nGET\r\n$12\r\nprobe:absent\r\n'),
] as const;

const trips = new Float64Array(MOST_SAMPLES);
const sentAt = new Float64Array(MOST_IN_FLIGHT);
const serverWaitAt = new Float64Array(MOST_IN_FLIGHT);
const probeWaitAt = new Float64Array(MOST_IN_FLIGHT);
const slot = (index: number): number => index & (MOST_IN_FLIGHT - 1);
let sent = 0;
let answered = 0;
let longestMillis = 0;
let serverWaitMillis = 0;
let probeWaitMillis = 0;
let longestBusyMillis = 0;

const serverWaitMillisNow = waitClock(`/proc/${Number(process.argv[3])}/schedstat`);
const probeWaitMillisNow = waitClock('/proc/self/schedstat');
const socket = connect({ host: '127.0.0.1', port: Number(process.argv[2]), noDelay: true });
socket.once('error', giveUp);
socket.once('close', () => giveUp(new Error('the server closed the connection')));
process.once('disconnect', () => process.exit(0));

socket.once('connect', () => {
  setInterval(ask, INTERVAL_MILLIS);
  process.send?.('probing');
});
socket.on('data', (data) => {
  const now = performance.now();
  const serverWait = serverWaitMillisNow();
  const probeWait = probeWaitMillisNow();
  for (const byte of data) if (byte === LF) noteAnswer(now, serverWait, probeWait);
});
process.on('message', (message) => {
  if (message === 'stop') process.send?.(summary(), () => process.exit(0));
});

function ask(): void {
  if (sent - answered >= MOST_IN_FLIGHT || sent >= MOST_SAMPLES) return;
  const at = slot(sent);
  serverWaitAt[at] = serverWaitMillisNow();
  probeWaitAt[at] = probeWaitMillisNow();
  sentAt[at] = performance.now();
  socket.write(REQUESTS[sent % REQUESTS.length]);
  sent++;
}

function noteAnswer(now: number, serverWaitNow: number, probeWaitNow: number): void {
  if (answered === sent) return;
  const at = slot(answered);
  const trip = now - sentAt[at];
  const serverWait = serverWaitNow - serverWaitAt[at];
  const probeWait = probeWaitNow - probeWaitAt[at];
  trips[answered++] = trip;
  longestBusyMillis = Math.max(longestBusyMillis, trip - serverWait - probeWait);
  if (trip <= longestMillis) return;
  longestMillis = trip;
  serverWaitMillis = serverWait;
  probeWaitMillis = probeWait;
}

/** A reader of how long the thread has waited for a CPU so far, in ms; always 0 where the kernel does not tell. */
function waitClock(path: string): () => number {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return () => 0;
  }
  const text = Buffer.alloc(128);
  return () => parseWaitNanos(text.toString('latin1', 0, readSync(file, text, 0, text.length, 0))) / 1e6;
}

function summary(): ProbeResult {
  // A request still unanswered has taken at least this long.
  if (answered < sent) {
    const now = performance.now();
    if (now - sentAt[slot(answered)] > longestMillis) noteAnswer(now, serverWaitMillisNow(), probeWaitMillisNow());
  }
  const sorted = trips.slice(0, answered).sort();
  return {
    samples: answered,
    p50Millis: percentileOfSorted(sorted, 50),
    p99Millis: percentileOfSorted(sorted, 99),
    p9999Millis: percentileOfSorted(sorted, 99.99),
    longestMillis,
    serverWaitMillis,
    probeWaitMillis,
    longestBusyMillis,
  };
}

function giveUp(error: Error): void {
  process.stderr.write(`probe: ${error.message}\n`);
  process.exit(1);
}
