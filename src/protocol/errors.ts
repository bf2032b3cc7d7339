import { formatFixed } from '../bytes/fixed-decimal.ts';

/** The errors a client can get, in Redis's words: replied, never thrown. Functions are for texts that name something. */
export const ERR = {
  syntax: 'ERR syntax error',
  wrongType: 'WRONGTYPE Operation against a key holding the wrong kind of value',
  notInteger: 'ERR value is not an integer or out of range',
  notFloat: 'ERR value is not a valid float',
  notPositive: 'ERR value is out of range, must be positive',
  outOfRange: 'ERR value is out of range',
  noSuchKey: 'ERR no such key',
  indexOutOfRange: 'ERR index out of range',
  numKeys: 'ERR numkeys should be greater than 0',
  tooManyKeys: "ERR Number of keys can't be greater than number of args",
  countNotPositive: 'ERR count should be greater than 0',
  rankZero:
    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
  rankOutOfRange: 'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
  lposCount: "ERR COUNT can't be negative",
  lposMaxlen: "ERR MAXLEN can't be negative",
  dbIndex: 'ERR DB index is out of range',
  invalidFirstDbIndex: 'ERR invalid first DB index',
  invalidSecondDbIndex: 'ERR invalid second DB index',
  notInt32: 'ERR value is out of range, value must between -2147483648 and 2147483647',
  expireNxAndOthers: 'ERR NX and XX, GT or LT options at the same time are not compatible',
  expireGtAndLt: 'ERR GT and LT options at the same time are not compatible',
  overflow: 'ERR increment or decrement would overflow',
  decrementOverflow: 'ERR decrement would overflow',
  valueNanOrInfinity: 'ERR value is NaN or Infinity',
  fieldTimeNegative: 'ERR invalid expire time, must be >= 0',
  fieldTimeMissing: 'ERR missing expire time',
  fieldTimesAtOdds: 'ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified',
  fieldConditionsAtOdds: 'ERR Only one of FXX or FNX arguments can be specified',
  fieldsMissing: 'ERR Mandatory argument FIELDS is missing or not at the right position',
  fieldCount: 'ERR Number of fields must be a positive integer',
  fieldPairCount: 'ERR invalid number of fields',
  fieldCountMismatch: 'ERR The `numfields` parameter must match the number of arguments',
  expiredFieldCount: 'ERR Parameter `numFields` should be greater than 0',
  hashNotInteger: 'ERR hash value is not an integer',
  hashNotFloat: 'ERR hash value is not a float',
  nanOrInfinity: 'ERR increment would produce NaN or Infinity',
  stringTooLong: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
  offsetOutOfRange: 'ERR offset is out of range',
  invalidCursor: 'ERR invalid cursor',
  zaddNxAndXx: 'ERR XX and NX options at the same time are not compatible',
  zaddGtLtNx: 'ERR GT, LT, and/or NX options at the same time are not compatible',
  zaddIncrPairs: 'ERR INCR option supports a single increment-element pair',
  scoreNotANumber: 'ERR resulting score is not a number (NaN)',
  scoreBound: 'ERR min or max is not a float',
  weightsNotNumbers: "ERR One or more scores can't be converted into double",
  lexBound: 'ERR min or max not valid string range item',
  limitOfRanks: 'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
  scoresByLex: 'ERR syntax error, WITHSCORES not supported in combination with BYLEX',
  weightNotFloat: 'ERR weight value is not a float',
  limitNegative: "ERR LIMIT can't be negative",
  geoUnit: 'ERR unsupported unit provided. please use M, KM, FT, MI',
  geoMember: 'ERR could not decode requested zset member',
  geoRadius: 'ERR need numeric radius',
  geoRadiusNegative: 'ERR radius cannot be negative',
  geoWidth: 'ERR need numeric width',
  geoHeight: 'ERR need numeric height',
  geoBoxNegative: 'ERR height or width cannot be negative',
  geoCount: 'ERR COUNT must be > 0',
  geoAny: 'ERR the ANY argument requires COUNT argument',
  geoRadiusStore: 'ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options',
  geoSearchStore: 'ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options',
  streamId: 'ERR Invalid stream ID specified as stream command argument',
  streamIdMinimum: 'ERR The ID specified in XADD must be greater than 0-0',
  streamIdOld: 'ERR The ID specified in XADD is equal or smaller than the target stream top item',
  streamExhausted: 'ERR The stream has exhausted the last possible ID, unable to add more items',
  streamEntryTooLarge: 'ERR Elements are too large to be stored',
  streamStart: 'ERR invalid start ID for the interval',
  streamEnd: 'ERR invalid end ID for the interval',
  streamTrimTwice: 'ERR syntax error, MAXLEN and MINID options at the same time are not compatible',
  streamMaxlen: 'ERR The MAXLEN argument must be >= 0.',
  streamLimit: 'ERR The LIMIT argument must be >= 0.',
  streamLimitAlone: 'ERR syntax error, LIMIT cannot be used without specifying a trimming strategy',
  streamLimitExact: 'ERR syntax error, LIMIT cannot be used without the special ~ option',
  streamNoStrategy: 'ERR syntax error, XTRIM must be called with a trimming strategy',
  idempotentTwice: 'ERR IDMP/IDMPAUTO specified multiple times',
  idempotentWithId: 'ERR IDMP/IDMPAUTO can be used only with auto-generated IDs',
  idempotentIdEmpty: 'ERR IDMP requires a non-empty idempotent ID',
  producerEmpty: 'ERR IDMP requires a non-empty producer ID',
  autoProducerEmpty: 'ERR IDMPAUTO requires a non-empty producer ID',
  idempotentDuration: 'ERR IDMP-DURATION must be between 1 and 86400 seconds',
  idempotentMost: 'ERR IDMP-MAXSIZE must be between 1 and 10000 entries',
  nothingToSet: 'ERR At least one parameter must be specified',
  idCount: 'ERR Number of IDs must be a positive integer',
  idCountMismatch: 'ERR The `numids` parameter must match the number of arguments',
  idsMissing: 'ERR IDS option is required',
  streamAddedNegative: 'ERR entries_added must be positive',
  streamSetBelowGiven: 'ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id',
  streamSetBelowDeleted: 'ERR The ID specified in XSETID is smaller than current max_deleted_entry_id',
  streamSetBelowTop: 'ERR The ID specified in XSETID is smaller than the target stream top item',
  streamAddedBelowLength: 'ERR The entries_added specified in XSETID is smaller than the target stream length',
  groupOfXread: 'ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.',
  noackOfXread: 'ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.',
  claimOfXread: 'ERR The CLAIM option is only supported by XREADGROUP. You called XREAD instead.',
  claimIdleNotInteger: 'ERR min-idle-time is not an integer',
  claimIdleNegative: 'ERR min-idle-time must be a positive integer',
  groupMissing: 'ERR Missing GROUP option for XREADGROUP',
  dollarOfGroup:
    'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.',
  newOfXread: 'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
  groupKeyMissing:
    'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
  groupExists: 'BUSYGROUP Consumer Group name already exists',
  entriesReadNegative: 'ERR value for ENTRIESREAD must be positive or -1',
  claimIdle: 'ERR Invalid min-idle-time argument for XCLAIM',
  claimIdleOption: 'ERR Invalid IDLE option argument for XCLAIM',
  claimTimeOption: 'ERR Invalid TIME option argument for XCLAIM',
  claimRetryOption: 'ERR Invalid RETRYCOUNT option argument for XCLAIM',
  autoclaimIdle: 'ERR Invalid min-idle-time argument for XAUTOCLAIM',
  autoclaimCount: 'ERR COUNT must be > 0',
  autoclaimMemory: 'ERR Insufficient memory, failed allocating transient memory, COUNT too high.',
  notHyperLogLog: 'WRONGTYPE Key is not a valid HyperLogLog string value.',
  corruptHyperLogLog: 'INVALIDOBJ Corrupted HLL object detected',
  hyperLogLogNotSparse: 'ERR HLL encoding is not sparse',
  keyDoesNotExist: 'ERR The specified key does not exist',
  bitOffset: 'ERR bit offset is not an integer or out of range',
  bitValue: 'ERR bit is not an integer or out of range',
  bitfieldType: 'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
  bitfieldOverflow: 'ERR Invalid OVERFLOW type specified',
  bitfieldReadOnly: 'ERR BITFIELD_RO only supports the GET subcommand',
  bitopNot: 'ERR BITOP NOT must be called with a single source key.',
  bitposBit: 'ERR The bit argument must be 1 or 0.',
  lcsNotStrings: 'ERR The specified keys must contain string values',
  lcsLengthAndIndexes: 'ERR If you want both the length and indexes, please just use IDX.',
  lcsMemory: 'ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len',
  clientName: 'ERR Client names cannot contain spaces, newlines or special characters.',
  noAuth: 'NOAUTH Authentication required.',
  wrongPass: 'WRONGPASS invalid username-password pair or user is disabled.',
  oom: "OOM command not allowed when used memory > 'maxmemory'.",
  noProto: 'NOPROTO unsupported protocol version',
  loading: 'LOADING Redis is loading the dataset in memory',
  lfuSelected:
    'ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
  lfuNotSelected:
    'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
  busyKey: 'BUSYKEY Target key name already exists.',
  ttlNegative: 'ERR Invalid TTL value, must be >= 0',
  idleTimeNegative: 'ERR Invalid IDLETIME value, must be >= 0',
  frequencyRange: 'ERR Invalid FREQ value, must be >= 0 and <= 255',
  dumpUnsound: 'ERR DUMP payload version or checksum are wrong',
  dumpMalformed: 'ERR Bad data format',
  dumpTooLong: 'ERR the value is too long to be dumped in one reply',
  reloadOption: 'ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.',
  reloadFailed: 'ERR Error trying to load the RDB dump, check server logs.',
  sameObject: 'ERR source and destination objects are the same',
  invalidCommand: 'ERR Invalid command specified',
  invalidCommandArity: 'ERR Invalid number of arguments specified for command',
  invalidCommandArguments: 'ERR Invalid arguments specified for command',
  noKeyArguments: 'ERR The command has no key arguments',
  slowlogCount: 'ERR count should be greater than or equal to -1',
  noShutdown: 'ERR No shutdown in progress.',
  shutdownFailed: 'ERR Errors trying to SHUTDOWN. Check logs.',
  databaseOutOfRange: 'ERR Out of range database',
  notSds: 'ERR Not an sds encoded string.',
  notHashTable: 'ERR The value stored at the specified key is not represented using an hash table',
  protocolType:
    'ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false',
  pushNeedsResp3: 'ERR RESP2 is not supported by this command',
  packedThreshold: 'ERR argument must be a memory value bigger than 1 and smaller than 4gb',
  clientNameLength: 'ERR Client names cannot be longer than 1024 bytes.',
  clientIdNotPositive: 'ERR client-id should be greater than 0',
  invalidClientId: 'ERR Invalid client ID',
  noSuchClient: 'ERR No such client',
  pauseMode: 'ERR CLIENT PAUSE mode must be WRITE or ALL',
  timeoutNotInteger: 'ERR timeout is not an integer or out of range',
  timeoutNegative: 'ERR timeout is negative',
  timeoutOutOfRange: 'ERR timeout is out of range',
  trackingTwoRedirects: 'ERR A client can only redirect to a single other client',
  trackingNoRedirect: 'ERR The client ID you want redirect to does not exist',
  trackingPrefix: 'ERR PREFIX option requires BCAST mode to be enabled',
  trackingSwitchBroadcast:
    "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
  trackingBroadcastOpt: 'ERR OPTIN and OPTOUT are not compatible with BCAST',
  trackingOptBoth: "ERR You can't specify both OPTIN mode and OPTOUT mode",
  trackingSwitchOpt:
    "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
  cachingWithoutTracking:
    'ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
  cachingYes: 'ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.',
  cachingNo: 'ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.',
  nestedMulti: 'ERR MULTI calls can not be nested',
  watchInMulti: 'ERR WATCH inside MULTI is not allowed',
  notInTransaction: 'ERR Command not allowed inside a transaction',
  execWithoutMulti: 'ERR EXEC without MULTI',
  discardWithoutMulti: 'ERR DISCARD without MULTI',
  execAborted: 'EXECABORT Transaction discarded because of previous errors.',
  shardsMustWait: "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client",
  monitorMustWait: "ERR MONITOR isn't allowed for DENY BLOCKING client",
  unblocked: 'UNBLOCKED client unblocked via CLIENT UNBLOCK',
  timeoutNotFloat: 'ERR timeout is not a float or out of range',
  waitAofOff: 'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.',
  zeroOrOne: 'ERR value is out of range, value must between 0 and 1',
  unblockReason: 'ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR',
  monitorsKeepOut: "ERR Replica can't interact with the keyspace",
  protocolVersion: 'ERR Protocol version is not an integer or out of range',
  noPassword:
    'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
  noScript: 'NOSCRIPT No matching script. Please use EVAL.',
  busyScript: 'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  busyFunction: 'BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.',
  notBusy: 'NOTBUSY No scripts in execution right now.',
  unkillable:
    'UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.',
  keysNegative: "ERR Number of keys can't be negative",
  scriptFlushOption: 'ERR SCRIPT FLUSH only support SYNC|ASYNC option',
  scriptDebugOption: 'ERR Use SCRIPT DEBUG YES/SYNC/NO',
  noScriptDebugger: 'ERR There is no debugger for scripts',
  writesInReadOnly: 'ERR Can not execute a script with write flag using *_ro command.',
  scriptLacksMemory: "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'",
  functionNotFound: 'ERR Function not found',
  badKeyCount: 'ERR Bad number of keys provided',
  functionFlushOption: 'ERR FUNCTION FLUSH only supports SYNC|ASYNC option',
  functionCodeMissing: 'ERR Function code is missing',
  libraryNotFound: 'ERR Library not found',
  libraryNameMissing: 'ERR library name argument was not given',
  restorePolicy: 'ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.',
  luaStack: 'ERR reached lua stack limit',
  scriptUnknownCommand: 'ERR Unknown Redis command called from script',
  scriptArity: 'ERR Wrong number of args calling Redis command from script',
  notFromScript: 'ERR This Redis command is not allowed from script',
  scriptWrites: 'ERR Write commands are not allowed from read-only scripts.',
  helloNoAuth:
    'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
} as const;

