/**
 * Every directive of redis.conf that is an option: the single source of its facts.
 *
 * The rows stand by topic in `options/`. Names, kinds, defaults and ranges are those of Redis 7.2; what differs says why
 * beside its row. Names are types: asking `Config` for an option that does not exist, or for the wrong kind, does not
 * compile. Directives that are no options (`include`, `user`, `rename-command`, `loadmodule`) are read in `file.ts`.
 */

import { lowerCase } from './byte-text.ts';
import type { Kind, Option } from './option.ts';
import { clusterOptions } from './options/cluster.ts';
import { encodingOptions } from './options/encodings.ts';
import { memoryOptions } from './options/memory.ts';
import { networkOptions } from './options/network.ts';
import { observationOptions } from './options/observation.ts';
import { persistenceOptions } from './options/persistence.ts';
import { processOptions } from './options/process.ts';
import { replicationOptions } from './options/replication.ts';
import { securityOptions } from './options/security.ts';
import { tlsOptions } from './options/tls.ts';

const TABLE = [
  ...networkOptions,
  ...tlsOptions,
  ...processOptions,
  ...securityOptions,
  ...memoryOptions,
  ...encodingOptions,
  ...persistenceOptions,
  ...replicationOptions,
  ...clusterOptions,
  ...observationOptions,
] as const;

type Row = (typeof TABLE)[number];

export type OptionName = Row['name'];

/** Names of the options of some kinds. */
export type NameOf<K extends Kind> = Extract<Row, { kind: K }>['name'];

/** The type of an option's value. */
export type ValueOf<N extends OptionName> = Extract<Row, { name: N }> extends Option<N, Kind, infer V> ? V : never;

export const OPTIONS: readonly Option[] = TABLE;

/** A name under which an option is known: its own, or its alias. */
export interface Known {
  readonly name: string;
  readonly option: Option;
}

/** By name in lower case, in the order of the table, an alias after its own name. */
export const KNOWN: ReadonlyMap<string, Known> = index(OPTIONS);

function index(options: readonly Option[]): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const option of options) {
    for (const name of [option.name, option.alias]) {
      if (name === undefined) continue;
      if (known.has(name)) throw new Error(`two configuration options are called ${name}`);
      known.set(name, { name, option });
    }
  }
  return known;
}

/** The option called `name`, in any mix of cases. */
export function findOption(name: string): Known | undefined {
  return KNOWN.get(lowerCase(name));
}
