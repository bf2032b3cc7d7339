import { decodeText, encodeText } from './byte-text.ts';
import type { WorkingDirectory } from './option.ts';
import { strerror } from './system-error.ts';

/** The working directory of this process. */
export const processDirectory: WorkingDirectory = {
  change(path) {
    try {
      process.chdir(decodeText(path));
      return undefined;
    } catch (error) {
      return strerror(error);
    }
  },
  current() {
    try {
      return encodeText(process.cwd());
    } catch {
      // The server was started in a directory that is gone: it has no path.
      return '';
    }
  },
};
