import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { argument, block, type Docs, keyArgument, oneOf, token } from '../src/engine/commands/docs.ts';
import { family, row } from '../src/engine/commands/spec.ts';
import { CommandTable } from '../src/engine/dispatch/command.ts';
import { Config } from '../src/server/config/config.ts';
import { processDirectory } from '../src/server/config/working-directory.ts';
import { Log } from '../src/server/observe/log.ts';
import { Server } from '../src/server/server.ts';
import { SERVER_DOCS } from '../src/server/server-docs.ts';
import { commandsDocument } from './commands-document.ts';

describe('docs/commands.md', () => {
  it('is current (npx tsx scripts/commands-doc.ts makes it)', () => {
    const { engine } = new Server(new Config(processDirectory), undefined, new Log(''));
    const committed = readFileSync(new URL('../docs/commands.md', import.meta.url), 'utf8');
    expect(committed).toBe(commandsDocument(engine.commands, SERVER_DOCS));
  });

  it('writes arguments as usage lines do', () => {
    const docs: Docs = {
      thing: {
        summary: 'Does a thing.',
        since: '1.2.3',
        complexity: 'O(1) mostly.',
        deprecated: { since: '2.0.0', replacedBy: '`OTHER`' },
        differences: ['It is ours.'],
        arguments: [
          keyArgument('key', 0, { multiple: true }),
          oneOf('how', [token('FAST'), argument('seconds', 'integer', { token: 'IN' })], { optional: true }),
          oneOf('mode', [token('ON'), token('OFF')]),
          block('pair', [argument('a', 'string'), argument('b', 'string', { optional: true })], { multiple: true }),
          argument('word', 'string', { token: 'SAY', optional: true, multiple: true, multipleToken: true }),
          oneOf('unit', [token('M'), token('KM')], { token: 'UNIT', optional: true }),
        ],
      },
    };
    const table = new CommandTable();
    table.addFamily(family('list', [row('THING', () => undefined, -2, 0)]));
    const lines = commandsDocument(table, [docs]).split('\n').slice(7);
    expect(lines).toEqual([
      '## Lists',
      '',
      '| command | since | cost | what it does |',
      '|---|---|---|---|',
      '| `THING key [key ...] [FAST \\| IN seconds] <ON \\| OFF> a [b] [a [b] ...] [SAY word [SAY word ...]] [UNIT <M \\| KM>]` ' +
        '| 1.2.3 | O(1) mostly | Does a thing. Deprecated since 2.0.0 in favour of `OTHER`. |',
      '',
      'Differences from Redis 7.2:',
      '',
      '- `THING`: It is ours.',
      '',
    ]);
  });
});
