import type { Session } from '../../engine/dispatch/session.ts';
import { OutputBuffer } from '../../protocol/output-buffer.ts';
import { Resp2Reply } from '../../protocol/resp2-reply.ts';

/** Whatever the client has begun goes on, and replies to nobody. */
export function silence(session: Session): void {
  session.reply = new Resp2Reply(new OutputBuffer());
}
