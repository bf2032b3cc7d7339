import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

const name = fc.constantFrom("'GET'", "'get'", "'SET'", "'APPEND'", "'INCR'", "'STRLEN'", "'OBJECT'", "'NOTHING'", '7');
const key = fc.constantFrom("'a'", "'ab'", "'b'", "'encoding'", '1', '{}', 'false');
const more = fc.array(fc.constantFrom("'a'", "'x'", '12', '{}'), { maxLength: 2 });
const callText = fc
  .tuple(name, fc.option(key, { nil: undefined }), more)
  .map(([first, second, rest]) => [first, ...(second === undefined ? [] : [second, ...rest])].join(', '));

/** What a call answers, as text. */
const SHOW = `local function show(value)
  if type(value) ~= 'table' then return tostring(value) end
  return value.err or value.ok
end `;

it('calls that repeat names and keys answer as each would in a script of its own', () => {
  const together = new TestEngine();
  const apart = new TestEngine();
  fc.assert(
    fc.property(fc.array(callText, { minLength: 1, maxLength: 25 }), (calls) => {
      for (const engine of [together, apart]) engine.run('FLUSHALL');
      const lines = calls.map((text) => `out[#out + 1] = show(redis.pcall(${text}))`);
      const all = together.run('EVAL', `${SHOW} local out = {} ${lines.join(' ')} return table.concat(out, '|')`, '0');
      const each = calls.map((text) => apart.run('EVAL', `${SHOW} return show(redis.pcall(${text}))`, '0'));
      const expected = each.map((reply) => reply.slice(reply.indexOf('\r\n') + 2, -2)).join('|');
      expect(all).toBe(`$${expected.length}\r\n${expected}\r\n`);
    }),
    { numRuns: 60 },
  );
});
