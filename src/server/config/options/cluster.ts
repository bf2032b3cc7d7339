/** Cluster mode. */

import { bool, choice, INT_MAX, integer, LONG_MAX, memory, text, ULONG_MAX } from '../scalar-options.ts';

const inert = 'cluster mode does not exist yet';
const LONGEST_HOST_NAME = 256;

function validateHostName(name: string): string | undefined {
  if (name.length >= LONGEST_HOST_NAME) return `Hostnames must be less than ${LONGEST_HOST_NAME} characters`;
  if (/^[A-Za-z0-9.-]*$/.test(name)) return undefined;
  return 'Hostnames may only contain alphanumeric characters, hyphens or dots';
}

function validateNodeName(name: string): string | undefined {
  return /[!#$%&()*+:;<>?@[\]^{|}~]/.test(name) ? 'Announced human node name contained invalid character' : undefined;
}

export const clusterOptions = [
  bool('cluster-enabled', 'no', 'Run as a node of a cluster', { immutable: true, inert }),
  text('cluster-config-file', 'nodes.conf', 'File in which the node keeps its view of the cluster', {
    immutable: true,
    inert,
  }),
  integer('cluster-port', 0, 0, 65535, 'Port of the cluster bus; 0 is the port plus 10000', { immutable: true, inert }),
  integer('cluster-node-timeout', 15000, 0, LONG_MAX, 'Milliseconds after which a silent node counts as failing', {
    inert,
  }),
  bool('cluster-require-full-coverage', 'yes', 'Refuse queries while any slot has no node', { inert }),
  bool('cluster-allow-reads-when-down', 'no', 'Answer reads while the cluster is down', { inert }),
  bool('cluster-allow-pubsubshard-when-down', 'yes', 'Serve shard channels while the cluster is down', { inert }),
  bool('cluster-allow-replica-migration', 'yes', 'Let replicas move to primaries without one', { inert }),
  integer('cluster-migration-barrier', 1, 0, INT_MAX, 'Replicas a primary keeps when others move', { inert }),
  integer('cluster-replica-validity-factor', 10, 0, INT_MAX, 'How old data may be for promotion; 0 is any age', {
    alias: 'cluster-slave-validity-factor',
    inert,
  }),
  bool('cluster-replica-no-failover', 'no', 'Never promote this replica by itself', {
    alias: 'cluster-slave-no-failover',
    inert,
  }),
  memory(
    'cluster-link-sendbuf-limit',
    0,
    0,
    ULONG_MAX,
    'Bytes waiting on a bus link before it is closed; 0 is no limit',
    {
      inert,
    },
  ),
  text('cluster-announce-ip', null, 'Address told to the cluster', { inert }),
  integer('cluster-announce-port', 0, 0, 65535, 'Port told to the cluster; 0 is the real one', { inert }),
  integer('cluster-announce-tls-port', 0, 0, 65535, 'TLS port told to the cluster; 0 is the real one', { inert }),
  integer('cluster-announce-bus-port', 0, 0, 65535, 'Bus port told to the cluster; 0 is the real one', { inert }),
  text('cluster-announce-hostname', null, 'Host name told to the cluster', { inert, validate: validateHostName }),
  text('cluster-announce-human-nodename', null, 'Name of the node for logs', { inert, validate: validateNodeName }),
  choice(
    'cluster-preferred-endpoint-type',
    'ip',
    ['ip', 'hostname', 'unknown-endpoint'],
    'What clients are told to connect to',
    { inert },
  ),
] as const;
