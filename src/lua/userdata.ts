/**
 * A light userdata: an address of the host, of which a program can do no more than compare it. There is only one: C's NULL,
 * which is cjson's null.
 */
export class LuaUserdata {
  /** As `tostring` shows it. */
  readonly text: string;

  constructor(address: string) {
    this.text = `userdata: ${address}`;
  }
}

export const NULL = new LuaUserdata('(nil)');
