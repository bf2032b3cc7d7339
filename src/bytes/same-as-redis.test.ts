/**
 * The functions of this folder whose specification is Redis's behaviour, compared with a real redis-server: the same
 * generated inputs to both, the same answers byte for byte.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as netConnect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../bench/free-port.ts';
import { globMatch } from './glob.ts';
import { parseInt64 } from './integer.ts';
import { addLongDouble, formatLongDouble, isFiniteLongDouble, parseLongDouble } from './long-double.ts';

type Answer = string | Answer[];
type Peer = { ask(commands: readonly string[][]): Promise<Answer[]>; stop(): Promise<void> };

/** One complete reply at `at` and the offset after it, or undefined when more bytes are needed. */
function readAnswer(text: string, at: number): { answer: Answer; next: number } | undefined {
  const lineEnd = text.indexOf('\r\n', at);
  if (lineEnd < 0) return undefined;
  const line = text.slice(at, lineEnd);
  let next = lineEnd + 2;
  if (line[0] === '$') {
    const length = Number(line.slice(1));
    if (length < 0) return { answer: line, next };
    if (text.length < next + length + 2) return undefined;
    return { answer: text.slice(next, next + length), next: next + length + 2 };
  }
  if (line[0] !== '*') return { answer: line, next };
  const answer: Answer[] = [];
  for (let left = Number(line.slice(1)); left > 0; left--) {
    const element = readAnswer(text, next);
    if (element === undefined) return undefined;
    answer.push(element.answer);
    next = element.next;
  }
  return { answer, next };
}

