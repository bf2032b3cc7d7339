/** INFO's section on replication, of which there is none yet: a primary that no replica ever followed. */
import type { Observed } from '../observed.ts';
import type { Fields } from './section.ts';

export function replication({ identity, config }: Observed): Fields {
  return {
    role: 'master',
    connected_slaves: 0,
    master_failover_state: 'no-failover',
    master_replid: identity.replicationId,
    master_replid2: '0'.repeat(40),
    master_repl_offset: 0,
    second_repl_offset: -1,
    repl_backlog_active: 0,
    repl_backlog_size: config.integer('repl-backlog-size'),
    repl_backlog_first_byte_offset: 0,
    repl_backlog_histlen: 0,
  };
}
