// The scripts of the EVALSHA rows.

import { createHash } from 'node:crypto';

export const RETURN_ONE = 'return 1';

/** A lock for a while: 1 when it was free, 0 when somebody holds it. */
export const LOCK = `
if redis.call("SETNX", KEYS[1], ARGV[1]) == 1 then
  redis.call("PEXPIRE", KEYS[1], ARGV[2])
  return 1
else
  return 0
end`;

/** A rate limit: ARGV are tokens a second, most tokens, tokens wanted. 1 and what is left, or 0 and what there is. */
export const TOKEN_BUCKET = `
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or burst, tonumber(bucket[2]) or now
tokens = math.min(burst, tokens + (now - at) * rate / 1000)
local granted = tokens >= wanted
if granted then tokens = tokens - wanted end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000))
return { granted and 1 or 0, math.floor(tokens) }`;

/** As many redis.call as ARGV[1] says. */
export const LOOP = `
for _ = 1, tonumber(ARGV[1]) do redis.call('INCR', KEYS[1]) end
return redis.call('GET', KEYS[1])`;

/** What EVALSHA calls a script. */
export function sha1(script: string): string {
  return createHash('sha1').update(script).digest('hex');
}
