/** The processor time of this process and of its main thread, where commands run. */
import { readFileSync } from 'node:fs';

/** Linux counts a thread's time in hundredths of a second, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;
/** Places of the two times behind the thread's name. */
const USER_FIELD = 11;
const SYSTEM_FIELD = 12;

export interface ProcessorTime {
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

export function processTime(): ProcessorTime {
  const { user, system } = process.cpuUsage();
  return { userSeconds: user / 1e6, systemSeconds: system / 1e6 };
}

/** Undefined where the operating system does not tell. */
export function mainThreadTime(): ProcessorTime | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/thread-self/stat', 'latin1');
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    userSeconds: Number(fields[USER_FIELD]) / TICKS_PER_SECOND,
    systemSeconds: Number(fields[SYSTEM_FIELD]) / TICKS_PER_SECOND,
  };
}
