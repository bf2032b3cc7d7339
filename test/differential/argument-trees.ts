/** The arguments of commands, as redis-server describes them at run time (COMMAND DOCS). */
import { elementsOf, textOf } from './reply-frames.ts';

export interface ArgumentTree {
  readonly name: string;
  readonly type: string;
  readonly token: string | undefined;
  readonly optional: boolean;
  readonly multiple: boolean;
  readonly multipleToken: boolean;
  readonly parts: readonly ArgumentTree[];
}

export interface CommandTree {
  /** The words that name the command: one, or two where it is a subcommand. */
  readonly words: readonly string[];
  readonly group: string;
  readonly arguments: readonly ArgumentTree[];
}

/** Reads the RESP2 reply to COMMAND DOCS. Containers are left out, their subcommands are in. */
export function readCommandTrees(reply: string): CommandTree[] {
  return pairsOf(reply).flatMap(([name, docs]) => commandTrees([textOf(name)], docs));
}

function commandTrees(words: readonly string[], docs: string): CommandTree[] {
  const facts = fieldsOf(docs);
  const subcommands = facts.get('subcommands');
  if (subcommands !== undefined) {
    return pairsOf(subcommands).flatMap(([name, sub]) => commandTrees([...words, textOf(name).split('|')[1]], sub));
  }
  const trees = facts.get('arguments');
  return [
    { words, group: textOf(facts.get('group') ?? ''), arguments: trees === undefined ? [] : argumentTrees(trees) },
  ];
}

function argumentTrees(reply: string): ArgumentTree[] {
  return elementsOf(reply).map((element) => {
    const facts = fieldsOf(element);
    const token = facts.get('token');
    const parts = facts.get('arguments');
    const flags = facts.get('flags') ?? '';
    return {
      name: textOf(facts.get('name') ?? ''),
      type: textOf(facts.get('type') ?? ''),
      token: token === undefined ? undefined : textOf(token),
      optional: flags.includes('optional'),
      multiple: /multiple\r\n/.test(flags),
      multipleToken: flags.includes('multiple_token'),
      parts: parts === undefined ? [] : argumentTrees(parts),
    };
  });
}

function fieldsOf(reply: string): Map<string, string> {
  return new Map(pairsOf(reply).map(([name, value]) => [textOf(name), value]));
}

function pairsOf(reply: string): [string, string][] {
  const elements = elementsOf(reply);
  return elements.flatMap((element, i) => (i % 2 === 0 ? [[element, elements[i + 1]] as [string, string]] : []));
}
