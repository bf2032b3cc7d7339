/** SET with every set of its options in every order, over a key that is missing, is there, and has a deadline. */
import { commandStep, type Script, type Step } from './script.ts';

/** The option's words. Deadlines are far enough not to pass, or long past. */
const OPTIONS: readonly (readonly string[])[] = [
  ['NX'],
  ['XX'],
  ['GET'],
  ['KEEPTTL'],
  ['EX', '100000'],
  ['PX', '100000000'],
  ['EXAT', '33177117420'],
  ['PXAT', '1000'],
  ['PERSIST'],
];
const MOST_OPTIONS = 4;
/** Of four options, only those of which the first pair is not an error already. */
const BEGINNINGS: readonly (readonly (readonly string[])[])[] = [
  [],
  [['SET', 'k', 'old']],
  [['SET', 'k', '10', 'EX', '200000']],
];

export function setOptionScripts(): Script[] {
  return BEGINNINGS.map((beginning, i) => ({
    name: `SET in every way over ${['nothing', 'a value', 'a value with a deadline'][i]}`,
    needs: [],
    steps: arrangements([]).flatMap((options) => onePath(beginning, options)),
  }));
}

function onePath(beginning: readonly (readonly string[])[], options: readonly string[]): Step[] {
  const words = [['DEL', 'k'], ...beginning, ['SET', 'k', 'new', ...options], ['GET', 'k'], ['PEXPIRETIME', 'k']];
  return words.map((command) => commandStep(command));
}

/** All sequences of different options that begin with `chosen`; what is a syntax error is not made longer. */
function arrangements(chosen: readonly number[]): string[][] {
  const words = chosen.flatMap((option) => OPTIONS[option]);
  if (chosen.length === MOST_OPTIONS || (chosen.length > 2 && chosen.includes(OPTIONS.length - 1))) return [words];
  const longer = OPTIONS.flatMap((_, option) => (chosen.includes(option) ? [] : arrangements([...chosen, option])));
  return [words, ...longer];
}
