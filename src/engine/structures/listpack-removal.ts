/** Taking all equal elements out of a listpack in one pass, whatever their number: each byte moves at most once. */
import {
  addToListpackCount,
  elementBytes,
  findElement,
  LISTPACK_END,
  listpackBytes,
  setListpackBytes,
} from './listpack.ts';

/**
 * Removes up to `limit` elements equal to `source[start..end)` from the listpack at `pack`, from the element at `offset` on.
 * Returns how many there were; the bytes set free lie behind the listpack.
 */
export function removeEqualElements(
  bytes: Buffer,
  view: DataView,
  pack: number,
  offset: number,
  limit: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): number {
  let removed = 0;
  let to = 0;
  let kept = 0;
  let p = pack + offset;
  while (removed < limit && bytes[p] !== LISTPACK_END) {
    const found = findElement(bytes, view, p, 0, source, sourceView, start, end);
    if (found === 0) break;
    if (removed === 0) to = found;
    else if (found > kept) {
      bytes.copyWithin(to, kept, found);
      to += found - kept;
    }
    p = found + elementBytes(bytes, view, found);
    kept = p;
    removed++;
  }
  if (removed === 0) return 0;
  const total = listpackBytes(view, pack);
  bytes.copyWithin(to, kept, pack + total);
  setListpackBytes(view, pack, total - (kept - to));
  addToListpackCount(view, pack, -removed);
  return removed;
}
