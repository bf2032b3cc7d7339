import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputBuffer } from './output-buffer.ts';

function written(out: OutputBuffer): string {
  return out.bytes.toString('latin1', 0, out.at);
}

describe('output buffer', () => {
  it('holds what was written, in order, however it grows', () => {
    const piece = fc.oneof(
      fc.record({ kind: fc.constant('ascii' as const), length: fc.integer({ min: 0, max: 200 }) }),
      fc.record({ kind: fc.constant('copy' as const), length: fc.oneof(fc.nat(300), fc.nat(150_000)) }),
      fc.record({ kind: fc.constant('bulk' as const), length: fc.oneof(fc.nat(300), fc.nat(150_000)) }),
      fc.record({ kind: fc.constant('head' as const), length: fc.nat() }),
      fc.record({ kind: fc.constant('deferred' as const), length: fc.oneof(fc.nat(9), fc.nat()) }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const out = new OutputBuffer();
        let expected = '';
        for (const [i, { kind, length }] of pieces.entries()) {
          const letter = String.fromCharCode(97 + (i % 26));
          if (kind === 'ascii') {
            out.ascii(letter.repeat(length));
            expected += letter.repeat(length);
          } else if (kind === 'copy' || kind === 'bulk') {
            const source = Buffer.alloc(length + 10, letter);
            const view = new DataView(source.buffer, source.byteOffset, source.length);
            if (kind === 'copy') out.copy(source, view, 5, 5 + length);
            else out.bulk(source, view, 5, 5 + length);
            expected += kind === 'copy' ? letter.repeat(length) : `$${length}\r\n${letter.repeat(length)}\r\n`;
          } else if (kind === 'head') {
            out.head(36, length);
            expected += `$${length}\r\n`;
          } else {
            const outer = out.openHead();
            const inner = out.openHead();
            out.ascii(letter.repeat(length % 100));
            out.closeHead(inner, 42, length % 7);
            out.closeHead(outer, 42, length);
            expected += `*${length}\r\n*${length % 7}\r\n${letter.repeat(length % 100)}`;
          }
        }
        expect(written(out)).toBe(expected);
        expect(out.view.buffer).toBe(out.bytes.buffer);
        expect([out.view.byteOffset, out.view.byteLength]).toEqual([out.bytes.byteOffset, out.bytes.length]);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    0,
    9,
    10,
    99,
    100,
    101,
    12345,
    99_999_999,
    100_000_000,
    Number.MAX_SAFE_INTEGER,
    -1,
    -9,
    -10,
    -12345,
    Number.MIN_SAFE_INTEGER,
  ])('writes the head of %i', (value) => {
    const out = new OutputBuffer();
    out.head(58, value);
    expect(written(out)).toBe(`:${value}\r\n`);
  });

  it('writes heads up to its very end', () => {
    for (let room = 0; room < 40; room++) {
      const out = new OutputBuffer();
      const filler = out.bytes.length - room;
      out.ascii('x'.repeat(filler));
      out.head(58, Number.MIN_SAFE_INTEGER);
      expect(written(out).slice(filler)).toBe(`:${Number.MIN_SAFE_INTEGER}\r\n`);
    }
  });

  it('grows to what is needed, at least twofold', () => {
    const out = new OutputBuffer();
    const initial = out.bytes.length;
    out.reserve(initial);
    expect(out.bytes.length).toBe(initial);
    out.at = 1;
    out.reserve(initial);
    expect(out.bytes.length).toBe(2 * initial);
    out.reserve(10 * initial);
    expect(out.bytes.length).toBe(10 * initial + 1);
  });

  it('leaves its memory to whoever still reads it', () => {
    const out = new OutputBuffer();
    out.ascii('first');
    const given = out.bytes.subarray(0, out.at);
    out.release();
    out.ascii('other');
    expect([given.toString(), written(out)]).toEqual(['first', 'other']);
  });

  it('gives the same part again while the bytes stay where they are', () => {
    const out = new OutputBuffer();
    out.ascii('a part of it');
    const part = out.part(2, 6);
    expect([Buffer.from(part).toString(), out.part(2, 6) === part, out.part(2, 7) === part]).toEqual([
      'part',
      true,
      false,
    ]);
    out.bytes.write('PART', 2);
    expect(Buffer.from(out.part(2, 6)).toString()).toBe('PART');
    out.reserve(1 << 20);
    out.bytes.write('grew', 2);
    expect(Buffer.from(out.part(2, 6)).toString()).toBe('grew');
    out.release();
    out.ascii('a gift to me');
    expect([Buffer.from(out.part(2, 6)).toString(), Buffer.from(part).toString()]).toEqual(['gift', 'PART']);
  });

  it('writes a character a byte, short or long', () => {
    const text = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    const out = new OutputBuffer();
    out.ascii(text.slice(200));
    out.ascii(text);
    expect(written(out)).toBe(text.slice(200) + text);
  });
});
