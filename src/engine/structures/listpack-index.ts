/** Finding an element of a listpack by its index, from the nearer end. */
import { elementBytes, LISTPACK_HEADER_BYTES, listpackBytes, listpackCount, previousElement } from './listpack.ts';

/** The offset from `pack` of the element at `index`; of the end mark for the count of elements. */
export function elementOffset(bytes: Buffer, view: DataView, pack: number, index: number): number {
  const count = listpackCount(bytes, view, pack);
  if (index > count >>> 1) {
    let p = pack + listpackBytes(view, pack) - 1;
    for (let i = count; i > index; i--) p = previousElement(bytes, p);
    return p - pack;
  }
  let p = pack + LISTPACK_HEADER_BYTES;
  for (let i = 0; i < index; i++) p += elementBytes(bytes, view, p);
  return p - pack;
}