/** The longest piece of a client's input that an error text repeats, in bytes. */
const ECHO_LIMIT = 128;

/** Not longer than `limit`; as in Redis's texts, ended by its first NUL. */
function echoed(text: string, limit: number = ECHO_LIMIT): string {
  return text.slice(0, limit).split('\0', 1)[0];
}

/** An EXEC that was refused: why, without the code ERR. */
export function execAborted(reason: string): string {
  return `EXECABORT Transaction discarded because of: ${reason.replace(/^ERR /, '')}`;
}

export function wrongArity(name: string): string {
  return `ERR wrong number of arguments for '${name.toLowerCase()}' command`;
}

/** `name` is the command's, which may not be called while subscribed. */
export function onlySubscriptions(name: string): string {
  return `ERR Can't execute '${name.toLowerCase()}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`;
}

export function invalidExpire(name: string): string {
  return `ERR invalid expire time in '${name.toLowerCase()}' command`;
}

/** The option `bytes[start..end)`; like Redis's, the text does not end with line breaks. */
export function unsupportedOption(bytes: Buffer, start: number, end: number): string {
  const option = echoed(bytes.toString('latin1', start, Math.min(end, start + ECHO_LIMIT)));
  return `ERR Unsupported option ${option}`.replace(/[\r\n]+$/, '');
}

