/** Writes docs/commands.md. Run it with tsx after changing a command or its docs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Config } from '../src/server/config/config.ts';
import { processDirectory } from '../src/server/config/working-directory.ts';
import { Log } from '../src/server/observe/log.ts';
import { Server } from '../src/server/server.ts';
import { SERVER_DOCS } from '../src/server/server-docs.ts';
import { commandsDocument } from './commands-document.ts';

const folder = new URL('../docs/', import.meta.url);
const { engine } = new Server(new Config(processDirectory), undefined, new Log(''));
mkdirSync(folder, { recursive: true });
writeFileSync(fileURLToPath(new URL('commands.md', folder)), commandsDocument(engine.commands, SERVER_DOCS));
