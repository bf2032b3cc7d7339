/**
 * Reads MessagePack as lua-cmsgpack 0.4.0 does, without recursion. It knows no binary and no extension types, and takes
 * unsigned integers of 64 bits for signed ones.
 *
 * Lua allows a C function 8,000 values on its stack. Results and open containers take places there, so this limits both how
 * many values are read at once and how deep they nest.
 */
import type { Budget } from '../budget.ts';
import { raise } from '../error.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';

export const MOST_PLACES = 8000;
/** What tables and their entries take, about. */
const TABLE_BYTES = 120;
const ENTRY_BYTES = 32;
const WORD = 2 ** 32;

/** Says that a container was opened whose first element is next. */
const OPENED = Symbol('opened');

const view = new DataView(new ArrayBuffer(8));

export class MsgpackReader {
  private readonly budget: Budget;
  private text = '';
  private at = 0;
  /** Places in use on Lua's stack. */
  private places = 0;
  /** The containers around, outermost first. */
  private readonly containers: Container[] = [];

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** Values from `offset` on, `limit` of them at most; `places` are in use already. */
  read(text: string, offset: number, limit: number, places: number): LuaValue[] {
    this.text = text;
    this.at = offset;
    this.places = places;
    this.containers.length = 0;
    const values: LuaValue[] = [];
    while (this.at < text.length && values.length < limit) {
      values.push(this.readValue());
      this.places++;
    }
    return values;
  }

  /** Where the last `read` ended. */
  get end(): number {
    return this.at;
  }

  private readValue(): LuaValue {
    const { containers } = this;
    for (;;) {
      const opened = this.readElement();
      if (opened === OPENED) continue;
      let value: LuaValue = opened;
      for (;;) {
        if (containers.length === 0) return value;
        const container = containers[containers.length - 1];
        if (!this.put(container, value)) break;
        value = container.table;
        containers.pop();
        this.places--;
      }
    }
  }

  /** Puts an element into its container; whether that is full now. */
  private put(container: Container, value: LuaValue): boolean {
    if (container.isMap && !container.hasKey) {
      container.key = value;
      container.hasKey = true;
      this.places++;
      return false;
    }
    this.budget.spend(1);
    this.budget.allocate(ENTRY_BYTES);
    if (container.isMap) {
      container.table.set(container.key, value);
      container.hasKey = false;
      this.places--;
      return --container.left === 0;
    }
    container.table.setInt(++container.count, value);
    if (--container.left > 0) return false;
    this.places--;
    return true;
  }

  private readElement(): LuaValue | typeof OPENED {
    const kind = this.take(1);
    if (this.places + 1 > MOST_PLACES) {
      raise('stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)');
    }
    if (kind < 0x80) return kind;
    if (kind >= 0xe0) return kind - 0x100;
    if (kind >= 0xc0) return this.readLong(kind);
    if (kind >= 0xa0) return this.readString(kind & 0x1f);
    return this.open(kind < 0x90, kind & 0x0f);
  }

  private readLong(kind: number): LuaValue | typeof OPENED {
    switch (kind) {
      case 0xc0:
        return undefined;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        view.setUint32(0, this.take(4));
        return view.getFloat32(0);
      case 0xcb: {
        const high = this.word(8);
        view.setUint32(0, high);
        view.setUint32(4, this.take(4));
        return view.getFloat64(0);
      }
      case 0xcc:
        return this.take(1);
      case 0xcd:
        return this.take(2);
      case 0xce:
        return this.take(4);
      case 0xcf:
      case 0xd3: {
        const high = this.word(8) | 0;
        return high * WORD + this.take(4);
      }
      case 0xd0:
        return (this.take(1) << 24) >> 24;
      case 0xd1:
        return (this.take(2) << 16) >> 16;
      case 0xd2:
        return this.take(4) | 0;
      case 0xd9:
        return this.readString(this.take(1));
      case 0xda:
        return this.readString(this.take(2));
      case 0xdb:
        return this.readString(this.take(4));
      case 0xdc:
        return this.open(false, this.take(2));
      case 0xdd:
        return this.open(false, this.take(4));
      case 0xde:
        return this.open(true, this.take(2));
      case 0xdf:
        return this.open(true, this.take(4));
      default:
        return raise('Bad data format in input.');
    }
  }

  /** The unsigned integer of the next `size` bytes, which are at most four. */
  private take(size: number): number {
    const value = this.word(size);
    return size === 4 ? value >>> 0 : value;
  }

  /** The first four of the next `size` bytes, which all have to be there. */
  private word(size: number): number {
    const { text, at } = this;
    if (text.length - at < size) raise('Missing bytes in input.');
    const end = at + Math.min(size, 4);
    let value = 0;
    for (let i = at; i < end; i++) value = (value << 8) | text.charCodeAt(i);
    this.at = end;
    return value;
  }

  private readString(length: number): string {
    const { text, at } = this;
    if (text.length - at < length) raise('Missing bytes in input.');
    this.at = at + length;
    return text.slice(at, this.at);
  }

  private open(isMap: boolean, left: number): LuaTable | typeof OPENED {
    this.budget.allocate(TABLE_BYTES);
    const table = new LuaTable();
    if (!isMap && this.places + 2 > MOST_PLACES) raise('stack overflow (in function mp_decode_to_lua_array)');
    if (left === 0) return table;
    this.containers.push({ table, isMap, left, count: 0, key: undefined, hasKey: false });
    // The table; an array has the next index there too, a map the key whose value is being read.
    this.places += isMap ? 1 : 2;
    return OPENED;
  }
}

interface Container {
  readonly table: LuaTable;
  readonly isMap: boolean;
  left: number;
  count: number;
  key: LuaValue;
  hasKey: boolean;
}
