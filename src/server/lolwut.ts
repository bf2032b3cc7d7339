/**
 * LOLWUT's picture: the sun setting over the sea. Where the ripples stand is left to chance, so no two are the same.
 */
import { HOTSET_VERSION, REDIS_VERSION } from './version.ts';

const WIDTH = 56;
const RADIUS = 9;
const WAVES = 6;

/** @param random unsigned 32-bit numbers */
export function sunset(random: () => number): string {
  const chance = (): number => random() / 4294967296;
  const lines = [...sky(chance), ...sea(chance)].map((line) => line.trimEnd());
  return `${lines.join('\n')}\n\nHotset ver. ${HOTSET_VERSION}. Redis ver. ${REDIS_VERSION}\n`;
}

function sky(chance: () => number): string[] {
  const lines: string[] = [];
  for (let height = RADIUS; height > 0; height--) {
    const half = Math.round(Math.sqrt(RADIUS * RADIUS - height * height) * 2);
    const sun = '@'.repeat(half * 2);
    const margin = (WIDTH - half * 2) / 2;
    lines.push(`${scatter(margin, '.', 0.02, chance)}${sun}${scatter(margin, '.', 0.02, chance)}`);
  }
  return lines;
}

/** The reflection narrows with the distance from the horizon and breaks up. */
function sea(chance: () => number): string[] {
  const lines: string[] = ['~'.repeat(WIDTH)];
  for (let depth = 1; depth <= WAVES; depth++) {
    const glitter = 4 * Math.round((RADIUS * (WAVES + 1 - depth)) / WAVES);
    const margin = (WIDTH - glitter) / 2;
    lines.push(
      `${scatter(margin, '~', 0.5, chance)}${scatter(glitter, '@', 1 - depth / (WAVES + 2), chance)}${scatter(margin, '~', 0.5, chance)}`,
    );
  }
  return lines;
}

function scatter(length: number, mark: string, share: number, chance: () => number): string {
  return Array.from({ length }, () => (chance() < share ? mark : ' ')).join('');
}
