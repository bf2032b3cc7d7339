/** Up to where a collection keeps its compact encoding: the settings of the same names. Lengths are bytes of one element. */
export interface EncodingLimits {
  hashMaxListpackEntries: number;
  hashMaxListpackValue: number;
  setMaxIntsetEntries: number;
  setMaxListpackEntries: number;
  setMaxListpackValue: number;
  zsetMaxListpackEntries: number;
  zsetMaxListpackValue: number;
  /** Above 0: elements a node; -1 to -5: 4 to 64 KiB a node. */
  listMaxListpackSize: number;
  listCompressDepth: number;
  hllSparseMaxBytes: number;
  /** Of one block; 0 is no limit. */
  streamNodeMaxBytes: number;
  streamNodeMaxEntries: number;
}

/** Redis's defaults. */
export function defaultEncodingLimits(): EncodingLimits {
  return {
    hashMaxListpackEntries: 128,
    hashMaxListpackValue: 64,
    setMaxIntsetEntries: 512,
    setMaxListpackEntries: 128,
    setMaxListpackValue: 64,
    zsetMaxListpackEntries: 128,
    zsetMaxListpackValue: 64,
    listMaxListpackSize: -2,
    listCompressDepth: 0,
    hllSparseMaxBytes: 3000,
    streamNodeMaxBytes: 4096,
    streamNodeMaxEntries: 100,
  };
}
