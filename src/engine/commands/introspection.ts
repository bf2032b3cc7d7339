/** COMMAND: what the server knows of its own commands, all of it from the one command table. */
import { globMatch } from '../../bytes/glob.ts';
import { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { Command, CommandTable } from '../dispatch/command.ts';
import { aclCategoriesOf, findAclCategory } from './acl-categories.ts';
import { replyDocs } from './command-docs.ts';
import { replyInfo, replyKeyFlags } from './command-info.ts';
import { keysOf, takesKeys } from './command-keys.ts';
import type { Docs } from './docs.ts';
import { helpRow } from './help.ts';
import { type Family, family, type KeyPosition, LOADING, NO_KEYS, NO_MANDATORY_KEYS, row, STALE } from './spec.ts';

const ANYTIME = LOADING | STALE;
const CONNECTION = { acl: ['connection'] };
/** The order in which commands are listed means nothing. */
const LISTING = { ...CONNECTION, tips: ['nondeterministic_output_order'] };

const HELP = [
  '(no subcommand)',
  '    Describe every command for clients.',
  'COUNT',
  '    Tell how many commands there are.',
  'LIST [FILTERBY (MODULE <module>|ACLCAT <category>|PATTERN <pattern>)]',
  '    List the names of commands and subcommands.',
  'INFO [<command-name> ...]',
  '    Describe some commands for clients; every one when none is named.',
  'DOCS [<command-name> ...]',
  '    Document some commands for people; every one when none is named.',
  'GETKEYS <full-command>',
  '    Extract the keys from a command and its arguments.',
  'GETKEYSANDFLAGS <full-command>',
  '    Extract the keys and tell what the command does with each.',
];

/** The COMMAND commands. `docs` are those of every family in the table. */
export function introspection(docs: readonly Docs[]): Family {
  const all: Docs = Object.assign({}, ...docs);
  return family('server', [
    row('COMMAND', (call, _, reply) => infoOfAll(call.commands, reply), -1, ANYTIME, NO_KEYS, {
      ...LISTING,
      subcommands: [
        row('COUNT', (call, _, reply) => reply.integer(call.commands.all.length), 2, ANYTIME, NO_KEYS, CONNECTION),
        row('LIST', list, -2, ANYTIME, NO_KEYS, LISTING),
        row('INFO', info, -2, ANYTIME, NO_KEYS, LISTING),
        row('DOCS', (call, args, reply) => docsOf(call, args, all, reply), -2, ANYTIME, NO_KEYS, LISTING),
        row('GETKEYS', getkeys, -3, ANYTIME, NO_KEYS, CONNECTION),
        row('GETKEYSANDFLAGS', getkeysandflags, -3, ANYTIME, NO_KEYS, CONNECTION),
        helpRow('COMMAND', HELP, CONNECTION),
      ],
    }),
  ]);
}

function infoOfAll({ all }: CommandTable, reply: Reply): void {
  reply.array(all.length);
  for (const command of all) replyInfo(command, reply);
}

/** COMMAND INFO [name …]: null for a name that is no command's. */
function info(call: Call, args: Args, reply: Reply): void {
  if (args.count === 2) return infoOfAll(call.commands, reply);
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) {
    const command = commandNamed(call.commands, args, i);
    if (command === undefined) reply.null();
    else replyInfo(command, reply);
  }
}

/** COMMAND DOCS [name …]: nothing for a name that is no command's. */
function docsOf(call: Call, args: Args, docs: Docs, reply: Reply): void {
  const map = reply.beginMap();
  let pairs = 0;
  const add = (command: Command | undefined): void => {
    if (command === undefined) return;
    reply.text(command.fullName);
    replyDocs(command, docs, reply);
    pairs++;
  };
  if (args.count === 2) call.commands.all.forEach(add);
  for (let i = 2; i < args.count; i++) add(commandNamed(call.commands, args, i));
  reply.endMap(map, pairs);
}

/** The longest `container|subcommand` is far shorter; what is longer is not made a string to look it up. */
const NAME_LIMIT = 64;

function commandNamed(commands: CommandTable, args: Args, i: number): Command | undefined {
  if (args.length(i) > NAME_LIMIT) return undefined;
  const name = args.text(i);
  return name.split('|').length > 2 ? undefined : commands.byName(name);
}

/** COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN glob]: full names, subcommands among them. */
function list(call: Call, args: Args, reply: Reply): void {
  const passes = filterOf(args);
  if (passes === undefined) return reply.error(ERR.syntax);
  const names: string[] = [];
  for (const command of call.commands.everything()) if (passes(command)) names.push(command.fullName);
  reply.array(names.length);
  for (const name of names) reply.text(name);
}

type Filter = (command: Command) => boolean;

function filterOf(args: Args): Filter | undefined {
  if (args.count === 2) return () => true;
  if (args.count !== 5 || !args.is(2, 'filterby')) return undefined;
  if (args.is(3, 'module')) return () => false;
  if (args.is(3, 'aclcat')) {
    const category = findAclCategory(args.text(4));
    return (command) => (aclCategoriesOf(command) & category) !== 0;
  }
  if (!args.is(3, 'pattern')) return undefined;
  return ({ fullName }) => {
    const name = Buffer.from(fullName);
    return globMatch(args.bytes, args.start[4], args.end[4], name, 0, name.length, true);
  };
}

function getkeys(call: Call, args: Args, reply: Reply): void {
  const request = requestIn(args);
  const keys = keysOfRequest(call.commands, request);
  if (typeof keys === 'string') return reply.error(keys);
  reply.array(keys.length);
  for (const { index } of keys) replyArgument(request, index, reply);
}

function getkeysandflags(call: Call, args: Args, reply: Reply): void {
  const request = requestIn(args);
  const keys = keysOfRequest(call.commands, request);
  if (typeof keys === 'string') return reply.error(keys);
  reply.array(keys.length);
  for (const { index, flags } of keys) {
    reply.array(2);
    replyArgument(request, index, reply);
    replyKeyFlags(flags, reply);
  }
}

/** The request that follows COMMAND GETKEYS, borrowing the same bytes. */
function requestIn(args: Args): Args {
  const request = new Args(args.bytes);
  for (let i = 2; i < args.count; i++) request.push(args.start[i], args.end[i]);
  return request;
}

/** The keys of a request, or the error that says why there are none. */
function keysOfRequest(commands: CommandTable, request: Args): KeyPosition[] | string {
  const command = commands.resolve(request);
  if (command === undefined || (command.subcommands !== undefined && request.count > 1)) return ERR.invalidCommand;
  if (!takesKeys(command)) return ERR.noKeyArguments;
  if (!command.accepts(request.count)) return ERR.invalidCommandArity;
  const keys = keysOf(command, request) ?? [];
  if (keys.length === 0 && (command.flags & NO_MANDATORY_KEYS) === 0) return ERR.invalidCommandArguments;
  return keys;
}

function replyArgument(args: Args, i: number, reply: Reply): void {
  reply.bulk(args.bytes, args.view, args.start[i], args.end[i]);
}
