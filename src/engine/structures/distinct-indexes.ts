/** Below one in so many, drawing until enough are different takes fewer steps than asking each in turn. */
const FEW_RATIO = 8;

/** `count` different numbers from 0 to `total` - 1 by chance, in rising order; every choice is as likely. `count` is at most `total`. */
export function distinctIndexes(total: number, count: number, random: () => number): number[] {
  if (count * FEW_RATIO < total) {
    const drawn = new Set<number>();
    while (drawn.size < count) drawn.add(random() % total);
    return [...drawn].sort((a, b) => a - b);
  }
  // Each is chosen with the chance that as many as are still wanted fall to it of those that are left (Knuth's algorithm S).
  const chosen: number[] = [];
  for (let i = 0; chosen.length < count; i++) if (random() % (total - i) < count - chosen.length) chosen.push(i);
  return chosen;
}
