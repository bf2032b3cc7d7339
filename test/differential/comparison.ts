/** Runs a script on both servers and says where they differ. */

import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import {
  type AllowedDifferences,
  hasComparableCalls,
  hasComparableLookups,
  kindOf,
  mayHaveDoneMore,
} from './allowed.ts';
import { withoutScript } from './called-from-scripts.ts';
import { compareCounters, readBothCounters } from './counters.ts';
import { agreeAround, type Circumstances, questionsAfter, questionsBefore } from './probes.ts';
import { CLOSED, encodeCommand, type RawConnection, SILENT } from './raw-connection.ts';
import { formatStep, quote, type Script, type Step, type Words } from './script.ts';
import { type Both, forBoth, type Servers } from './servers.ts';
import { compareStates } from './state.ts';
import { ToldEvents } from './told-events.ts';

export type Protocol = 2 | 3;

/** Beyond the time that a script took, how far apart the deadlines of both servers may be: clocks tick in milliseconds. */
const CLOCK_TICK_MS = 1;
const SHOWN_CHARS = 600;
const LISTED_DIFFERENCES = 8;

export interface Difference {
  /** What it has in common with differences of the same cause: the command and the types of both replies. */
  readonly kind: string;
  readonly text: string;
}

/** The differences as text, the first few of many. */
export function formatDifferences(differences: readonly Difference[]): string {
  const lines = differences.slice(0, LISTED_DIFFERENCES).map(({ text }) => text);
  if (differences.length > LISTED_DIFFERENCES) lines.push(`and ${differences.length - LISTED_DIFFERENCES} more`);
  return lines.join('\n');
}

export class Comparison {
  private readonly servers: Servers;
  private readonly allowed: AllowedDifferences;

  constructor(servers: Servers, allowed: AllowedDifferences) {
    this.servers = servers;
    this.allowed = allowed;
  }

  /** Runs the script on two empty servers. Answers the differences, none when all is the same. */
  async run(script: Script, protocol: Protocol): Promise<Difference[]> {
    const { servers } = this;
    await servers.makeEmpty();
    const events = script.isHeard ? await ToldEvents.listen(servers) : undefined;
    const before = await readBothCounters(servers);
    const started = performance.now();
    const outcomes = await forBoth(async (name) => {
      const run = new ScriptRun(() => servers.connect(name), protocol);
      try {
        return await run.perform(script);
      } finally {
        run.close();
      }
    });
    const elapsedMs = Math.ceil(performance.now() - started) + CLOCK_TICK_MS;
    const apartBefore = this.allowed.deedsApart;
    const differences = this.compareReplies(script.steps, outcomes, elapsedMs);
    const commands = script.steps.flatMap((step) => (step.kind === 'command' ? [withoutScript(step.words)] : []));
    if (events !== undefined) {
      const apart = await events.compare(commands);
      // Where a reply differs already, the rest may be a consequence.
      if (differences.length === 0) differences.push(...apart.map((text) => ({ kind: 'events', text })));
    }
    if (differences.length === 0) {
      const isAlike = this.allowed.deedsApart === apartBefore && commands.every(hasComparableCalls);
      const didMore = script.steps.some(
        (step, i) => step.kind === 'command' && mayHaveDoneMore(step.words, outcomes.hotset[i].reply),
      );
      const isCounted = isAlike && !didMore && script.uncounted === undefined;
      const withLookups = commands.every(hasComparableLookups);
      const counted = isCounted ? await compareCounters(servers, before, withLookups) : [];
      const texts = [...counted, ...(await compareStates(servers, elapsedMs))];
      differences.push(...texts.map((text) => ({ kind: 'state', text })));
    }
    // Emptying notices a server that is gone, so that it is told with the script that ended it.
    if (differences.length > 0) await servers.makeEmpty();
    return [...servers.losses.splice(0).map((text) => ({ kind: `loss ${reasonIn(text)}`, text })), ...differences];
  }

