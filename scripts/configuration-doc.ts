/** Writes docs/configuration.md. Run it with tsx after changing an option. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configurationDocument } from './configuration-document.ts';

writeFileSync(fileURLToPath(new URL('../docs/configuration.md', import.meta.url)), configurationDocument());
