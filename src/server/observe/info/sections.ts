/** The sections of INFO in Redis's order. Modules and cluster mode do not exist and say so. */
import { commandStats, errorStats, latencyStats } from './commands.ts';
import { keyspace } from './keyspace.ts';
import { memory } from './memory.ts';
import { persistence } from './persistence.ts';
import { clients, cpu, server } from './process.ts';
import { replication } from './replication.ts';
import { type Section, section } from './section.ts';
import { stats } from './stats.ts';

export const SECTIONS: readonly Section[] = [
  section('server', 'Server', server),
  section('clients', 'Clients', clients),
  section('memory', 'Memory', memory),
  section('persistence', 'Persistence', persistence),
  section('stats', 'Stats', stats),
  section('replication', 'Replication', replication),
  section('cpu', 'CPU', cpu),
  section('modules', 'Modules', () => ({})),
  section('commandstats', 'Commandstats', commandStats, 'all'),
  section('errorstats', 'Errorstats', errorStats),
  section('latencystats', 'Latencystats', latencyStats, 'all'),
  section('cluster', 'Cluster', () => ({ cluster_enabled: 0 })),
  section('keyspace', 'Keyspace', keyspace),
];
