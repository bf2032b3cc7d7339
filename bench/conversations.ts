// What redis-benchmark cannot send, because it takes several commands, or a command made from the last reply. Every reply has a
// length known beforehand: a client that only counts bytes costs little beside the server it measures.

import { encoded } from './request-bytes.ts';

/** One batch of requests of a connection. */
export interface Turn {
  readonly request: Buffer;
  /** The length of all replies to it. */
  readonly replyBytes: number;
  /** Units that are finished when they have come. */
  readonly finished: number;
}

/** One connection's side of the talk. */
export interface Conversation {
  /**
   * The next batch, which begins `units` new units; `replies` are the replies to the last one, empty at first.
   * undefined: nothing is left to say. The Turn is used up before this is called again.
   */
  next(units: number, replies: Buffer): Turn | undefined;
}

export interface Circumstances {
  /** Random keys are drawn from 0 to this number - 1. */
  readonly keys: number;
  readonly valueBytes: number;
  /** Most units begun in one turn. */
  readonly pipeline: number;
  /** The connection's number. */
  readonly connection: number;
}

export type StartConversation = (circumstances: Circumstances) => Conversation;

const KEY_DIGITS = 12;
const ZERO = 48;
const COMMANDS = 10;

/** MULTI, ten SETs of random keys, EXEC. */
export function transactionOfTen({ keys, valueBytes, pipeline }: Circumstances): Conversation {
  const blank = '?'.repeat(KEY_DIGITS);
  const set = encoded(['SET', `key:${blank}`, 'x'.repeat(valueBytes)]);
  const unit = encoded(['MULTI']) + set.repeat(COMMANDS) + encoded(['EXEC']);
  const unitReply = `+OK\r\n${'+QUEUED\r\n'.repeat(COMMANDS)}*${COMMANDS}\r\n${'+OK\r\n'.repeat(COMMANDS)}`;
  const batch = Buffer.from(unit.repeat(pipeline));
  const blanks: number[] = [];
  for (let at = batch.indexOf(blank); at >= 0; at = batch.indexOf(blank, at + KEY_DIGITS)) blanks.push(at);
  return {
    next(units) {
      if (units === 0) return undefined;
      for (let i = 0; i < units * COMMANDS; i++) writeDigits(batch, blanks[i], Math.floor(Math.random() * keys));
      return {
        request: batch.subarray(0, units * unit.length),
        replyBytes: units * unitReply.length,
        finished: units,
      };
    },
  };
}

/** The stream of the dataset `jobs`, whose IDs all have the same length. */
export const JOBS = 'jobs';
export const GROUP = 'workers';
const JOB_FIELD = 'job';
const FIRST_JOB_MILLIS = 1_000_000_000_000;

/** The command that adds job `index`. */
export function addJob(index: number, value: string): readonly string[] {
  return ['XADD', JOBS, jobId(index), JOB_FIELD, value];
}

function jobId(index: number): string {
  return `${FIRST_JOB_MILLIS + index}-0`;
}

/** XREADGROUP of one entry, then XACK of what it brought, together with the next XREADGROUP. */
export function readAndAcknowledge({ valueBytes, connection }: Circumstances): Conversation {
  const id = jobId(0);
  const read = encoded(['XREADGROUP', 'GROUP', GROUP, `worker:${connection}`, 'COUNT', '1', 'STREAMS', JOBS, '>']);
  const [, ...entry] = ['', id, '', JOB_FIELD, 'x'.repeat(valueBytes)].map((text) => `$${text.length}\r\n${text}\r\n`);
  const unitReply = `*1\r\n*2\r\n$${JOBS.length}\r\n${JOBS}\r\n*1\r\n*2\r\n${entry[0]}*2\r\n${entry[2]}${entry[3]}`;
  const idAt = unitReply.indexOf(id);
  const acknowledged = ':1\r\n';
  let finished = 0;
  let begun = 0;
  return {
    next(units, replies) {
      let request = '';
      for (let at = finished * acknowledged.length; at < replies.length; at += unitReply.length) {
        const got = replies.toString('latin1', at + idAt, at + idAt + id.length);
        request += encoded(['XACK', JOBS, GROUP, got]);
      }
      finished = begun;
      begun = units;
      if (finished + begun === 0) return undefined;
      const replyBytes = finished * acknowledged.length + begun * unitReply.length;
      return { request: Buffer.from(request + read.repeat(units)), replyBytes, finished };
    },
  };
}

function writeDigits(buffer: Buffer, at: number, value: number): void {
  let rest = value;
  for (let i = at + KEY_DIGITS - 1; i >= at; i--) {
    buffer[i] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
