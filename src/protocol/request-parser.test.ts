import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Args } from './args.ts';
import { BROKEN, INCOMPLETE, REQUEST, RequestParser } from './request-parser.ts';
import { RequestStream } from './request-stream.testing.ts';

/** Bytes of a stream and the requests they are; no requests for what is skipped. */
interface Piece {
  readonly bytes: string;
  readonly requests: string[][];
}

const LINE_LIMIT = 65_536;

const argument = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 12 }) },
  {
    weight: 3,
    arbitrary: fc.string({ unit: fc.constantFrom('\r', '\n', '$', '*', '\0', '\xff', '1'), maxLength: 20 }),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 70_000 }).map((length) => 'x'.repeat(length)) },
);
const frame: fc.Arbitrary<Piece> = fc
  .tuple(
    fc.array(argument, { minLength: 1, maxLength: 80 }),
    fc.constantFrom('\r\n', '\r\n', '\r\n', 'ab', '\n\r', '*1'),
  )
  .map(([words, terminator]) => ({
    bytes: `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}${terminator}`).join('')}`,
    requests: [words],
  }));
const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-:$%\xe9'), minLength: 1, maxLength: 30 });
const inline: fc.Arbitrary<Piece> = fc
  .tuple(
    fc.array(word, { minLength: 1, maxLength: 10 }),
    fc.constantFrom(' ', '  ', '\t'),
    fc.constantFrom('\r\n', '\n'),
  )
  .map(([words, space, lineEnd]) => ({ bytes: space + words.join(space) + lineEnd, requests: [words] }));
const quoted: fc.Arbitrary<Piece> = fc.constantFrom(
  { bytes: "set \"a b\" 'c\\'d'\r\n", requests: [['set', 'a b', "c'd"]] },
  { bytes: 'echo "\\x00\\xff\\n"\n', requests: [['echo', '\0\xff\n']] },
  { bytes: '""\r\n', requests: [['']] },
);
const nothing: fc.Arbitrary<Piece> = fc
  .constantFrom('\r\n', '\n', '   \r\n', '*0\r\n', '*-1\r\n', '*-10\r\n', '*-9223372036854775808\r\n')
  .map((bytes) => ({ bytes, requests: [] }));
const piece = fc.oneof({ weight: 5, arbitrary: frame }, { weight: 3, arbitrary: inline }, quoted, nothing);

/** What ends a stream: an error, or a request that stays incomplete. */
const ending = fc.constantFrom(
  { bytes: '', error: undefined },
  { bytes: '*3\r\n$3\r\nSET\r\n$1', error: undefined },
  { bytes: '*2\r\n$100\r\nabc', error: undefined },
  { bytes: 'half a line', error: undefined },
  { bytes: '*2147483647\r\n$1\r\n', error: undefined },
  { bytes: '*x\r\nPING\r\n', error: 'invalid multibulk length' },
  { bytes: '*2147483648\r\n', error: 'invalid multibulk length' },
  { bytes: '*1\r\n$-1\r\n', error: 'invalid bulk length' },
  { bytes: '*1\r\n$536870913\r\n', error: 'invalid bulk length' },
  { bytes: '*2\r\n$1\r\na\r\nfooz\r\n', error: "expected '$', got 'f'" },
  { bytes: '*2\r\n$1\r\na\r\n\r\n', error: "expected '$', got ' '" },
  { bytes: 'set """k""" v\r\n', error: 'unbalanced quotes in request' },
  { bytes: `*${'1'.repeat(LINE_LIMIT)}`, error: 'too big mbulk count string' },
  { bytes: `*1\r\n$${'1'.repeat(LINE_LIMIT)}`, error: 'too big bulk count string' },
  { bytes: 'x'.repeat(LINE_LIMIT + 1), error: 'too big inline request' },
);

function cutsOf(length: number, seeds: readonly number[]): number[] {
  return seeds.map((seed) => seed % (length + 1)).sort((a, b) => a - b);
}

describe('request parser', () => {
  it('finds the same requests in any stream, however it is split', () => {
    const splits = fc.array(fc.array(fc.nat(), { maxLength: 30 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), ending, splits, (pieces, { bytes, error }, splits) => {
        const stream = pieces.map((piece) => piece.bytes).join('') + bytes;
        const requests = pieces.flatMap((piece) => piece.requests);
        for (const seeds of [[], ...splits]) {
          const reader = RequestStream.read(stream, cutsOf(stream.length, seeds));
          expect(reader.requests).toEqual(requests);
          expect(reader.error).toBe(error === undefined ? undefined : `ERR Protocol error: ${error}`);
        }
      }),
      { numRuns: 250 },
    );
  });

  it('repeats the form of the request before exactly where reading it anew finds the same', () => {
    const edit = fc.option(fc.tuple(fc.nat(), fc.constantFrom(...'*$012\r\nxG')), { nil: undefined });
    const both = fc.oneof({ weight: 4, arbitrary: frame }, { weight: 1, arbitrary: fc.oneof(inline, quoted) });
    let repeated = 0;
    fc.assert(
      fc.property(both, fc.array(edit, { maxLength: 4 }), fc.nat({ max: 8 }), ({ bytes: text }, edits, missing) => {
        const stream = Buffer.from(text.repeat(edits.length + 1), 'latin1');
        edits.forEach((change, i) => {
          if (change !== undefined) stream.write(change[1], text.length * (i + 1) + (change[0] % text.length));
        });
        const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
        const end = stream.length - missing;
        const [plain, quick] = [new RequestParser(), new RequestParser()];
        let before: Args | undefined;
        let from = 0;
        for (;;) {
          const [expected, found] = [new Args(stream), new Args(stream)];
          const begin = plain.at;
          const outcome = plain.next(stream, end, expected);
          const isRepeated = before !== undefined && quick.repeat(view, end, before, from, found);
          if (!isRepeated) expect(quick.next(stream, end, found)).toBe(outcome);
          else repeated++;
          expect([isRepeated && outcome !== REQUEST, quick.at, quick.midway]).toEqual([false, plain.at, plain.midway]);
          if (outcome !== REQUEST) break;
          expect([...found.start.subarray(0, found.count)]).toEqual([...expected.start.subarray(0, expected.count)]);
          expect([...found.end.subarray(0, found.count)]).toEqual([...expected.end.subarray(0, expected.count)]);
          before = found.bytes === stream ? found : undefined;
          from = begin;
        }
      }),
      { numRuns: 500 },
    );
    expect(repeated).toBeGreaterThan(100);
  });

  it('finds them byte by byte, too', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(inline, quoted, nothing), { maxLength: 4 }), ending, (pieces, { bytes, error }) => {
        fc.pre(bytes.length < 1000);
        const stream = `${pieces.map((piece) => piece.bytes).join('')}*2\r\n$4\r\necho\r\n$2\r\n\r\n\r\n${bytes}`;
        const reader = RequestStream.read(
          stream,
          [...stream].map((_, i) => i),
        );
        expect(reader.requests).toEqual([...pieces.flatMap((piece) => piece.requests), ['echo', '\r\n']]);
        expect(reader.error).toBe(error === undefined ? undefined : `ERR Protocol error: ${error}`);
      }),
      { numRuns: 60 },
    );
  });

  it('reads every byte of a line once, however slowly it comes', () => {
    // Quadratic work would be two thousand million steps a line.
    for (const [start, name] of [
      ['*', 'mbulk count string'],
      ['*1\r\n$', 'bulk count string'],
      ['*1\r\nx', 'bulk count string'],
      ['x', 'inline request'],
    ]) {
      const parser = new RequestParser();
      const args = new Args();
      const bytes = Buffer.from(start + '1'.repeat(LINE_LIMIT));
      const before = process.cpuUsage().user;
      for (let end = 1; end < bytes.length; end++) {
        if (parser.next(bytes, end, args) !== INCOMPLETE) expect.fail(`not incomplete at ${end}`);
      }
      expect(parser.next(bytes, bytes.length, args)).toBe(BROKEN);
      expect(parser.error).toBe(`ERR Protocol error: too big ${name}`);
      expect(process.cpuUsage().user - before).toBeLessThan(1_500_000);
    }
  });

  it('holds a line as long as the limit and refuses one byte more, even when its end is there', () => {
    const longest = `ping ${'x'.repeat(LINE_LIMIT - 5)}`;
    expect(RequestStream.read(`${longest}\n`).requests).toEqual([['ping', 'x'.repeat(LINE_LIMIT - 5)]]);
    expect(RequestStream.read(`${longest}x\n`).error).toBe('ERR Protocol error: too big inline request');
    expect(RequestStream.read(`*${'0'.repeat(LINE_LIMIT - 1)}\r\n`).error).toContain('invalid multibulk length');
    expect(RequestStream.read(`*${'0'.repeat(LINE_LIMIT)}\r\n`).error).toContain('too big mbulk count string');
  });

  it('allocates for what has arrived, not for what was declared', () => {
    for (const stream of ['*2147483647\r\n', '*1048577\r\n$536870912\r\n', '*1\r\n$536870912\r\nabc']) {
      const reader = RequestStream.read(stream);
      expect([reader.error, reader.requests, reader.own?.start.length]).toEqual([undefined, [], 64]);
    }
    const many = RequestStream.read(`*2000000\r\n${'$0\r\n\r\n'.repeat(1000)}`);
    expect([many.own?.count, many.own?.start.length]).toEqual([1000, 1024]);
  });

  it('takes a request of many arguments', () => {
    const stream = `*200000\r\n${'$1\r\nx\r\n'.repeat(200_000)}`;
    const reader = RequestStream.read(stream, [1, 700_000, 700_001, 1_399_999]);
    expect(reader.requests[0]).toHaveLength(200_000);
    expect(reader.parser.midway).toBe(false);
  });

  it('is stricter before a client has authenticated', () => {
    const read = (stream: string) => {
      const reader = new RequestStream();
      reader.parser.restricted = true;
      reader.feed(Buffer.from(stream));
      return reader;
    };
    expect(read(`*10\r\n${'$1\r\nx\r\n'.repeat(10)}`).requests).toHaveLength(1);
    expect(read('*11\r\n').error).toBe('ERR Protocol error: unauthenticated multibulk length');
    expect(read(`*1\r\n$16384\r\n${'x'.repeat(16384)}\r\n`).requests).toHaveLength(1);
    expect(read('*1\r\n$16385\r\n').error).toBe('ERR Protocol error: unauthenticated bulk length');
    expect(read('*2147483648\r\n').error).toBe('ERR Protocol error: invalid multibulk length');
  });

  it('obeys proto-max-bulk-len', () => {
    const reader = new RequestStream();
    reader.parser.maxBulkBytes = 5;
    reader.feed(Buffer.from('*1\r\n$5\r\nhello\r\n*1\r\n$6\r\n'));
    expect(reader.requests).toEqual([['hello']]);
    expect(reader.error).toBe('ERR Protocol error: invalid bulk length');
  });

  it('goes back to where a request began when told to', () => {
    const bytes = Buffer.from('*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$10\r\nabc');
    const parser = new RequestParser();
    const args = new Args(bytes);
    expect(parser.next(bytes, bytes.length, args)).toBe(REQUEST);
    const frame = parser.at;
    for (const end of [bytes.length, frame + 2, frame + 6, frame + 17]) {
      expect(parser.next(bytes, end, args)).toBe(INCOMPLETE);
      parser.rewind(frame);
      expect([parser.at, parser.midway, parser.awaited]).toEqual([frame, false, -1]);
    }
    expect(parser.next(bytes, bytes.length, args)).toBe(INCOMPLETE);
    expect([args.text(0), parser.awaited]).toEqual(['ECHO', 10]);
  });

  it('tells of nothing to do and of nothing there', () => {
    const bytes = Buffer.from('*0\r\n\r\n');
    const parser = new RequestParser();
    for (let i = 0; i < 2; i++) {
      expect([INCOMPLETE, REQUEST, BROKEN]).not.toContain(parser.next(bytes, bytes.length, new Args()));
    }
    expect(parser.next(bytes, bytes.length, new Args())).toBe(INCOMPLETE);
  });
});
