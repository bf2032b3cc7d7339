import type { Docs } from '../engine/commands/docs.ts';
import { ENGINE_DOCS } from '../engine/commands/engine-docs.ts';
import { configDocs } from './config/config-commands.docs.ts';
import { clientDocs } from './net/client-commands.docs.ts';
import { connectionDocs } from './net/connection-commands.docs.ts';

/** The docs of every command a server has. */
export const SERVER_DOCS: readonly Docs[] = [...ENGINE_DOCS, connectionDocs, clientDocs, configDocs];
