/** What a script can set about cjson, per module made by `cjson.new`. */
export interface JsonSettings {
  /** Whether a table with few of its indices in use becomes an object; else it is an error. */
  isSparseConverted: boolean;
  /** A table is sparse with fewer than one index in so many in use; 0 for never. */
  sparseRatio: number;
  /** Up to this index a table is never sparse. */
  sparseSafe: number;
  encodeMaxDepth: number;
  decodeMaxDepth: number;
  /** What happens to numbers that JSON does not have. */
  encodeInvalidNumbers: 'off' | 'on' | 'null';
  decodeInvalidNumbers: boolean;
  /** Significant digits. */
  numberPrecision: number;
  /** Has no effect here: there is no buffer to keep. */
  isBufferKept: boolean;
}

export function defaultJsonSettings(): JsonSettings {
  return {
    isSparseConverted: false,
    sparseRatio: 2,
    sparseSafe: 10,
    encodeMaxDepth: 1000,
    decodeMaxDepth: 1000,
    encodeInvalidNumbers: 'off',
    decodeInvalidNumbers: true,
    numberPrecision: 14,
    isBufferKept: true,
  };
}
