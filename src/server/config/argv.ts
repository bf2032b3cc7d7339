/**
 * The command line, as redis-server takes it:
 *
 *   [/path/to/redis.conf | -] [--name value… ]… [-]
 *
 * Options become lines of configuration, read after the file and after standard input, so the last one counts. A word
 * that begins with "--" starts the next option, except right after an option's name, where it is the first value:
 * `--proc-title-template --x`. Name and value may share an argument: `"--port 7000"`. `--save` without a value is
 * `--save ""`. Values are quoted, so any bytes survive; whether an option exists, and its value, is for the reader of
 * the lines to judge: `--port=7000` is the unknown option "port=7000".
 *
 * A library for command lines was rejected: these are not its rules, and users bring their start-up scripts.
 */

import { quoteArgument, splitArguments } from '../../protocol/inline.ts';
import { bytesOf, encodeText } from './byte-text.ts';

export type CommandLine =
  | {
      readonly kind: 'serve';
      /** The configuration file, as given: resolve it before the `dir` option changes the working directory. */
      readonly file?: string;
      /** Read configuration from standard input too. */
      readonly stdin: boolean;
      /** Lines of configuration made of the options (byte text). */
      readonly text: string;
    }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly message: string };

const REFUSED = new Map([
  ['--test-memory', 'hotset does not test memory: use memtester or memtest86+.'],
  ['--check-system', 'hotset does not check the system.'],
]);

const NO_SENTINEL = 'hotset does not run as a sentinel: use redis-sentinel, which can watch hotset servers.';

/** Reads the arguments after the program's name. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const first = args[0] ?? '';
  if (first === '-v' || first === '--version') return { kind: 'version' };
  if (first === '-h' || first === '--help') return { kind: 'help' };
  const refusal = REFUSED.get(first) ?? (args.includes('--sentinel') ? NO_SENTINEL : undefined);
  if (refusal !== undefined) return { kind: 'error', message: refusal };

  const hasFile = args.length > 0 && !first.startsWith('-');
  const options = hasFile ? args.slice(1) : args;
  const stdinFirst = !hasFile && first === '-';
  const stdinLast = options.at(-1) === '-';
  const from = stdinFirst ? 1 : 0;
  const to = stdinLast ? options.length - 1 : options.length;
  const text = configLines(options.slice(from, Math.max(from, to)));
  return { kind: 'serve', ...(hasFile ? { file: first } : {}), stdin: stdinFirst || stdinLast, text };
}

function configLines(args: readonly string[]): string {
  let text = '';
  let expectsValue = false;
  args.forEach((arg, i) => {
    if (!expectsValue && arg.startsWith('--')) {
      const option = encodeText(arg);
      text += `${text === '' ? '' : '\n'}${option.slice(2)} `;
      expectsValue = splitArguments(bytesOf(option))?.length === 1;
      const next = args[i + 1];
      if (arg.toLowerCase() === '--save' && (next === undefined || next.startsWith('--'))) {
        text += '""';
        expectsValue = false;
      }
    } else {
      text += `${quoteArgument(bytesOf(encodeText(arg)))} `;
      expectsValue = false;
    }
  });
  return text;
}
