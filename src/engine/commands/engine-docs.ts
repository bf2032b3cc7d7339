import { functionsDocs } from '../script/functions.docs.ts';
import { scriptsDocs } from '../script/scripts.docs.ts';
import { bitfieldDocs } from './bitfield.docs.ts';
import { bitmapsDocs } from './bitmaps.docs.ts';
import { blockingListPopsDocs } from './blocking-list-pops.docs.ts';
import { blockingSortedSetPopsDocs } from './blocking-sorted-set-pops.docs.ts';
import { countersDocs } from './counters.docs.ts';
import { databasesDocs } from './databases.docs.ts';
import type { Docs } from './docs.ts';
import { dumpDocs } from './dump.docs.ts';
import { expiryDocs } from './expiry.docs.ts';
import { fieldExpiryDocs } from './field-expiry.docs.ts';
import { geoDocs } from './geo.docs.ts';
import { geoSearchDocs } from './geo-search.docs.ts';
import { hashesDocs } from './hashes.docs.ts';
import { hyperLogLogsDocs } from './hyperloglog.docs.ts';
import { introspectionDocs } from './introspection.docs.ts';
import { keysDocs } from './keys.docs.ts';
import { lcsDocs } from './lcs.docs.ts';
import { listsDocs } from './lists.docs.ts';
import { objectDocs } from './object.docs.ts';
import { pubsubDocs } from './pubsub.docs.ts';
import { scanDocs } from './scan.docs.ts';
import { setsDocs } from './sets.docs.ts';
import { sortDocs } from './sort.docs.ts';
import { sortedSetOperationsDocs } from './sorted-set-operations.docs.ts';
import { sortedSetPopsDocs } from './sorted-set-pops.docs.ts';
import { sortedSetRangesDocs } from './sorted-set-ranges.docs.ts';
import { sortedSetScanDocs } from './sorted-set-scan.docs.ts';
import { sortedSetsDocs } from './sorted-sets.docs.ts';
import { streamGroupsDocs } from './stream-groups.docs.ts';
import { streamsDocs } from './streams.docs.ts';
import { stringsDocs } from './strings.docs.ts';
import { transactionsDocs } from './transactions.docs.ts';
import { waitingDocs } from './waiting.docs.ts';

/** The docs of every family of the engine, and of COMMAND itself. */
export const ENGINE_DOCS: readonly Docs[] = [
  stringsDocs,
  countersDocs,
  lcsDocs,
  bitmapsDocs,
  bitfieldDocs,
  hashesDocs,
  fieldExpiryDocs,
  listsDocs,
  blockingListPopsDocs,
  setsDocs,
  sortedSetsDocs,
  sortedSetRangesDocs,
  sortedSetPopsDocs,
  blockingSortedSetPopsDocs,
  sortedSetOperationsDocs,
  sortedSetScanDocs,
  geoDocs,
  geoSearchDocs,
  hyperLogLogsDocs,
  streamsDocs,
  streamGroupsDocs,
  keysDocs,
  expiryDocs,
  scanDocs,
  sortDocs,
  objectDocs,
  dumpDocs,
  databasesDocs,
  transactionsDocs,
  pubsubDocs,
  waitingDocs,
  scriptsDocs,
  functionsDocs,
  introspectionDocs,
];
