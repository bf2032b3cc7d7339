import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configurationDocument } from './configuration-document.ts';

it('describes the table of options as it is', () => {
  const written = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');
  expect(written).toBe(configurationDocument());
});
