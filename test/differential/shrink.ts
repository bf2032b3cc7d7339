/** Makes a failing script small: fewer steps, then fewer and shorter words, as long as it still fails. */
import type { Script, Step } from './script.ts';

const SHORT_WORD = 8;
/** Half a number may ask for very much where the whole is refused. */
const NUMBER = /^-?\d+$/;

export interface ShrinkLimits {
  /** How often a script may be run. */
  readonly runs: number;
  readonly milliseconds: number;
}

/** `fails` runs a script. Answers the smallest script found that fails, the given one if none is smaller. */
export async function shrink(
  script: Script,
  fails: (script: Script) => Promise<boolean>,
  limits: ShrinkLimits,
): Promise<Script> {
  const deadline = performance.now() + limits.milliseconds;
  let left = limits.runs;
  const check = async (steps: readonly Step[]): Promise<boolean> => {
    if (left <= 0 || performance.now() > deadline) return false;
    left--;
    return fails({ ...script, steps });
  };
  let steps = await withoutSteps(script.steps, check);
  steps = await withoutWords(steps, check);
  return { ...script, steps: await withoutSteps(steps, check) };
}

type Check = (steps: readonly Step[]) => Promise<boolean>;

/** Leaves out runs of steps, long ones first. */
async function withoutSteps(all: readonly Step[], check: Check): Promise<readonly Step[]> {
  let steps = all;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = steps.length - size; at > -size; at -= size) {
      const first = Math.max(0, at);
      const fewer = [...steps.slice(0, first), ...steps.slice(at + size)];
      if (fewer.length > 0 && fewer.length < steps.length && (await check(fewer))) steps = fewer;
    }
  }
  return steps;
}

async function withoutWords(all: readonly Step[], check: Check): Promise<readonly Step[]> {
  let steps = all;
  for (let s = 0; s < steps.length; s++) {
    const step = steps[s];
    if (step.kind !== 'command') continue;
    let words = step.words;
    const attempt = async (fewer: readonly string[]): Promise<boolean> => {
      const tried = steps.map((one, i) => (i === s ? { ...step, words: fewer } : one));
      if (!(await check(tried))) return false;
      steps = tried;
      words = fewer;
      return true;
    };
    const halve = (w: number) => attempt(words.map((word, i) => (i === w ? word.slice(0, word.length / 2) : word)));
    for (let w = words.length - 1; w >= 1; w--) await attempt([...words.slice(0, w), ...words.slice(w + 1)]);
    for (let w = words.length - 1; w >= 1; w--) {
      while (words[w].length > SHORT_WORD && !NUMBER.test(words[w]) && (await halve(w)));
    }
  }
  return steps;
}
