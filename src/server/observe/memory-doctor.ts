/** MEMORY DOCTOR: conditions of memory that should not be, in words, and what can be done about each. */
import { humanBytes } from './byte-size.ts';
import type { MemoryReport } from './memory-usage.ts';

/** Below this, proportions mean nothing: Node.js itself takes more. */
const TOO_LITTLE_BYTES = 5 * 1024 * 1024;
const WASTE_BYTES = 10 * 1024 * 1024;
const WASTE_RATIO = 1.4;
const PEAK_RATIO = 1.5;
const CLIENT_BYTES = 200 * 1024;
const HEAP_BYTES = 256 * 1024 * 1024;

export interface MemoryConditions {
  readonly maxMemory: number;
  readonly policy: string;
  readonly connectedClients: number;
}

interface Finding {
  /** True when the condition holds. */
  readonly holds: (report: MemoryReport, conditions: MemoryConditions) => boolean;
  readonly text: (report: MemoryReport, conditions: MemoryConditions) => string;
}

const FINDINGS: readonly Finding[] = [
  {
    holds: ({ used, peak }) => peak > used * PEAK_RATIO,
    text: ({ used, peak }) =>
      `Past peak: ${humanBytes(peak)} were in use at some time and ${humanBytes(used)} are now. The free blocks of a ` +
      'segment that still holds keys stay with the process; they are used again before new memory is taken.',
  },
  {
    holds: ({ arenaUsed, arenaActive }) =>
      arenaActive > arenaUsed * WASTE_RATIO && arenaActive - arenaUsed > WASTE_BYTES,
    text: ({ arenaUsed, arenaActive }) =>
      `Fragmentation: ${humanBytes(arenaUsed)} of data are spread over ${humanBytes(arenaActive)}. It comes from deleting ` +
      'many keys or from values that change their size; a restart with the same data packs them anew.',
  },
  {
    holds: ({ clients }, { connectedClients }) => connectedClients > 0 && clients / connectedClients > CLIENT_BYTES,
    text: ({ clients }, { connectedClients }) =>
      `Connection buffers: ${connectedClients} connections hold ${humanBytes(clients)} of requests and unread replies. ` +
      'CLIENT LIST shows which; client-output-buffer-limit and maxmemory-clients limit them.',
  },
  {
    holds: ({ heapUsed }) => heapUsed > HEAP_BYTES,
    text: ({ heapUsed }) =>
      `JavaScript heap: ${humanBytes(heapUsed)}. No data is kept there, so it is connections, or garbage not yet ` +
      'collected (MEMORY PURGE collects it).',
  },
  {
    holds: ({ used }, { maxMemory, policy }) => maxMemory > 0 && used > maxMemory && policy === 'noeviction',
    text: ({ used }, { maxMemory }) =>
      `Above maxmemory: ${humanBytes(used)} of ${humanBytes(maxMemory)}, and maxmemory-policy noeviction removes nothing: ` +
      'commands that need memory are refused.',
  },
];

export function memoryDiagnosis(report: MemoryReport, conditions: MemoryConditions): string {
  const found = FINDINGS.filter(({ holds }) => holds(report, conditions));
  if (found.length > 0) {
    return `Memory has ${found.length === 1 ? 'a problem' : 'problems'}:\n\n${found.map(({ text }) => ` * ${text(report, conditions)}\n`).join('\n')}`;
  }
  if (report.used < TOO_LITTLE_BYTES) {
    return `Nothing to find: only ${humanBytes(report.used)} are in use, too little to judge.\n`;
  }
  return `No problem found: ${humanBytes(report.used)} are in use, ${humanBytes(report.dataset)} of them data.\n`;
}