export function unknownArgument(argument: string): string {
  return `ERR unknown argument: ${echoed(argument)}`.replace(/[\r\n]+$/, '');
}

/** `name` is as the client wrote it; `rest` are the arguments that follow, cut to what the text may hold. */
export function unknownCommand(name: string, rest: readonly string[]): string {
  let text = '';
  for (const part of rest) {
    if (text.length >= ECHO_LIMIT) break;
    text += `'${echoed(part, ECHO_LIMIT - text.length)}' `;
  }
  return `ERR unknown command '${echoed(name)}', with args beginning with: ${text}`;
}

export function unknownHelloOption(option: string): string {
  return `ERR Syntax error in HELLO option '${echoed(option)}'`;
}

export function unknownPfdebug(name: string): string {
  return `ERR Unknown PFDEBUG subcommand '${echoed(name)}'`;
}

export function unknownSubcommand(name: string, container: string): string {
  return `ERR unknown subcommand '${echoed(name)}'. Try ${container.toUpperCase()} HELP.`;
}

/** For a subcommand that its command reads itself: there is none of this name that takes so many arguments. */
export function wrongSubcommand(name: string, container: string): string {
  return `ERR unknown subcommand or wrong number of arguments for '${echoed(name)}'. Try ${container.toUpperCase()} HELP.`;
}

