import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandStep, formatStep, parseScripts, ScriptError, type Step } from './script.ts';
import { shrink } from './shrink.ts';

const LIMITS = { runs: 1_000, milliseconds: 10_000 };
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1'));
const words = fc.array(bytes, { minLength: 1, maxLength: 6 });

function parseSteps(text: string): readonly Step[] {
  const [script] = parseScripts(text, 'test');
  return script.steps;
}

describe('a script', () => {
  it('reads back what it prints', () => {
    const connection = fc.integer({ min: 1, max: 9 });
    const step = fc.oneof(
      fc.record({ connection, words, replies: fc.constant(true), masked: fc.boolean(), kind: fc.constant('command') }),
      fc.record({
        connection,
        words,
        replies: fc.constant(false),
        masked: fc.constant(false),
        kind: fc.constant('command'),
      }),
      fc.record({ connection, bytes, kind: fc.constant('bytes') }),
      fc.record({ connection, kind: fc.constantFrom('read', 'end') }),
    );
    fc.assert(
      fc.property(step, (made) => {
        expect(parseSteps(formatStep(made as Step))).toEqual([made]);
      }),
    );
  });

  it('repeats words and bytes', () => {
    expect(parseSteps('SET k {ab*3}')).toEqual([commandStep(['SET', 'k', 'ababab'])]);
    expect(parseSteps('> "x\\r\\n" * 2')).toEqual([{ connection: 1, kind: 'bytes', bytes: 'x\r\nx\r\n' }]);
    expect(parseSteps('< 3')).toHaveLength(3);
  });

  it('has names and needs', () => {
    const text = '# comment\n=== one\nneeds CLIENT REPLY\nPING\n\n=== two\n@2 ~ RANDOMKEY\n';
    const [one, two] = parseScripts(text, 'file');
    expect([one.name, one.needs, one.steps.length]).toEqual(['one', [['CLIENT', 'REPLY']], 1]);
    expect(two.steps).toEqual([{ connection: 2, kind: 'command', words: ['RANDOMKEY'], replies: true, masked: true }]);
  });

  it('says where it is wrong', () => {
    expect(() => parseScripts('PING\nSET "k', 'file')).toThrow(
      new ScriptError('file:2 cannot be split into words: "k'),
    );
  });
});

describe('shrinking', () => {
  const script = (...commands: string[][]) => ({
    name: 's',
    needs: [],
    steps: commands.map((line) => commandStep(line)),
  });
  const noise = Array.from({ length: 40 }, (_, i) => ['GET', `${i}`]);

  it('keeps the two steps that matter, and of them the words that matter', async () => {
    const whole = script(...noise, ['SET', 'k', 'a'.repeat(100), 'KEEPTTL'], ...noise, ['APPEND', 'k', 'b'], ...noise);
    const small = await shrink(
      whole,
      async ({ steps }) => {
        const lines = steps.map((step) => formatStep(step));
        const set = lines.findIndex((line) => /^SET k \S/.test(line));
        return set >= 0 && lines.slice(set).some((line) => line.startsWith('APPEND k'));
      },
      LIMITS,
    );
    expect(small.steps.map(formatStep)).toEqual(['SET k aaaaaa', 'APPEND k']);
  });

  it('gives up when it may run no more', async () => {
    const whole = script(...noise);
    let runs = 0;
    const fails = async () => ++runs > 0;
    await shrink(whole, fails, { runs: 3, milliseconds: 10_000 });
    expect(runs).toBe(3);
  });
});
