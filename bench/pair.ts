/** The two servers compared, and any fact known of both. */
export type ServerName = 'hotset' | 'redis';

export interface Pair<T> {
  readonly hotset: T;
  readonly redis: T;
}

/** Which server goes first changes from round to round, so that neither always meets the machine in the same state. */
export function turnOrder(round: number): readonly [ServerName, ServerName] {
  return round % 2 === 0 ? ['hotset', 'redis'] : ['redis', 'hotset'];
}

/** Runs one step for each server, one after the other, in this round's order. An error says whose step it was. */
export async function takeTurns<T>(round: number, step: (name: ServerName) => Promise<T>): Promise<Pair<T>> {
  const results: Partial<Record<ServerName, T>> = {};
  for (const name of turnOrder(round)) {
    try {
      results[name] = await step(name);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(reason.startsWith(name) ? reason : `${name}: ${reason}`, { cause: error });
    }
  }
  return results as Pair<T>;
}
