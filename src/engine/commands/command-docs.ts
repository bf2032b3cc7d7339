/** COMMAND DOCS: what the docs files say of a command, as nested maps that hold only what there is to say. */
import type { Reply } from '../../protocol/reply.ts';
import type { Command } from '../dispatch/command.ts';
import type { Argument, CommandDocs, Docs } from './docs.ts';

/** Replies with the docs of `command` and its subcommands. */
export function replyDocs(command: Command, docs: Docs, reply: Reply): void {
  const own = Object.hasOwn(docs, command.fullName) ? docs[command.fullName] : undefined;
  const subcommands = command.subcommands?.all ?? [];
  const map = reply.beginMap();
  let pairs = own === undefined ? 0 : replyFacts(own, command.group, reply);
  if (own?.arguments !== undefined) {
    reply.text('arguments');
    replyArguments(own.arguments, reply);
    pairs++;
  }
  if (subcommands.length > 0) {
    reply.text('subcommands');
    reply.map(subcommands.length);
    for (const subcommand of subcommands) {
      reply.text(subcommand.fullName);
      replyDocs(subcommand, docs, reply);
    }
    pairs++;
  }
  reply.endMap(map, pairs);
}

/** Everything but arguments and subcommands; answers the number of pairs. */
function replyFacts(docs: CommandDocs, group: string, reply: Reply): number {
  let pairs = 3;
  const say = (name: string, value: string | undefined): void => {
    if (value === undefined) return;
    reply.text(name);
    reply.text(value);
    pairs++;
  };
  reply.text('summary');
  reply.text(docs.summary);
  reply.text('since');
  reply.text(docs.since);
  reply.text('group');
  reply.text(group);
  say('complexity', docs.complexity);
  const flags = [...(docs.deprecated === undefined ? [] : ['deprecated']), ...(docs.isSystem ? ['syscmd'] : [])];
  if (flags.length > 0) {
    reply.text('doc_flags');
    replyFlags(flags, reply);
    pairs++;
  }
  say('deprecated_since', docs.deprecated?.since);
  say('replaced_by', docs.deprecated?.replacedBy);
  if (docs.history !== undefined) {
    reply.text('history');
    reply.set(docs.history.length);
    for (const [version, change] of docs.history) {
      reply.array(2);
      reply.text(version);
      reply.text(change);
    }
    pairs++;
  }
  return pairs;
}

function replyArguments(list: readonly Argument[], reply: Reply): void {
  reply.array(list.length);
  for (const argument of list) replyArgument(argument, reply);
}

function replyArgument(argument: Argument, reply: Reply): void {
  const { name, type, keySpec, token, since, deprecatedSince, parts } = argument;
  const facts: [string, string | number | undefined][] = [
    ['name', name],
    ['type', type],
    ['display_text', parts === undefined ? name : undefined],
    ['key_spec_index', keySpec],
    ['token', token],
    ['since', since],
    ['deprecated_since', deprecatedSince],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  const flags = flagsOf(argument);
  reply.map(known.length + (flags.length > 0 ? 1 : 0) + (parts === undefined ? 0 : 1));
  for (const [fact, value] of known) {
    reply.text(fact);
    if (typeof value === 'number') reply.integer(value);
    else reply.text(value ?? '');
  }
  if (flags.length > 0) {
    reply.text('flags');
    replyFlags(flags, reply);
  }
  if (parts !== undefined) {
    reply.text('arguments');
    replyArguments(parts, reply);
  }
}

function flagsOf({ optional, multiple, multipleToken }: Argument): string[] {
  return [
    ...(optional ? ['optional'] : []),
    ...(multiple ? ['multiple'] : []),
    ...(multipleToken ? ['multiple_token'] : []),
  ];
}

function replyFlags(flags: readonly string[], reply: Reply): void {
  reply.set(flags.length);
  for (const flag of flags) reply.status(flag);
}
