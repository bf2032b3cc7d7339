import { spawnSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** Where a result was measured; numbers of different machines do not compare. */
export interface Machine {
  readonly cpu: string;
  readonly cpuCount: number;
  readonly memoryGigabytes: number;
  readonly node: string;
  readonly redisServer: string;
  /** Processes running or waiting over the last minute, before the benchmark: anything near 1 disturbs it on two CPUs. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  const processors = cpus();
  const version = spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpuCount: processors.length,
    memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    redisServer: /v=(\S+)/.exec(version)?.[1] ?? 'unknown',
    loadBefore: loadavg()[0],
  };
}

export function machineLine(machine: Machine): string {
  const { cpu, cpuCount, memoryGigabytes, node, redisServer, loadBefore } = machine;
  const versions = `Node ${node.slice(1)}, redis-server ${redisServer}`;
  return `${cpuCount} x ${cpu}, ${memoryGigabytes} GB; ${versions}; load before ${loadBefore.toFixed(2)}`;
}