/** `option` is the configuration option that would allow the command. */
export function protectedCommand(name: string, option: string): string {
  return `ERR ${name.toUpperCase()} command not allowed. If the ${option} option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`;
}

export function noLatencySamples(event: string): string {
  return `ERR No samples available for event '${echoed(event)}'`;
}

export function unknownClientType(type: string): string {
  return `ERR Unknown client type '${echoed(type)}'`;
}

export function noSuchUser(name: string): string {
  return `ERR No such user '${echoed(name)}'`;
}

export function unrecognizedOption(option: string): string {
  return `ERR Unrecognized option '${echoed(option)}'`;
}

/** `attribute` is what CLIENT SETINFO sets, as the client wrote it. */
export function invalidClientAttribute(attribute: string): string {
  return `ERR ${echoed(attribute)} cannot contain spaces, newlines or special characters.`;
}

/** Of CLIENT TRACKING: a prefix given and one that the client has. */
export function prefixOverlaps(prefix: string, existing: string): string {
  return `ERR Prefix '${echoed(prefix)}' overlaps with an existing prefix '${echoed(existing)}'. ${PREFIXES_APART}`;
}

/** Of CLIENT TRACKING: two prefixes given. */
export function prefixesOverlap(prefix: string, other: string): string {
  return `ERR Prefix '${echoed(prefix)}' overlaps with another provided prefix '${echoed(other)}'. ${PREFIXES_APART}`;
}

