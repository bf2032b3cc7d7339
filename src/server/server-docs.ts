import type { Docs } from '../engine/commands/docs.ts';
import { ENGINE_DOCS } from '../engine/commands/engine-docs.ts';
import { configDocs } from './config/config-commands.docs.ts';
import { debugDocs } from './debug-commands.docs.ts';
import { clientDocs } from './net/client-commands.docs.ts';
import { connectionDocs } from './net/connection-commands.docs.ts';
import { infoDocs } from './observe/info-commands.docs.ts';
import { latencyDocs } from './observe/latency-commands.docs.ts';
import { memoryDocs } from './observe/memory-commands.docs.ts';
import { monitorDocs } from './observe/monitor-commands.docs.ts';
import { slowlogDocs } from './observe/slowlog-commands.docs.ts';
import { serverDocs } from './server-commands.docs.ts';

/** The docs of every command a server has. */
export const SERVER_DOCS: readonly Docs[] = [
  ...ENGINE_DOCS,
  connectionDocs,
  clientDocs,
  configDocs,
  infoDocs,
  memoryDocs,
  slowlogDocs,
  latencyDocs,
  monitorDocs,
  serverDocs,
  debugDocs,
];
