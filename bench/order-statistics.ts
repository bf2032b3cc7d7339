/** The middle value; the mean of the two middle ones when their number is even; NaN of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The smallest of the ascending values that at least `percent` of them do not exceed (nearest rank); NaN of nothing. */
export function percentileOfSorted(ascending: ArrayLike<number>, percent: number): number {
  const count = ascending.length;
  if (count === 0) return Number.NaN;
  const rank = Math.ceil((percent / 100) * count);
  return ascending[Math.min(count, Math.max(1, rank)) - 1];
}