const PREFIXES_APART = 'Prefixes for a single client must not overlap.';

/** `name` is the command's. */
export function noInputKey(name: string): string {
  return `ERR at least 1 input key is needed for '${name.toLowerCase()}' command`;
}

export function invalidPosition(longitude: number, latitude: number): string {
  return `ERR invalid longitude,latitude pair ${formatFixed(longitude, 6)},${formatFixed(latitude, 6)}`;
}

/** `name` is the command's as the client wrote it. */
export function oneCentre(name: string): string {
  return `ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${echoed(name)}`;
}

export function oneShape(name: string): string {
  return `ERR exactly one of BYRADIUS and BYBOX can be specified for ${echoed(name)}`;
}

/** `name` is the command's, `newest` the ID that stands for what is not read yet. */
export function unbalancedStreams(name: string, newest: string): string {
  return `ERR Unbalanced '${name.toLowerCase()}' list of streams: for each stream key an ID or '${newest}' must be specified.`;
}

/** Of XREADGROUP. As in Redis the names are told whole, up to their first NUL. */
export function noGroupToRead(key: string, group: string): string {
  return `NOGROUP No such key '${untilNul(key)}' or consumer group '${untilNul(group)}' in XREADGROUP with GROUP option`;
}

export function noKeyOrGroup(key: string, group: string): string {
  return `NOGROUP No such key '${untilNul(key)}' or consumer group '${untilNul(group)}'`;
}

export function noGroupOfKey(group: string, key: string): string {
  return `NOGROUP No such consumer group '${untilNul(group)}' for key name '${untilNul(key)}'`;
}

export function unknownClaimOption(option: string): string {
  return `ERR Unrecognized XCLAIM option '${untilNul(option)}'`;
}

/** What C takes for the text. */
export function untilNul(text: string): string {
  return text.split('\0', 1)[0];
}

const LONGEST_CODE = 30;

/** The word that an error is counted by: its first, if that is short and another follows. Line breaks are replied as spaces. */
export function errorCode(text: string): string {
  const end = text.slice(0, LONGEST_CODE + 1).search(/[ \r\n]/);
  return end < 0 ? 'ERR' : text.slice(0, end);
}
