import type { Engine } from '../../engine/engine.ts';
import type { Config } from '../config/config.ts';
import type { Identity } from '../identity.ts';
import type { Clients } from '../net/clients.ts';
import type { Activity } from './activity.ts';
import type { MemoryUsage } from './memory-usage.ts';

/** A server as the commands that report on it see it. */
export interface Observed {
  readonly identity: Identity;
  readonly config: Config;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly activity: Activity;
  readonly memory: MemoryUsage;
}
