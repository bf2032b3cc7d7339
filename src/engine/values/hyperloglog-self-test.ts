/** PFSELFTEST: proves on a running server that registers keep what they are given and that estimates are near the truth. */

import { registerOf } from './hyperloglog.ts';
import {
  DENSE_REGISTER_BYTES,
  denseHistogram,
  mergeDense,
  packDense,
  REGISTERS,
  raiseDense,
} from './hyperloglog-dense.ts';
import { estimate } from './hyperloglog-estimate.ts';
import {
  EMPTY_SPARSE_BYTES,
  mergeSparse,
  raiseSparse,
  sparseHistogram,
  writeEmptySparse,
} from './hyperloglog-sparse.ts';

const ROUNDS = 100;
const ELEMENTS = 1_000_000;
/** The sparse form is followed up to so many elements: further it only grows longer. */
const SPARSE_ELEMENTS = 1000;
/** The standard error, and how many times it the estimate may be off by chance. */
const RELATIVE_ERROR = 1.04 / Math.sqrt(REGISTERS);
const ERRORS_ALLOWED = 6;

/** What is wrong, or undefined. `random` gives unsigned 32-bit numbers. */
export function selfTest(random: () => number): string | undefined {
  return testRegisters(random) ?? testEstimates(random);
}

/** Random values, packed and read again, each alone and all at once. */
function testRegisters(random: () => number): string | undefined {
  const bytes = new Uint8Array(DENSE_REGISTER_BYTES);
  const wanted = new Uint8Array(REGISTERS);
  const found = new Uint8Array(REGISTERS);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < REGISTERS; i++) wanted[i] = random() & 63;
    if (round % 2 === 0) packDense(wanted, bytes, 0);
    else {
      bytes.fill(0);
      for (let i = 0; i < REGISTERS; i++) if (wanted[i] > 0) raiseDense(bytes, 0, i, wanted[i]);
    }
    found.fill(0);
    mergeDense(bytes, 0, found);
    const wrong = found.findIndex((value, i) => value !== wanted[i]);
    if (wrong >= 0) return `Register ${wrong} should be ${wanted[wrong]} but is ${found[wrong]}`;
  }
  return undefined;
}

/** A million distinct elements: at every power of ten the estimate is near, and the two forms agree while both are kept. */
function testEstimates(random: () => number): string | undefined {
  const dense = new Uint8Array(DENSE_REGISTER_BYTES);
  const sparse = new Uint8Array(EMPTY_SPARSE_BYTES + SPARSE_ELEMENTS * 3);
  writeEmptySparse(sparse, 0);
  let end = EMPTY_SPARSE_BYTES;
  const element = new Uint8Array(8);
  const view = new DataView(element.buffer);
  view.setUint32(4, random());
  const seed = random();
  for (let i = 1, checkpoint = 1; i <= ELEMENTS; i++) {
    view.setUint32(0, i ^ seed);
    const register = registerOf(element, view, 0, element.length);
    raiseDense(dense, 0, register & (REGISTERS - 1), register >>> 14);
    if (i <= SPARSE_ELEMENTS) {
      const raised = raiseSparse(sparse, 0, end, sparse.length, register & (REGISTERS - 1), register >>> 14);
      if (raised < 0) return 'sparse encoding not used';
      if (raised > 0) end = raised;
    }
    if (i !== checkpoint) continue;
    const histogram = new Int32Array(64);
    denseHistogram(dense, 0, histogram);
    if (i <= SPARSE_ELEMENTS && !agrees(sparse, end, histogram)) return 'dense/sparse disagree';
    const error = Math.abs(estimate(histogram) - i);
    // Of ten elements two may share a register: chance, not an error.
    const allowed = i === 10 ? 1 : Math.ceil(RELATIVE_ERROR * ERRORS_ALLOWED * i);
    if (error > allowed) return `Too big error. card:${i} abserr:${error}`;
    checkpoint *= 10;
  }
  return undefined;
}

function agrees(sparse: Uint8Array, end: number, histogram: Int32Array): boolean {
  const own = new Int32Array(64);
  return (
    sparseHistogram(sparse, 0, end, own) &&
    mergeSparse(sparse, 0, end, new Uint8Array(REGISTERS)) &&
    own.every((count, value) => count === histogram[value])
  );
}
