/**
 * What is pending in a group and was not delivered for long, who waited longest first: what XREADGROUP … CLAIM gives.
 *
 * Redis keeps what is pending a second time, in order of delivery. Here it is looked through, so that those who never claim
 * pay nothing; only as many as are asked for are kept in mind.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { IdPlace } from '../structures/id-tree.ts';
import { readPlaceId, seekFirst, stepForward } from '../structures/id-tree-walk.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { hasEntry } from '../values/stream.ts';
import { groupPending } from '../values/stream-groups.ts';
import { deliveredAt } from '../values/stream-pending.ts';

interface Idle {
  readonly time: number;
  readonly id: StreamId;
}

/** How many more than asked for are gathered before the newest of them are forgotten. */
const SURPLUS = 1_000;

const place = new IdPlace();
const id = new StreamId();

export class IdlePending {
  /** The IDs found. */
  ids: readonly StreamId[] = [];
  /** When the next of the others will have been idle for long enough; Infinity when there are no others. */
  next = Number.POSITIVE_INFINITY;

  /** Finds up to `count` pending entries delivered `minimumIdle` ms ago or before, and still in the stream. */
  find(arena: Arena, stream: Ref, group: Ref, now: number, minimumIdle: number, count: number): void {
    const pending = groupPending(arena, group);
    let idle: Idle[] = [];
    this.next = Number.POSITIVE_INFINITY;
    for (let more = seekFirst(arena, pending, place); more; more = stepForward(arena, place)) {
      const time = deliveredAt(arena, place);
      readPlaceId(arena, place, id);
      if (now - time < minimumIdle) this.next = Math.min(this.next, time + minimumIdle);
      else if (hasEntry(arena, stream, id)) {
        const copy = new StreamId();
        copy.copy(id);
        idle.push({ time, id: copy });
        if (idle.length > count + SURPLUS) idle = oldest(idle, count);
      }
    }
    this.ids = oldest(idle, count).map((each) => each.id);
  }
}

function oldest(idle: Idle[], count: number): Idle[] {
  idle.sort((a, b) => a.time - b.time || compareIds(a.id, b.id));
  return count < idle.length ? idle.slice(0, count) : idle;
}
