/** Commands that an option must allow, for everybody or for clients on this machine: DEBUG. */
import { PROTECTED } from '../engine/commands/spec.ts';
import type { Guard } from '../engine/dispatch/guard.ts';
import type { Session } from '../engine/dispatch/session.ts';
import { protectedCommand } from '../protocol/errors.ts';
import type { Config } from './config/config.ts';

/** The guard against them; `isLocal` tells whether a session comes from this machine. */
export function refuseProtected(config: Config, isLocal: (session: Session) => boolean): Guard {
  return (call) => {
    if ((call.command.flags & PROTECTED) === 0) return undefined;
    const who = config.choice('enable-debug-command');
    if (who === 'yes' || (who === 'local' && isLocal(call.session))) return undefined;
    return protectedCommand(call.command.fullName, 'enable-debug-command');
  };
}
