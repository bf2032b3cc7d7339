/**
 * What went wrong with a file, in the words of C's strerror: error texts that clients and operators know.
 * Node.js words some of them differently (libuv's table), so the common ones are listed.
 */

const WORDS = new Map([
  ['EACCES', 'Permission denied'],
  ['EBUSY', 'Device or resource busy'],
  ['EDQUOT', 'Disk quota exceeded'],
  ['EEXIST', 'File exists'],
  ['EFBIG', 'File too large'],
  ['EINVAL', 'Invalid argument'],
  ['EIO', 'Input/output error'],
  ['EISDIR', 'Is a directory'],
  ['ELOOP', 'Too many levels of symbolic links'],
  ['EMFILE', 'Too many open files'],
  ['ENAMETOOLONG', 'File name too long'],
  ['ENFILE', 'Too many open files in system'],
  ['ENOENT', 'No such file or directory'],
  ['ENOSPC', 'No space left on device'],
  ['ENOTDIR', 'Not a directory'],
  ['EPERM', 'Operation not permitted'],
  ['EROFS', 'Read-only file system'],
]);

/** The text for an error thrown by a file operation. */
export function strerror(error: unknown): string {
  const code = errorCode(error);
  return (code === undefined ? undefined : WORDS.get(code)) ?? (error instanceof Error ? error.message : String(error));
}

/** The error's code, as in ENOENT, if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return String(error.code);
}
