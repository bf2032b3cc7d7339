/** The library `string`. What searches with patterns is in pattern-search.ts. */
import {
  type Arguments,
  checkFunction,
  checkInt,
  checkInteger,
  checkNumber,
  checkString,
  optionalInteger,
} from '../arguments.ts';
import type { Budget } from '../budget.ts';
import { badArgument, raise } from '../error.ts';
import { addBuiltins } from '../library.ts';
import type { Machine } from '../machine.ts';
import { LuaTable } from '../table.ts';
import {
  type FormatItem,
  formatCharacter,
  formatFloat,
  formatInteger,
  formatText,
  formatUnsigned,
  readFormat,
} from './format-item.ts';
import { addPatternFunctions, fromStart } from './pattern-search.ts';

/** A C function may have so many values on its stack. */
const MOST_PLACES = 8000;
/** A text of so many bytes is put as it is by `%s` without a precision. */
const LONG_TEXT = 100;
/** Bytes that are copied in a step. */
const SHIFT_OF_STEP = 6;

export function stringLibrary(machine: Machine): LuaTable {
  const { budget } = machine;
  const library = new LuaTable();
  addPatternFunctions(library, machine);
  return addBuiltins(
    library,
    {
      byte: (...args) => codes(args),
      char: (...args) => {
        let text = '';
        for (let position = 1; position <= args.length; position++) {
          const code = checkInt(args, position);
          if (code < 0 || code > 255) badArgument(position, 'invalid value');
          text += String.fromCharCode(code);
        }
        return text;
      },
      dump: (...args) => {
        checkFunction(args, 1);
        return raise('unable to dump given function');
      },
      format: (...args) => format(budget, args),
      len: (...args) => checkString(args, 1).length,
      lower: (...args) => lower(made(budget, checkString(args, 1))),
      rep: (...args) => repeat(budget, checkString(args, 1), checkInt(args, 2)),
      reverse: (...args) => {
        const text = made(budget, checkString(args, 1));
        return Buffer.from(text, 'latin1').reverse().toString('latin1');
      },
      sub: (...args) => {
        const text = checkString(args, 1);
        const start = Math.max(fromStart(checkInteger(args, 2), text.length), 1);
        return text.slice(start - 1, fromStart(optionalInteger(args, 3, -1), text.length));
      },
      upper: (...args) => upper(made(budget, checkString(args, 1))),
    },
    'pure',
  );
}

/** Charges for a text as long as this one, which is about to be made. */
function made(budget: Budget, text: string): string {
  budget.spend(text.length >> SHIFT_OF_STEP);
  budget.allocateString(text.length);
  return text;
}

/** JavaScript's own functions would change letters above 127 too. */
const BEYOND_ASCII = /[\u0080-\u00ff]/;

function lower(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upper(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toUpperCase();
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function codes(args: Arguments): number[] {
  const text = checkString(args, 1);
  const position = fromStart(optionalInteger(args, 2, 1), text.length);
  const end = Math.min(fromStart(optionalInteger(args, 3, position), text.length), text.length);
  const start = Math.max(position, 1);
  if (end - start + 1 + args.length > MOST_PLACES) raise('stack overflow (string slice too long)');
  const values: number[] = [];
  for (let at = start; at <= end; at++) values.push(text.charCodeAt(at - 1));
  return values;
}

function repeat(budget: Budget, text: string, count: number): string {
  if (count <= 0) return '';
  // First whether it fits: a number beyond 32 bits would be no number of steps.
  budget.allocateString(text.length * count);
  budget.spend((text.length * count) >> SHIFT_OF_STEP);
  return text.repeat(count);
}

function format(budget: Budget, args: Arguments): string {
  const pieces = readFormat(checkString(args, 1));
  let formatted = '';
  let position = 1;
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      formatted += piece;
      continue;
    }
    if (++position > args.length) badArgument(position, 'no value');
    if ('problem' in piece) return raise(piece.problem);
    const value = formatArgument(piece, args, position);
    budget.allocate(value.length);
    formatted += value;
  }
  budget.allocateString(formatted.length);
  return formatted;
}

function formatArgument(item: FormatItem, args: Arguments, position: number): string {
  switch (item.conversion) {
    case 'c':
      return formatCharacter(item, checkNumber(args, position));
    case 'd':
    case 'i':
      return formatInteger(item, checkNumber(args, position));
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return formatUnsigned(item, checkNumber(args, position));
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return formatFloat(item, checkNumber(args, position));
    case 'q':
      return quoted(checkString(args, position));
    case 's': {
      const text = checkString(args, position);
      return item.precision < 0 && text.length >= LONG_TEXT ? text : formatText(item, text);
    }
    default:
      return raise(`invalid option '%${item.conversion === '\0' ? '' : item.conversion}' to 'format'`);
  }
}

const QUOTED = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\\n'],
  ['\r', '\\r'],
  ['\0', '\\000'],
]);

/** As Lua reads it. */
function quoted(text: string): string {
  let written = '"';
  for (const character of text) written += QUOTED.get(character) ?? character;
  return `${written}"`;
}
