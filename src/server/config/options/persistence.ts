/** Where data is kept on disk, when and how. */

import { compound, directory, savePoints } from '../compound-options.ts';
import { bool, choice, INT_MAX, INT_MIN, integer, LONG_MAX, memory, text } from '../scalar-options.ts';

const inert = 'nothing is written to disk yet';
const FOR_TESTS = { hidden: true, inert };

function isPath(name: string): boolean {
  return name.includes('/') || name.includes('\\');
}

function validateDbFile(name: string): string | undefined {
  return isPath(name) ? "dbfilename can't be a path, just a filename" : undefined;
}

function validateAppendFile(name: string): string | undefined {
  if (name === '') return "appendfilename can't be empty";
  return isPath(name) ? "appendfilename can't be a path, just a filename" : undefined;
}

function validateAppendDirectory(name: string): string | undefined {
  if (name === '') return "appenddirname can't be empty";
  return isPath(name) ? "appenddirname can't be a path, just a dirname" : undefined;
}

export const persistenceOptions = [
  compound('dir', directory, 'Working directory, where data files are', { protected: true, denyLoading: true }),
  text('dbfilename', 'dump.rdb', 'File name of the snapshot', { protected: true, inert, validate: validateDbFile }),
  compound('save', savePoints, 'When to make a snapshot: after so many seconds if there were so many changes', {
    inert,
  }),
  bool('rdbcompression', 'yes', 'Compress long strings in what DUMP replies'),
  bool('rdbchecksum', 'yes', 'Put a checksum at the end of snapshots', { immutable: true, inert }),
  bool('rdb-save-incremental-fsync', 'yes', 'Flush a snapshot to disk in pieces while it is written', { inert }),
  bool('stop-writes-on-bgsave-error', 'yes', 'Refuse writes after a snapshot failed', { inert }),
  choice('sanitize-dump-payload', 'no', ['no', 'yes', 'clients'], 'How closely snapshots and RESTORE are checked', {
    inert: 'everything is always checked to the last byte',
  }),
  bool('appendonly', 'no', 'Log every change to the append-only file', { denyLoading: true, inert }),
  text('appendfilename', 'appendonly.aof', 'File name of the log', {
    immutable: true,
    inert,
    validate: validateAppendFile,
  }),
  text('appenddirname', 'appendonlydir', 'Directory of the log, in the working directory', {
    immutable: true,
    inert,
    validate: validateAppendDirectory,
  }),
  choice('appendfsync', 'everysec', ['everysec', 'always', 'no'], 'When the log is flushed to disk', { inert }),
  bool('no-appendfsync-on-rewrite', 'no', 'Do not flush the log while a snapshot or a rewrite is written', { inert }),
  integer('auto-aof-rewrite-percentage', 100, 0, INT_MAX, 'Growth of the log that starts a rewrite; 0 never', {
    inert,
  }),
  memory('auto-aof-rewrite-min-size', 64 << 20, 0, LONG_MAX, 'Size below which no rewrite starts by itself', { inert }),
  bool('aof-rewrite-incremental-fsync', 'yes', 'Flush a rewrite to disk in pieces while it is written', { inert }),
  bool('aof-load-truncated', 'yes', 'Load a log whose end is cut off', { inert }),
  bool('aof-use-rdb-preamble', 'yes', 'Begin a rewritten log with a snapshot', { inert }),
  bool('aof-timestamp-enabled', 'no', 'Note the time in the log, to restore up to a point in time', { inert }),
  bool('aof-disable-auto-gc', 'no', 'Keep files of the log that are no longer needed', FOR_TESTS),
  integer('rdb-key-save-delay', 0, INT_MIN, INT_MAX, 'Microseconds to wait after each key saved', FOR_TESTS),
  integer('key-load-delay', 0, INT_MIN, INT_MAX, 'Microseconds to wait after each key loaded', FOR_TESTS),
  integer(
    'loading-process-events-interval-bytes',
    2 << 20,
    1024,
    INT_MAX,
    'Bytes loaded between looks at clients',
    FOR_TESTS,
  ),
] as const;
