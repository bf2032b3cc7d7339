import type { Clients } from '../net/clients.ts';

/** What connections did since some moment. */
export interface ConnectionCounters {
  readonly accepted: number;
  readonly rejected: number;
  readonly evicted: number;
  readonly queryLimitDisconnections: number;
  readonly outputLimitDisconnections: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly reads: number;
  readonly writes: number;
}

/** Since the start. */
export function countConnections(clients: Clients): ConnectionCounters {
  const { accepted, rejected, evicted, queryLimitDisconnections, outputLimitDisconnections, traffic } = clients;
  const { receivedBytes, sentBytes, reads } = traffic;
  return {
    accepted,
    rejected,
    evicted,
    queryLimitDisconnections,
    outputLimitDisconnections,
    receivedBytes,
    sentBytes,
    reads,
    writes: traffic.outbox.writes,
  };
}

/** What came to `now` after `before`. */
export function countedSince(before: ConnectionCounters, now: ConnectionCounters): ConnectionCounters {
  return {
    accepted: now.accepted - before.accepted,
    rejected: now.rejected - before.rejected,
    evicted: now.evicted - before.evicted,
    queryLimitDisconnections: now.queryLimitDisconnections - before.queryLimitDisconnections,
    outputLimitDisconnections: now.outputLimitDisconnections - before.outputLimitDisconnections,
    receivedBytes: now.receivedBytes - before.receivedBytes,
    sentBytes: now.sentBytes - before.sentBytes,
    reads: now.reads - before.reads,
    writes: now.writes - before.writes,
  };
}
