/**
 * The scripts that were seen, found by their digest or their text.
 *
 * EVALSHA looks a script up by the bytes of its argument: the first eight digits are a key, the others are compared. EVAL
 * finds the digest of a text it has seen before without computing it.
 *
 * Programs that put values into the text of their scripts would fill the memory: of scripts that only EVAL has brought, the
 * most recently used EVAL_LIMIT are kept, as Redis 7.4 does. SCRIPT LOAD's stay until SCRIPT FLUSH.
 */
import { createHash } from 'node:crypto';
import type { Args } from '../../protocol/args.ts';
import type { Script } from './script.ts';

/** Scripts kept that only EVAL has brought. */
const EVAL_LIMIT = 500;
/** Longer texts are not kept a second time, as a key. */
const LONGEST_KEY = 16 * 1024;
export const DIGEST_LENGTH = 40;
/** Of the digest, how many digits are the key. */
const KEY_DIGITS = 8;

/** The SHA-1 of a byte string in lowercase hexadecimal digits. */
export function digestOf(text: string): string {
  return createHash('sha1').update(text, 'latin1').digest('hex');
}

export class ScriptCache {
  /** Scripts that were given up because there were too many. */
  evicted = 0;
  private byKey = new Map<number, Script[]>();
  private readonly byText = new Map<string, Script>();
  /** Found last: programs repeat themselves. */
  private last: Script | undefined = undefined;
  private uses = 0;
  private evaluated = 0;
  private count = 0;
  private textBytes = 0;

  /** How many scripts there are. */
  get size(): number {
    return this.count;
  }

  /** Memory that they take, about. */
  get bytes(): number {
    return this.textBytes + this.count * SCRIPT_BYTES;
  }

  /** The script whose digest argument `i` is, whatever the case of its digits. */
  find(args: Args, i: number): Script | undefined {
    const start = args.start[i];
    if (args.end[i] - start !== DIGEST_LENGTH) return undefined;
    const { bytes, view } = args;
    const { last } = this;
    if (last !== undefined && isSpelt(last, view, start)) return this.use(last);
    for (const script of this.byKey.get(keyOf(bytes, start)) ?? []) {
      if (isNamed(script, bytes, start)) return this.use(script);
    }
    return undefined;
  }

  /** The script of this text. */
  findText(text: string): Script | undefined {
    const known = this.byText.get(text);
    if (known !== undefined || text.length <= LONGEST_KEY) return known === undefined ? undefined : this.use(known);
    const digest = Buffer.from(digestOf(text), 'latin1');
    const script = this.byKey.get(keyOf(digest, 0))?.find((same) => isNamed(same, digest, 0));
    return script === undefined ? undefined : this.use(script);
  }

  /** Adds a script that is not there yet. One that is `kept` only goes with all. */
  add(script: Script): void {
    const key = keyOf(script.digestBytes, 0);
    const same = this.byKey.get(key);
    if (same === undefined) this.byKey.set(key, [script]);
    else same.push(script);
    if (script.text.length <= LONGEST_KEY) this.byText.set(script.text, script);
    this.count++;
    this.textBytes += script.text.length;
    this.use(script);
    if (!script.isKept && ++this.evaluated > EVAL_LIMIT) this.evict();
  }

  /** Lets a script stay until all go. */
  keep(script: Script): void {
    if (script.isKept) return;
    script.isKept = true;
    this.evaluated--;
  }

  clear(): void {
    this.byKey.clear();
    this.byText.clear();
    this.last = undefined;
    this.evaluated = 0;
    this.count = 0;
    this.textBytes = 0;
  }

  private use(script: Script): Script {
    script.lastUse = ++this.uses;
    this.last = script;
    return script;
  }

  private evict(): void {
    let oldest: Script | undefined;
    for (const scripts of this.byKey.values()) {
      for (const script of scripts) {
        if (!script.isKept && (oldest === undefined || script.lastUse < oldest.lastUse)) oldest = script;
      }
    }
    if (oldest !== undefined) this.remove(oldest);
    this.evicted++;
  }

  private remove(script: Script): void {
    const key = keyOf(script.digestBytes, 0);
    const left = (this.byKey.get(key) ?? []).filter((other) => other !== script);
    if (left.length > 0) this.byKey.set(key, left);
    else this.byKey.delete(key);
    this.byText.delete(script.text);
    this.evaluated--;
    this.count--;
    this.textBytes -= script.text.length;
  }
}

/** What a script takes beside its text, about. */
const SCRIPT_BYTES = 512;

/** A number made of the first digits; equal for equal digests whatever the case. */
function keyOf(bytes: Uint8Array, start: number): number {
  let key = 0;
  // A letter's low bits differ from a digit's, and bit 5 alone tells its cases apart.
  for (let i = start; i < start + KEY_DIGITS; i++) key = Math.imul(key, 31) + (bytes[i] | 32);
  return key | 0;
}

/** The same digits in the same case, four at a time. */
function isSpelt({ digestWords }: Script, view: DataView, start: number): boolean {
  for (let i = 0; i < DIGEST_LENGTH / 4; i++) if (view.getInt32(start + i * 4, true) !== digestWords[i]) return false;
  return true;
}

function isNamed(script: Script, bytes: Uint8Array, start: number): boolean {
  const { digestBytes } = script;
  for (let i = 0; i < DIGEST_LENGTH; i++) {
    const byte = bytes[start + i];
    if (byte === digestBytes[i]) continue;
    if (byte < 65 || byte > 90 || (byte | 32) !== digestBytes[i]) return false;
  }
  return true;
}