  private compareReplies(steps: readonly Step[], outcomes: Both<readonly Outcome[]>, elapsedMs: number): Difference[] {
    const differences: Difference[] = [];
    steps.forEach((step, i) => {
      const around = { hotset: outcomes.hotset[i], redis: outcomes.redis[i] };
      const [ours, theirs] = [around.hotset.reply, around.redis.reply];
      const same = step.kind === 'command' && step.masked ? kindOf(ours) === kindOf(theirs) : ours === theirs;
      const agree = agreeAround(around.hotset, around.redis);
      if (same && agree) return;
      const words = step.kind === 'command' ? withoutScript(step.words) : [];
      if (agree && this.allowed.allows({ words, ours, theirs, elapsedMs, around })) return;
      differences.push({
        kind: `${words[0]?.toLowerCase()} ${kindOf(ours)} ${kindOf(theirs)}`,
        text: `${shorten(formatStep(step))}\n  hotset ${describe(around.hotset)}\n  redis  ${describe(around.redis)}`,
      });
    });
    return differences;
  }
}

/** The reply with what was said before and after it. */
function describe({ reply, before, after }: Outcome): string {
  const said = (title: string, replies: readonly string[]) =>
    replies.length === 0 ? '' : ` (${title}: ${show(replies.join(''))})`;
  return `${show(reply)}${said('before', before)}${said('after', after)}`;
}

/** The error that a server's log ends with. */
function reasonIn(log: string): string {
  return /^.*Error: .*$/m.exec(log)?.[0] ?? 'without a word';
}

function show(reply: string): string {
  return reply.endsWith(CLOSED) || reply.endsWith(SILENT) ? shorten(reply) : shorten(quote(reply));
}

function shorten(text: string): string {
  if (text.length <= SHOWN_CHARS) return text;
  return `${text.slice(0, SHOWN_CHARS / 2)}…(${text.length} characters)…${text.slice(-SHOWN_CHARS / 2)}`;
}

/** What a step got: a reply's bytes, or '' where none is read. */
interface Outcome extends Circumstances {
  readonly reply: string;
}

const NOTHING: Outcome = { reply: '', before: [], after: [] };

/** One script on one server. */
class ScriptRun {
  private readonly open: () => Promise<RawConnection>;
  private readonly protocol: Protocol;
  private readonly connections = new Map<number, RawConnection>();

  constructor(open: () => Promise<RawConnection>, protocol: Protocol) {
    this.open = open;
    this.protocol = protocol;
  }

  /** What each step got. */
  async perform({ steps, pieceBytes }: Script): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let first = 0; first < steps.length; ) {
      const step = steps[first];
      const connection = await this.connection(step.connection);
      let next = first + 1;
      if (step.kind === 'command') {
        while (next < steps.length && steps[next].kind === 'command' && steps[next].connection === step.connection)
          next++;
      }
      const group = steps.slice(first, next);
      await send(connection, group.map(bytesOf).join(''), pieceBytes);
      for (const one of group) outcomes.push(await this.outcome(one, connection));
      first = next;
    }
    return outcomes;
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
  }

  private async outcome(step: Step, connection: RawConnection): Promise<Outcome> {
    switch (step.kind) {
      case 'wait':
        await sleep(step.milliseconds);
        return NOTHING;
      case 'bytes':
        return NOTHING;
      case 'read':
        return { ...NOTHING, reply: await connection.read() };
      case 'end': {
        this.connections.delete(step.connection);
        const reply = await connection.readToEnd();
        connection.close();
        return { ...NOTHING, reply };
      }
    }
    if (!step.replies) return NOTHING;
    const before = await readAll(connection, questionsBefore(step.words));
    const reply = await connection.read();
    return { before, reply, after: await readAll(connection, questionsAfter(step.words)) };
  }

  private async connection(id: number): Promise<RawConnection> {
    const found = this.connections.get(id);
    if (found !== undefined) return found;
    const connection = await this.open();
    this.connections.set(id, connection);
    if (this.protocol === 3) {
      connection.send(encodeCommand(['HELLO', '3']));
      await connection.read();
    }
    return connection;
  }
}

async function send(connection: RawConnection, bytes: string, pieceBytes = bytes.length): Promise<void> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    connection.send(bytes.slice(at, at + pieceBytes));
    if (at + pieceBytes < bytes.length) await setImmediate();
  }
}

async function readAll(connection: RawConnection, questions: readonly Words[]): Promise<string[]> {
  const replies: string[] = [];
  for (const _ of questions) replies.push(await connection.read());
  return replies;
}

function bytesOf(step: Step): string {
  if (step.kind === 'bytes') return step.bytes;
  if (step.kind !== 'command') return '';
  const { words } = step;
  const commands = step.replies ? [...questionsBefore(words), words, ...questionsAfter(words)] : [words];
  return commands.map(encodeCommand).join('');
}
