/** Who this server process is: facts that stay the same while it runs. */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

export class Identity {
  /** 40 hexadecimal digits, new at every start. */
  readonly runId = randomHex();
  /** Names this data set's history to replicas; 40 hexadecimal digits. DEBUG CHANGE-REPL-ID changes it. */
  replicationId = randomHex();
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Absolute path of the program; '' when it was not started from a file. */
  readonly executable = executablePath();
  /** Absolute path of the configuration file; '' without one. */
  readonly configFile: string;

  constructor(startedAt: number, configFile: string) {
    this.startedAt = startedAt;
    this.configFile = configFile;
  }

  renewReplicationId(): void {
    this.replicationId = randomHex();
  }
}

function randomHex(): string {
  return randomBytes(20).toString('hex');
}

function executablePath(): string {
  const script = process.argv[1];
  if (script === undefined) return '';
  try {
    return realpathSync(script);
  } catch {
    return resolve(script);
  }
}
