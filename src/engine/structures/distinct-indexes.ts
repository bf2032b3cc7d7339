/** `count` different numbers from 0 to `total` - 1 by chance, in rising order; `count` is at most `total`, which is small. */
export function distinctIndexes(total: number, count: number, random: () => number): number[] {
  const all = Array.from({ length: total }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = i + (random() % (total - i));
    [all[i], all[other]] = [all[other], all[i]];
  }
  return all.slice(0, count).sort((a, b) => a - b);
}
