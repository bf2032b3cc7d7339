import { describe, expect, it } from 'vitest';
import { cpuMicros, parseCpuMicros, parseResidentBytes, parseWaitNanos, residentBytes } from './process-usage.ts';

describe('process usage', () => {
  it('adds user and system ticks of 10 ms, whatever the name of the program', () => {
    const rest = 'S 1 1 1 0 -1 4194560 900 0 0 0 250 50 0 0 20 0 4 0 1000 1000000 2000';
    expect(parseCpuMicros(`123 (server) ${rest}`)).toBe(3_000_000);
    expect(parseCpuMicros(`123 (a (b) c d) ${rest}`)).toBe(3_000_000);
    expect(() => parseCpuMicros('nonsense')).toThrow(/not a/);
  });

  it('reads resident memory in bytes', () => {
    expect(parseResidentBytes('VmPeak:\t  99 kB\nVmRSS:\t    1024 kB\nThreads:\t4\n')).toBe(1_048_576);
    expect(() => parseResidentBytes('Name:\tx\n')).toThrow(/VmRSS/);
  });

  it('reads the time spent waiting for a CPU', () => {
    expect(parseWaitNanos('1200 340000 17\n')).toBe(340_000);
    expect(parseWaitNanos('')).toBe(0);
  });

  it('reads this very process', () => {
    expect(cpuMicros(process.pid)).toBeGreaterThan(0);
    expect(residentBytes(process.pid)).toBeGreaterThan(10_000_000);
  });
});
