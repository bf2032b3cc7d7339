/** The recorded size of each item that is over a limit. */
export type Sizes = Readonly<Record<string, number>>;

/**
 * Compares sizes with a limit; `advice` is what to do about a new one over it. What is over it must be listed with its exact size: a list that could hold more than the
 * truth would let the item grow again unseen.
 */
export function compareWithLimit(
  found: ReadonlyMap<string, number>,
  limit: number,
  exempt: Sizes,
  advice: string,
): string[] {
  const problems: string[] = [];
  for (const [item, size] of found) {
    const recorded = exempt[item];
    if (recorded === undefined) {
      if (size > limit) problems.push(`${item}: ${size} is over ${limit}; ${advice}`);
    } else if (size <= limit) problems.push(`${item}: now ${size}, within ${limit}; remove it from exemptions.json`);
    else if (size > recorded) problems.push(`${item}: grew from ${recorded} to ${size}; the limit is ${limit}`);
    else if (size < recorded) problems.push(`${item}: now ${size}; write ${size} for ${recorded} in exemptions.json`);
  }
  for (const item of Object.keys(exempt)) {
    if (!found.has(item)) problems.push(`${item}: no longer there; remove it from exemptions.json`);
  }
  return problems;
}
