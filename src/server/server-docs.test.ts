import { describe } from 'vitest';
import { testDocs } from '../engine/commands/docs.suite.ts';
import { Config } from './config/config.ts';
import { processDirectory } from './config/working-directory.ts';
import { Log } from './observe/log.ts';
import { Server } from './server.ts';
import { SERVER_DOCS } from './server-docs.ts';

const { engine } = new Server(new Config(processDirectory), undefined, new Log(''));

describe("the docs of a server's commands", () => testDocs(engine.commands, SERVER_DOCS, []));
