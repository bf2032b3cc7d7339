/** docs/commands.md: every command of the table with what its docs file says, and how its arguments are written. */
import type { Argument, CommandDocs, Docs } from '../src/engine/commands/docs.ts';
import type { Group } from '../src/engine/commands/spec.ts';
import type { Command, CommandTable } from '../src/engine/dispatch/command.ts';

const TITLES: Readonly<Record<Group, string>> = {
  string: 'Strings',
  bitmap: 'Bitmaps',
  hash: 'Hashes',
  list: 'Lists',
  set: 'Sets',
  'sorted-set': 'Sorted sets',
  hyperloglog: 'HyperLogLogs',
  geo: 'Places',
  stream: 'Streams',
  generic: 'Keys',
  pubsub: 'Publish and subscribe',
  transactions: 'Transactions',
  scripting: 'Scripts',
  connection: 'Connections',
  server: 'Server',
  cluster: 'Cluster',
};

const OPENING = `# Commands

Every command Hotset has, with the arguments, replies and error texts of Redis 7.2. *Since* is the version of Redis that
brought a command; *cost* is how the time it takes grows. \`COMMAND DOCS\` tells a client the same.

This file is made by \`npx tsx scripts/commands-doc.ts\` from the command table; a test fails when it is not current.
`;

/** `docs` are those of every command in the table. */
export function commandsDocument(commands: CommandTable, docs: readonly Docs[]): string {
  const all: Docs = Object.assign({}, ...docs);
  const sections = (Object.keys(TITLES) as Group[]).map((group) => {
    const inGroup = [...commands.everything()].filter((command) => command.group === group);
    const known = inGroup.flatMap((command): Entry[] => {
      const own = all[command.fullName];
      return own === undefined || isOnlyContainer(command) ? [] : [{ command, docs: own }];
    });
    return known.length === 0 ? '' : section(TITLES[group], known);
  });
  return [OPENING, ...sections].filter((text) => text !== '').join('\n');
}

interface Entry {
  readonly command: Command;
  readonly docs: CommandDocs;
}

/** True for a container that does nothing without a subcommand. */
function isOnlyContainer({ subcommands, arity }: Command): boolean {
  return subcommands !== undefined && arity === -2;
}

function section(title: string, entries: readonly Entry[]): string {
  const sorted = entries.toSorted((a, b) => (a.command.fullName < b.command.fullName ? -1 : 1));
  const rows = sorted.map(({ command, docs }) => {
    const words = [nameOf(command), ...(docs.arguments ?? []).map(writeArgument)];
    return `| \`${inCell(words.join(' '))}\` | ${docs.since} | ${inCell(costOf(docs))} | ${inCell(summaryOf(docs))} |`;
  });
  const differences = sorted.flatMap(({ command, docs }) =>
    (docs.differences ?? []).map((difference) => `- \`${nameOf(command)}\`: ${difference}`),
  );
  return [
    `## ${title}`,
    '',
    '| command | since | cost | what it does |',
    '|---|---|---|---|',
    ...rows,
    ...(differences.length === 0 ? [] : ['', 'Differences from Redis 7.2:', '', ...differences]),
    '',
  ].join('\n');
}

function nameOf({ fullName }: Command): string {
  return fullName.toUpperCase().replace('|', ' ');
}

function costOf({ complexity = '' }: CommandDocs): string {
  return complexity.replace(/\.$/, '');
}

function summaryOf({ summary, deprecated }: CommandDocs): string {
  if (deprecated === undefined) return summary;
  return `${summary} Deprecated since ${deprecated.since} in favour of ${deprecated.replacedBy}.`;
}

/** What is longer is not repeated to show that it may be. */
const LONG = 40;

/** An argument as usage lines write it: `[EX seconds | PX milliseconds]`, `key [key ...]`. */
function writeArgument(argument: Argument): string {
  const { optional = false, multiple = false, multipleToken = false, token, type } = argument;
  const announced = token === undefined || type === 'pure-token' ? '' : `${token} `;
  const value = writeValue(argument, announced !== '');
  const first = announced + value;
  const again = multipleToken ? first : value;
  const more = again.length > LONG ? '...' : `[${again} ...]`;
  const several = multiple ? `${first} ${more}` : first;
  return optional ? `[${several}]` : several;
}

function writeValue({ type, name, token, parts = [], optional }: Argument, isAnnounced: boolean): string {
  if (type === 'pure-token') return token ?? name;
  if (type === 'block') return parts.map(writeArgument).join(' ');
  if (type !== 'oneof') return name;
  const choices = parts.map((part) => writeArgument({ ...part, optional: false })).join(' | ');
  return optional === true && !isAnnounced ? choices : `<${choices}>`;
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
