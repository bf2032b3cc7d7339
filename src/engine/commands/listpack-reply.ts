/** Elements of listpacks as replies, the short texts that most of them are without a look at what else there could be. */
import type { Reply } from '../../protocol/reply.ts';
import { ListpackCursor } from '../structures/listpack.ts';

/** What the running command looks at; nothing outlives the call in it. */
const element = new ListpackCursor();

/** Replies with the element at `p`; returns the position behind it. */
export function replyElement(reply: Reply, bytes: Buffer, view: DataView, p: number): number {
  const kind = bytes[p];
  if ((kind & 0xc0) === 0x80) {
    // Up to 63 bytes, whose length behind them takes one.
    const end = p + 1 + (kind & 63);
    reply.bulk(bytes, view, p + 1, end);
    return end + 1;
  }
  const behind = element.read(bytes, view, p);
  reply.bulk(element.bytes, element.view, element.start, element.end);
  return behind;
}
