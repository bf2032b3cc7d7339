/** The library `cmsgpack` as Redis has it. */
import { type Arguments, checkInteger, checkString, optionalInteger } from '../arguments.ts';
import type { Budget } from '../budget.ts';
import { badArgument, raise } from '../error.ts';
import { addBuiltins } from '../library.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';
import { MOST_PLACES, MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

const TEXTS = {
  _NAME: 'cmsgpack',
  _VERSION: 'lua-cmsgpack 0.4.0',
  _COPYRIGHT: 'Copyright (C) 2012, Redis Ltd.',
  _DESCRIPTION: 'MessagePack C implementation for Lua',
};

export function cmsgpackLibrary(budget: Budget): LuaTable {
  const reader = new MsgpackReader(budget);
  const writer = new MsgpackWriter(budget);
  const table = addBuiltins(
    new LuaTable(),
    {
      pack: (...args) => {
        if (args.length === 0) badArgument(0, 'MessagePack pack needs input.');
        return writer.write(args);
      },
      unpack: (...args) => unpack(reader, args, 0, 0, args.length),
      unpack_one: (...args) => unpack(reader, args, 1, optionalInteger(args, 2, 0), 1),
      unpack_limit: (...args) => {
        const limit = checkInteger(args, 2);
        return unpack(reader, args, limit, optionalInteger(args, 3, 0), 1);
      },
    },
    'pure',
  );
  for (const [name, text] of Object.entries(TEXTS)) table.setString(name, text);
  return table;
}

/** At most `limit` values from `offset` on, before them where to go on (-1 for nowhere); without both, all values. */
function unpack(
  reader: MsgpackReader,
  args: Arguments,
  limit: number,
  offset: number,
  places: number,
): readonly LuaValue[] {
  const text = checkString(args, 1);
  if (offset < 0 || limit < 0) {
    raise(`Invalid request to unpack with offset of ${offset | 0} and limit of ${text.length}.`);
  }
  if (offset > text.length) raise(`Start offset ${offset | 0} greater than input length ${text.length}.`);
  if (limit === 0 && offset === 0) return reader.read(text, 0, Number.POSITIVE_INFINITY, places);
  const values = reader.read(text, offset, limit, places);
  if (values.length + 2 > MOST_PLACES) raise('stack overflow (in function mp_unpack_full)');
  values.unshift(reader.end < text.length ? reader.end : -1);
  return values;
}
