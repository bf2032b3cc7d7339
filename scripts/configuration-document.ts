/** docs/configuration.md: every option of the table, by topic, those without effect told apart. */
import { Config } from '../src/server/config/config.ts';
import type { Option } from '../src/server/config/option.ts';
import { OPTIONS } from '../src/server/config/options.ts';

const OPENING = `# Configuration

Hotset reads \`redis.conf\`, and takes the same directives on the command line (\`hotset --maxmemory 100mb\`) and from
standard input (\`hotset -\`). An unknown directive is a fatal error that names its line. \`CONFIG SET\` changes what may change
while the server runs, all of a call or nothing; \`CONFIG REWRITE\` writes the file anew and keeps its comments.

*Start* means that only the file and the command line set it; *protected* that \`CONFIG SET\` needs
\`enable-protected-configs\`.

This file is made by \`npx tsx scripts/configuration-doc.ts\` from the table of options; a test fails when it is not current.
`;

/** The whole document. `directory` stands for what depends on the machine. */
export function configurationDocument(): string {
  const config = new Config({ change: () => undefined, current: () => '(the current one)' });
  const shown = OPTIONS.filter((option) => option.hidden !== true);
  const active = shown.filter((option) => option.inert === undefined);
  const inert = shown.filter((option) => option.inert !== undefined);
  return [
    OPENING,
    '## Options',
    '',
    '| option | value | default | what it does |',
    '|---|---|---|---|',
    ...active.map(
      (option) =>
        `| \`${option.name}\`${marks(option)} | ${cell(option.syntax)} | ${standard(config, option)} | ${cell(option.about)} |`,
    ),
    '',
    '## Accepted without effect',
    '',
    'These are read, kept and answered by `CONFIG GET`, so that existing files work; each with the reason why it does nothing.',
    '',
    '| option | default | reason |',
    '|---|---|---|',
    ...inert.map((option) => `| \`${option.name}\` | ${standard(config, option)} | ${cell(option.inert ?? '')} |`),
    '',
  ].join('\n');
}

function marks(option: Option): string {
  const words = [
    ...(option.alias === undefined ? [] : [`also \`${option.alias}\``]),
    ...(option.immutable === true ? ['start'] : []),
    ...(option.protected === true ? ['protected'] : []),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function standard(config: Config, option: Option): string {
  const text = config.get(option.name) ?? '';
  return text === '' ? '' : `\`${cell(text)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
