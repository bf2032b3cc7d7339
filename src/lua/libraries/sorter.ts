/**
 * Lua's own quicksort, comparison by comparison, because a comparator can see them, and because equal elements and orders
 * that contradict themselves have to end up where Lua leaves them.
 *
 *   1  order the first, middle and last element of the range; the middle one is the pivot and goes next to the last
 *   2  from both sides, look for elements on the wrong side of it and exchange them
 *   3  put the pivot between; the shorter side is sorted first
 *
 * It does not compare. `advance` goes on to the next comparison and names its sides; whoever knows whether `left` is less
 * than `right`, and may have to be suspended to find out, tells it the next time.
 */
import { raise } from '../error.ts';
import type { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';

/** What the answer that is awaited is about. */
const LAST_FIRST = 1;
const MIDDLE_FIRST = 2;
const LAST_MIDDLE = 3;
const UPWARDS = 4;
const DOWNWARDS = 5;

export class Sorter {
  /** The sides of the comparison that is asked for. */
  left: LuaValue = undefined;
  right: LuaValue = undefined;

  private readonly table: LuaTable;
  /** Ranges that wait, each its low and its high index. */
  private readonly ranges: number[] = [];
  private low: number;
  private high: number;
  private awaited = 0;
  private up = 0;
  private down = 0;
  private pivot: LuaValue = undefined;

  /** Sorts 1..`length` of `table`. */
  constructor(table: LuaTable, length: number) {
    this.table = table;
    this.low = 1;
    this.high = length;
  }

  /** Goes on to the next comparison; false when all is sorted. `isLess` answers the last one. */
  advance(isLess: boolean): boolean {
    switch (this.awaited) {
      case LAST_FIRST:
        if (isLess) this.exchange(this.low, this.high);
        if (this.high - this.low === 1) return this.nextRange();
        this.up = Math.floor((this.low + this.high) / 2);
        return this.ask(MIDDLE_FIRST, this.table.getInt(this.up), this.table.getInt(this.low));
      case MIDDLE_FIRST:
        if (!isLess) return this.ask(LAST_MIDDLE, this.table.getInt(this.high), this.table.getInt(this.up));
        this.exchange(this.up, this.low);
        return this.partition();
      case LAST_MIDDLE:
        if (isLess) this.exchange(this.up, this.high);
        return this.partition();
      case UPWARDS:
        if (isLess && this.up > this.high) raise('invalid order function for sorting');
        return isLess ? this.askUpwards() : this.askDownwards();
      case DOWNWARDS:
        if (isLess && this.down < this.low) raise('invalid order function for sorting');
        return isLess ? this.askDownwards() : this.meet();
      default:
        return this.beginRange();
    }
  }

  private ask(awaited: number, left: LuaValue, right: LuaValue): true {
    this.awaited = awaited;
    this.left = left;
    this.right = right;
    return true;
  }

  private askUpwards(): true {
    return this.ask(UPWARDS, this.table.getInt(++this.up), this.pivot);
  }

  private askDownwards(): true {
    return this.ask(DOWNWARDS, this.pivot, this.table.getInt(--this.down));
  }

  private beginRange(): boolean {
    if (this.low >= this.high) return this.nextRange();
    return this.ask(LAST_FIRST, this.table.getInt(this.high), this.table.getInt(this.low));
  }

  private nextRange(): boolean {
    while (this.ranges.length > 0) {
      this.high = this.ranges.pop() as number;
      this.low = this.ranges.pop() as number;
      if (this.low < this.high) return this.beginRange();
    }
    return false;
  }

  /** First, middle and last are in order. */
  private partition(): boolean {
    if (this.high - this.low === 2) return this.nextRange();
    this.pivot = this.table.getInt(this.up);
    this.exchange(this.up, this.high - 1);
    this.up = this.low;
    this.down = this.high - 1;
    return this.askUpwards();
  }

  /** `up` and `down` stand at elements on the wrong side, or have passed each other. */
  private meet(): boolean {
    const { low, high, up, down } = this;
    if (down >= up) {
      this.exchange(up, down);
      return this.askUpwards();
    }
    this.exchange(high - 1, up);
    if (up - low < high - up) {
      this.ranges.push(up + 1, high);
      this.high = up - 1;
    } else {
      this.ranges.push(low, up - 1);
      this.low = up + 1;
    }
    return this.beginRange();
  }

  private exchange(one: number, other: number): void {
    const value = this.table.getInt(one);
    this.table.set(one, this.table.getInt(other));
    this.table.set(other, value);
  }
}