function encode(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((argument) => `$${argument.length}\r\n${argument}\r\n`).join('')}`;
}

/** Sends latin1 text, a character a byte, and waits for as many replies as there are commands. */
async function exchange(socket: Socket, commands: readonly string[][]): Promise<Answer[]> {
  const answers: Answer[] = [];
  let pending = '';
  socket.write(Buffer.from(commands.map(encode).join(''), 'latin1'));
  while (answers.length < commands.length) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    pending += chunk.toString('latin1');
    let at = 0;
    for (let read = readAnswer(pending, at); read !== undefined; read = readAnswer(pending, at)) {
      answers.push(read.answer);
      at = read.next;
    }
    pending = pending.slice(at);
  }
  return answers;
}

async function connected(port: number, server: ChildProcess): Promise<Socket> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
    const socket = netConnect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      await sleep(50);
    }
  }
  throw new Error('redis-server does not listen');
}

async function startRedis(): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'hotset-bytes-'));
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  await once(server, 'spawn');
  const socket = await connected(port, server);
  return {
    ask: (commands) => exchange(socket, commands),
    async stop() {
      socket.destroy();
      const exit = once(server, 'exit');
      server.kill();
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}

let redis: Peer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength });
const hexDigits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), maxLength });
const upTo = (limit: number) => fc.integer({ min: -limit, max: limit }).map(String);
const sign = fc.constantFrom('', '', '', '-', '+');
const concatenated = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((pieces) => pieces.join(''));
const optional = (prefix: string, part: fc.Arbitrary<string>) =>
  fc.option(part, { nil: undefined }).map((text) => (text === undefined ? '' : prefix + text));

const everyday = concatenated(sign, digits(20), optional('.', digits(20)), optional('e', upTo(30)));
const extreme = concatenated(sign, digits(25), optional('.', digits(25)), optional('E', upTo(5100)));
const hexadecimal = concatenated(
  sign,
  fc.constantFrom('0x', '0X'),
  hexDigits(20),
  optional('.', hexDigits(8)),
  optional('p', upTo(16600)),
);
const long = fc.oneof(
  concatenated(sign, digits(5200), optional('.', digits(300)), optional('e', upTo(6000))),
  fc.nat(5130).map((zeros) => `0.${'0'.repeat(zeros)}123`),
  fc.nat(5130).map((zeros) => `1${'0'.repeat(zeros)}e-${zeros}`),
  fc.nat(5080).map((zeros) => `0.${'0'.repeat(zeros)}17e${zeros + 3}`),
);
const mantissa = fc.bigInt(2n ** 63n, 2n ** 64n - 1n);
const denormalPower = fc.integer({ min: -16580, max: -16400 }).map(String);
/** Halfway between two values, where ties to even decide, or a little beside it. */
const tie = fc.oneof(
  concatenated(
    fc.constantFrom('0x', '-0x'),
    mantissa.map((m) => m.toString(16)),
    fc.constantFrom('8', '80000001', '7fffffff', '', '00000001', 'f', 'ffffffff'),
    fc.oneof(upTo(100), denormalPower, fc.constant('16288')).map((power) => `p${power}`),
  ),
  concatenated(
    mantissa.map(String),
    fc.constantFrom('.5', `.5${'0'.repeat(60)}1`, `.4${'9'.repeat(60)}`, `.5${'0'.repeat(4000)}1`),
  ),
);
/** Exactly 18 decimals, the last one 5: halfway between two printed texts. */
const printedTie = fc.nat(2 ** 30).map((n) => `0x${(2 * n + 1).toString(16)}p-18`);

const LARGEST = 2n ** 16384n - 2n ** 16320n;
const HALF_LAST_PLACE = 2n ** 16319n;
const seams = [
  [LARGEST, `${LARGEST}.9`, LARGEST + HALF_LAST_PLACE - 1n, LARGEST + HALF_LAST_PLACE, -LARGEST].map(String),
  ['1.18973149535723176502e4932', '1.18973149535723176508e4932', '1.1897314953572317650e4932', '1.19e4932', '1e4933'],
  ['0x.ffffffffffffffffp16384', '0x.ffffffffffffffff7p16384', '0x.ffffffffffffffff8p16384', '0x1p16384', '0x1p16383'],
  ['-0x.ffffffffffffffffp16384', '0x1p16319', '0x1p16318', '0x.8p16320', '-0x1p16319', '0x.ffffffffffffffffp-16382'],
  ['0x1p-16445', '0x1p-16446', '0x1.0001p-16446', '0x1.8p-16445', '0x2.8p-16445', '0x1p-16382', '2e-4951'],
  ['3.645199531882474602528e-4951', '1.822599765941237301264e-4951', '1.822599765941237301265e-4951', '1e-4951'],
  ['9e-4952', '3.3621031431120935063e-4932'],
].flat();
const seam = fc.constantFrom(...seams);
const noise = fc.string({ unit: fc.constantFrom(...'0123456789..eE+-xXpPinfatyINF() \t\n\0é'), maxLength: 12 });
const number = fc.oneof(everyday, everyday, extreme, hexadecimal, tie, printedTie, seam, fc.double().map(String));
const operand = fc.oneof(
  { weight: 8, arbitrary: number },
  { weight: 1, arbitrary: noise },
  { weight: 1, arbitrary: long },
);

function ourSum(value: string, increment: string): string {
  const a = parseLongDouble(value);
  const b = parseLongDouble(increment);
  if (a === undefined || b === undefined) return '-ERR value is not a valid float';
  const sum = addLongDouble(a, b);
  if (!isFiniteLongDouble(sum)) return '-ERR increment would produce NaN or Infinity';
  return formatLongDouble(sum);
}

async function expectSameSums(pairs: readonly (readonly [string, string])[]): Promise<void> {
  const commands = pairs.flatMap(([value, increment]) => [
    ['SET', 'n', value],
    ['INCRBYFLOAT', 'n', increment],
  ]);
  const answers = await redis.ask(commands);
  pairs.forEach(([value, increment], i) => {
    expect(ourSum(value, increment), JSON.stringify([value, increment])).toBe(answers[2 * i + 1]);
  });
}

describe('INCRBYFLOAT: long-double.ts', () => {
  const known = [
    [
      '',
      '0',
      '-0',
      '+0',
      '0.0',
      '.',
      '.5',
      '5.',
      '-.5',
      '+.5',
      '.e1',
      '1',
      '1e',
      '1e+',
      '1e5',
      '1E-5',
      '1e400',
      '-1e400',
    ],
    ['5e-17', '5e-18', '4.9e-18', '1.0e300', '3.0e3', '0.1', '0.2', '10.5', '3.14159265358979323', '1e5000', '1e-5000'],
    [
      '0x1p3',
      '0X1P-3',
      '0x',
      '0x.',
      '0x.8',
      '0x1.',
      '0x1p',
      '0xp1',
      '0xg',
      '1p3',
      '0x1e3',
      '0b1',
      '0e99999',
      '0x0p99999',
    ],
    [
      ' 1',
      '1 ',
      '\t1',
      '1\n',
      '1\0',
      '\0',
      'nan',
      'NaN',
      '-nan',
      'nan(1)',
      'inf',
      '-inf',
      '+inf',
      'INFINITY',
      'infinit',
    ],
    ['1e999999999', '1e-999999999', '1e99999999999999999999', '-1e-99999999999999999999', '0e99999999999999999999'],
    ['0x1p99999999999999999999', '0x1p-99999999999999999999', '0x0p99999999999999999999', '1,5', '1_0', '--1', '+-1'],
    [
      '9007199254740993',
      '18446744073709551615',
      '18446744073709551616',
      '18446744073709551617',
      '\xb2',
      '1e05',
      '00012',
    ],
    ['0.5', '1.5', '-1', '1e4932', '-1e4932', '1e-4950', '99999999999999999.99999999999999999', '1e17', '1e-17'],
  ].flat();

  test('known texts and the seams of the range, each added to each', async () => {
    const texts = [...known, ...seams];
    for (const a of texts) await expectSameSums(texts.map((b) => [a, b]));
  });

  test.each([
    ['numbers of every kind', operand, operand, 150],
    ['ties in the sum and in the print', fc.oneof(tie, printedTie, seam), fc.oneof(tie, printedTie, seam), 100],
    ['everyday numbers', everyday, everyday, 100],
    ['long texts', long, fc.oneof(long, everyday), 20],
    ['noise', noise, fc.oneof(noise, fc.constant('1')), 100],
  ])('random sums: %s', async (_, a, b, numRuns) => {
    const batch = fc.array(fc.tuple(a, b), { minLength: 40, maxLength: 60, size: 'max' });
    await fc.assert(fc.asyncProperty(batch, expectSameSums), { numRuns });
  });
});

describe('KEYS and COMMAND LIST: glob.ts', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');

  function matching(pattern: string, texts: readonly string[], ignoreCase: boolean): string[] {
    const p = bytes(pattern);
    return texts.filter((text) => globMatch(p, 0, p.length, bytes(text), 0, text.length, ignoreCase)).sort();
  }

  async function expectSameKeys(patterns: readonly string[], keys: readonly string[]): Promise<void> {
    // KEYS answers "*" with every key, without asking the pattern.
    const asked = patterns.filter((pattern) => pattern !== '*');
    const fill = keys.map((key) => ['SET', key, '']);
    const answers = await redis.ask([['FLUSHALL'], ...fill, ...asked.map((pattern) => ['KEYS', pattern])]);
    const distinct = [...new Set(keys)];
    asked.forEach((pattern, i) => {
      const answer = answers[1 + keys.length + i] as string[];
      expect(matching(pattern, distinct, false), JSON.stringify(pattern)).toEqual(answer.sort());
    });
  }

  test('every pattern of up to four characters of the alphabet, against texts of up to three', async () => {
    const words = (alphabet: string, length: number): string[] =>
      length === 0 ? [''] : words(alphabet, length - 1).flatMap((word) => [...alphabet].map((c) => word + c));
    const texts = [0, 1, 2, 3].flatMap((length) => words('a]^-\\', length));
    const patterns = [0, 1, 2, 3, 4].flatMap((length) => words('ab*?[]^-\\', length));
    await redis.ask([['FLUSHALL'], ...texts.map((text) => ['SET', text, ''])]);
    for (let from = 0; from < patterns.length; from += 1000) {
      const asked = patterns.slice(from, from + 1000).filter((pattern) => pattern !== '*');
      const answers = (await redis.ask(asked.map((pattern) => ['KEYS', pattern]))) as string[][];
      for (const [i, pattern] of asked.entries()) {
        const ours = matching(pattern, texts, false);
        const theirs = answers[i].sort();
        if (ours.join('\n') !== theirs.join('\n')) expect(ours, JSON.stringify(pattern)).toEqual(theirs);
      }
    }
  }, 120_000);

  test.each([
    ['syntax', 'ab*?[]^-\\'],
    ['classes', 'abc[]^-'],
    ['stars', 'ab**?'],
    ['signed bytes', 'a\x00\x7f\x80\xff[]-*'],
  ])('random patterns and keys: %s', async (_, alphabet) => {
    const word = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12, size: 'max' });
    const many = (count: number) => fc.array(word, { minLength: count, maxLength: count });
    await fc.assert(fc.asyncProperty(many(50), many(50), expectSameKeys), { numRuns: 60 });
  });

  test('without case: COMMAND LIST FILTERBY PATTERN', async () => {
    const [all] = (await redis.ask([['COMMAND', 'LIST']])) as string[][];
    const names = all.map((name) => name.toLowerCase());
    const mangled = fc
      .constantFrom(...names)
      .chain((name) =>
        fc
          .tuple(
            ...[...name].map((c) =>
              fc.constantFrom(
                c,
                c,
                c.toUpperCase(),
                '*',
                '?',
                `[${c}]`,
                `\\${c}`,
                `[\\${c}]`,
                '[e-T]',
                '[A-Z]',
                '[z-A]',
                `[^${c.toUpperCase()}]`,
                `[${c.toUpperCase()}-s]`,
                `[\\${c.toUpperCase()}]`,
                `\\${c.toUpperCase()}`,
              ),
            ),
          )
          .map((parts) => parts.join('')),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(mangled, { minLength: 50, maxLength: 50 }), async (patterns) => {
        const answers = await redis.ask(patterns.map((pattern) => ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', pattern]));
        patterns.forEach((pattern, i) => {
          expect(matching(pattern, names, true), pattern).toEqual((answers[i] as string[]).sort());
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('INCRBY: integer.ts', () => {
  test('random texts are integers for both or for neither', async () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 21, size: 'max' }),
      fc.string({ unit: fc.constantFrom(...'01289-+ .e\0'), maxLength: 5 }),
      fc.bigInt(-(2n ** 63n) - 5n, -(2n ** 63n) + 5n).map(String),
      fc.bigInt(2n ** 63n - 5n, 2n ** 63n + 5n).map(String),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 50 }), async (texts) => {
        const answers = await redis.ask(
          texts.flatMap((value) => [
            ['SET', 'n', value],
            ['INCRBY', 'n', '0'],
          ]),
        );
        texts.forEach((value, i) => {
          const ours = parseInt64(Buffer.from(value, 'latin1'), 0, value.length);
          const expected = ours === undefined ? '-ERR value is not an integer or out of range' : `:${ours}`;
          expect(expected, JSON.stringify(value)).toBe(answers[2 * i + 1]);
        });
      }),
      { numRuns: 60 },
    );
  });
});
