/** What every type's value can be asked, whatever its type. */
import type { Arena, Ref } from '../memory/arena.ts';
import { STRING, segmentOf, TYPE_MASK, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { encodingOf, stringEncodingName } from './string.ts';

/** Bytes of the value that stand in the key's record, behind the key. */
export function inlineValueBytes(arena: Arena, ref: Ref): number {
  return arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH];
}

/** Frees what a value holds outside its record: nothing, for strings. */
export function freeValue(_arena: Arena, _ref: Ref): void {}

/** Gives a copied record a value of its own where what it holds outside the record is still the original's: strings are whole. */
export function ownValue(_arena: Arena, _ref: Ref): void {}

/** The type's name as TYPE replies it. */
export function typeName(arena: Arena, ref: Ref): string {
  const type = arena.words[segmentOf(ref)][wordOf(ref)] & TYPE_MASK;
  if (type === STRING) return 'string';
  throw new Error(`a record has the unknown type ${type}`);
}

/** The encoding's name as OBJECT ENCODING replies it. */
export function encodingName(arena: Arena, ref: Ref): string {
  return stringEncodingName(encodingOf(arena, ref));
}
