/**
 * Command scripts: what is sent to both servers, one step a line.
 *
 *     # a comment
 *     === the name of the script that begins here
 *     needs CLIENT REPLY           the script is skipped while Hotset lacks this command
 *     heard                        keyspace notifications are compared as well
 *     uncounted for some reason    what INFO counts differs for this reason
 *     SET key "a value\x00\xff"    a command, its reply compared byte for byte
 *     @2 GET key                   on a second connection
 *     ~ RANDOMKEY                  only the kind of the reply is compared
 *     ! CLIENT REPLY OFF           there is no reply
 *     inline SET key 'a b'         the rest of the line as an inline request, one reply
 *     > "*1\r\n$4\r\nPI"           bytes as they are; `* 70000` behind them repeats them
 *     < 2                          two replies
 *     <end                         all bytes until the server closes the connection
 *     wait 100                     nothing for 100 ms
 *
 * Quoting is redis-cli's. A word `{x*1000}` is x a thousand times. Commands that follow each other on one connection are
 * sent in one piece. What SPOP leaves is counted and removed (probes.ts).
 */

export type Words = readonly string[];

export type Action =
  | { readonly kind: 'command'; readonly words: Words; readonly replies: boolean; readonly masked: boolean }
  | { readonly kind: 'bytes'; readonly bytes: string }
  | { readonly kind: 'read' }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'end' };

export type Step = Action & { readonly connection: number };

export interface Script {
  readonly name: string;
  /** Commands that Hotset may lack; the script makes no sense without them. */
  readonly needs: readonly Words[];
  readonly steps: readonly Step[];
  /** Why what INFO counts may differ; otherwise it is compared. */
  readonly uncounted?: string;
  /** Keyspace notifications are compared, too. */
  readonly isHeard?: boolean;
  /** Sends no more bytes than this at a time. */
  readonly pieceBytes?: number;
}

export class ScriptError extends Error {}

/** Reads a file of scripts; steps before the first `===` belong to a script named `fallbackName`. */
export function parseScripts(text: string, fallbackName: string): Script[] {
  const scripts: { name: string; needs: Words[]; steps: Step[]; uncounted?: string; isHeard?: boolean }[] = [];
  let current: (typeof scripts)[number] | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    if (trimmed.startsWith('===')) {
      current = { name: trimmed.slice(3).trim(), needs: [], steps: [] };
      scripts.push(current);
      continue;
    }
    if (current === undefined) {
      current = { name: fallbackName, needs: [], steps: [] };
      scripts.push(current);
    }
    try {
      if (trimmed.startsWith('needs ')) current.needs.push(trimmed.slice(6).split(' '));
      else if (trimmed.startsWith('uncounted ')) current.uncounted = trimmed.slice(10);
      else if (trimmed === 'heard') current.isHeard = true;
      else current.steps.push(...parseLine(trimmed));
    } catch (error) {
      if (error instanceof ScriptError) throw new ScriptError(`${fallbackName}:${index + 1} ${error.message}`);
      throw error;
    }
  }
  return scripts;
}

/** A step that sends a command and reads its reply. */
export function commandStep(words: Words, connection = 1): Step {
  return { connection, kind: 'command', words, replies: true, masked: false };
}

function parseLine(line: string): Step[] {
  const at = /^@(\d+)\s+/.exec(line);
  const connection = at === null ? 1 : Number(at[1]);
  return parseActions(at === null ? line : line.slice(at[0].length)).map((action) => ({ ...action, connection }));
}

function parseActions(line: string): Action[] {
  if (line === '<end') return [{ kind: 'end' }];
  const read = /^<\s*(\d+)$/.exec(line);
  if (read !== null) return Array.from({ length: Number(read[1]) }, () => ({ kind: 'read' }) as const);
  const wait = /^wait (\d+)$/.exec(line);
  if (wait !== null) return [{ kind: 'wait', milliseconds: Number(wait[1]) }];
  if (line.startsWith('inline ')) return [{ kind: 'bytes', bytes: `${line.slice(7)}\r\n` }, { kind: 'read' }];
  if (line.startsWith('>')) return [{ kind: 'bytes', bytes: parseBytes(line.slice(1).trim()) }];
  const prefix = line[0] === '~' || line[0] === '!' ? line[0] : '';
  const words = splitWords(line.slice(prefix.length));
  return [{ kind: 'command', words, replies: prefix !== '!', masked: prefix === '~' }];
}

function parseBytes(text: string): string {
  const repeat = /\*\s*(\d+)$/.exec(text);
  const [bytes, ...rest] = splitWords(repeat === null ? text : text.slice(0, repeat.index));
  if (bytes === undefined || rest.length > 0) throw new ScriptError('bytes are one quoted word');
  return bytes.repeat(repeat === null ? 1 : Number(repeat[1]));
}

const WORD = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\{(.*?)\*(\d+)\}|([^\s"']+))(?=\s|$)/y;

function splitWords(text: string): string[] {
  const words: string[] = [];
  for (let at = 0; text.slice(at).trim() !== ''; at = WORD.lastIndex) {
    WORD.lastIndex = at;
    const found = WORD.exec(text);
    if (found === null) throw new ScriptError(`cannot be split into words: ${text.slice(at).trim()}`);
    const [, double, single, unit, count, bare] = found;
    if (double !== undefined) words.push(unescapeBytes(double));
    else if (single !== undefined) words.push(single.replaceAll("\\'", "'"));
    else if (unit !== undefined) words.push(unit.repeat(Number(count)));
    else words.push(Buffer.from(bare).toString('latin1'));
  }
  return words;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

function unescapeBytes(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_, hex: string | undefined, character: string) =>
    hex === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** A step as a line that can be read back. */
export function formatStep(step: Step): string {
  const at = step.connection === 1 ? '' : `@${step.connection} `;
  switch (step.kind) {
    case 'command':
      return `${at}${step.masked ? '~ ' : ''}${step.replies ? '' : '! '}${step.words.map(formatWord).join(' ')}`;
    case 'bytes':
      return `${at}> ${quote(step.bytes)}`;
    case 'read':
      return `${at}< 1`;
    case 'end':
      return `${at}<end`;
    case 'wait':
      return `wait ${step.milliseconds}`;
  }
}

function formatWord(word: string): string {
  const [unit] = word;
  if (word.length > 20 && word === unit.repeat(word.length) && /\w/.test(unit)) return `{${unit}*${word.length}}`;
  return /^[\w.:+-]+$/.test(word) ? word : quote(word);
}

/** Bytes between double quotes, what is not printable ASCII escaped. */
export function quote(bytes: string): string {
  const escaped = bytes.replace(/["\\]|[^\x20-\x7e]/g, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    if (character === '\r') return '\\r';
    if (character === '\n') return '\\n';
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}
