/** MONITOR. */
import { ADMIN, type Family, family, LOADING, NOSCRIPT, row, STALE } from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import { MONITORING } from '../../engine/dispatch/session.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Clients } from '../net/clients.ts';
import type { Monitors } from './monitor.ts';

/** The command that makes a connection of `clients` a monitor. */
export function monitorCommands(clients: Clients, monitors: Monitors): Family {
  return family('server', [
    row('MONITOR', (call, _, reply) => monitor(clients, monitors, call, reply), 1, ADMIN | NOSCRIPT | LOADING | STALE),
  ]);
}

/** As in Redis, a connection that is a monitor already gets no reply. */
function monitor(clients: Clients, monitors: Monitors, { session, mayBlock }: Call, reply: Reply): void {
  if (!mayBlock) return reply.error(ERR.monitorMustWait);
  const connection = clients.of(session);
  if (connection === undefined || (session.alerts & MONITORING) !== 0) return;
  monitors.add(connection);
  reply.ok();
}
