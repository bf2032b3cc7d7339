/** INFO [section …]: the server's state as lines `name:value`, in sections. */
import { type Family, family, LOADING, NO_KEYS, row, STALE } from '../../engine/commands/spec.ts';
import type { Args } from '../../protocol/args.ts';
import type { Fields, Section } from './info/section.ts';
import { SECTIONS } from './info/sections.ts';
import type { Observed } from './observed.ts';

export function infoCommands(server: Observed): Family {
  return family('server', [
    row('INFO', (_, args, reply) => reply.verbatim(infoText(server, sectionsOf(args))), -1, LOADING | STALE, NO_KEYS, {
      acl: ['dangerous'],
      tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
    }),
  ]);
}

/** The sections asked for, each once, in INFO's order; words that name none are passed over. */
function sectionsOf(args: Args): readonly Section[] {
  const asked = new Set<Section>();
  for (let i = 1; i < args.count || i === 1; i++) {
    for (const section of SECTIONS) if (isAskedFor(section, args, i)) asked.add(section);
  }
  return SECTIONS.filter((section) => asked.has(section));
}

function isAskedFor(section: Section, args: Args, i: number): boolean {
  if (i === args.count || args.is(i, 'default')) return section.shown === 'default';
  return args.is(i, 'all') || args.is(i, 'everything') || args.is(i, section.name);
}

function infoText(server: Observed, sections: readonly Section[]): string {
  return sections.map(({ title, fields }) => `# ${title}\r\n${linesOf(fields(server))}`).join('\r\n');
}

function linesOf(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('');
}
