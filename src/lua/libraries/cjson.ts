/** The library `cjson` 2.1.0 as Redis has it: encode, decode, and settings that last as long as the interpreter. */
import { type Arguments, checkInt, checkOption, checkString } from '../arguments.ts';
import type { Budget } from '../budget.ts';
import { badArgument, raise } from '../error.ts';
import type { Result } from '../function.ts';
import { addBuiltins } from '../library.ts';
import { LuaTable } from '../table.ts';
import { NULL } from '../userdata.ts';
import { JsonReader } from './json-reader.ts';
import { defaultJsonSettings, type JsonSettings } from './json-settings.ts';
import { JsonWriter } from './json-writer.ts';

const NAME = 'cjson';
const VERSION = '2.1.0';
const GREATEST_INT = 2 ** 31 - 1;
const MOST_DIGITS = 14;
const SWITCH = ['off', 'on'] as const;
const INVALID_NUMBERS = ['off', 'on', 'null'] as const;

export function cjsonLibrary(budget: Budget): LuaTable {
  const settings = defaultJsonSettings();
  const reader = new JsonReader(budget, settings);
  const writer = new JsonWriter(budget, settings);
  const table = new LuaTable();
  addBuiltins(
    table,
    {
      encode: (...args) => writer.write(onlyArgument(args)),
      decode: (...args) => {
        onlyArgument(args);
        const text = checkString(args, 1);
        if (text.length >= 2 && (text[0] === '\0' || text[1] === '\0')) {
          raise('JSON parser does not support UTF-16 or UTF-32');
        }
        return reader.read(text);
      },
    },
    'pure',
  );
  addBuiltins(table, {
    new: () => cjsonLibrary(budget),
    ...settingFunctions(settings),
  });
  table.setString('null', NULL);
  table.setString('_NAME', NAME);
  table.setString('_VERSION', VERSION);
  return table;
}

function onlyArgument(args: Arguments) {
  return args.length === 1 ? args[0] : badArgument(1, 'expected 1 argument');
}

/** Functions that set what they are given and answer what is set. */
function settingFunctions(settings: JsonSettings): Record<string, (...args: Arguments) => Result> {
  return {
    encode_sparse_array: (...args) => {
      atMost(args, 3);
      settings.isSparseConverted = switched(args, settings.isSparseConverted);
      settings.sparseRatio = integer(args, 2, settings.sparseRatio, 0, GREATEST_INT);
      settings.sparseSafe = integer(args, 3, settings.sparseSafe, 0, GREATEST_INT);
      return [settings.isSparseConverted, settings.sparseRatio, settings.sparseSafe];
    },
    encode_max_depth: (...args) => {
      atMost(args, 1);
      settings.encodeMaxDepth = integer(args, 1, settings.encodeMaxDepth, 1, GREATEST_INT);
      return settings.encodeMaxDepth;
    },
    decode_max_depth: (...args) => {
      atMost(args, 1);
      settings.decodeMaxDepth = integer(args, 1, settings.decodeMaxDepth, 1, GREATEST_INT);
      return settings.decodeMaxDepth;
    },
    encode_number_precision: (...args) => {
      atMost(args, 1);
      settings.numberPrecision = integer(args, 1, settings.numberPrecision, 1, MOST_DIGITS);
      return settings.numberPrecision;
    },
    encode_keep_buffer: (...args) => {
      atMost(args, 1);
      settings.isBufferKept = switched(args, settings.isBufferKept);
      return settings.isBufferKept;
    },
    encode_invalid_numbers: (...args) => {
      atMost(args, 1);
      if (typeof args[0] === 'boolean') settings.encodeInvalidNumbers = args[0] ? 'on' : 'off';
      else if (args[0] !== undefined) settings.encodeInvalidNumbers = checkOption(args, 1, INVALID_NUMBERS);
      return settings.encodeInvalidNumbers === 'null' ? 'null' : settings.encodeInvalidNumbers === 'on';
    },
    decode_invalid_numbers: (...args) => {
      atMost(args, 1);
      settings.decodeInvalidNumbers = switched(args, settings.decodeInvalidNumbers);
      return settings.decodeInvalidNumbers;
    },
  };
}

function atMost(args: Arguments, count: number): void {
  if (args.length > count) badArgument(count + 1, 'found too many arguments');
}

/** The first argument, a boolean or a word for it; `current` where it is nil. */
function switched(args: Arguments, current: boolean): boolean {
  if (args[0] === undefined) return current;
  return typeof args[0] === 'boolean' ? args[0] : checkOption(args, 1, SWITCH) === 'on';
}

/** An argument within bounds; `current` where it is nil. The message names the first argument, whichever it is. */
function integer(args: Arguments, position: number, current: number, least: number, greatest: number): number {
  if (args[position - 1] === undefined) return current;
  const value = checkInt(args, position);
  if (value < least || value > greatest) badArgument(1, `expected integer between ${least} and ${greatest}`);
  return value;
}
