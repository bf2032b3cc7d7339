import { expect, test } from 'vitest';
import { parseSuiteOutput, UNNAMED } from './suite-output.ts';

/** As the suite prints, with tests of our own invention. */
function parse(...lines: string[]) {
  return parseSuiteOutput(lines.join('\n'));
}

test('names what passed, without the time it took', () => {
  const { passed, failed, skipped, broken } = parse(
    'Cleanup: may take some time... OK',
    'Starting test server at port 22079',
    '[ready]: 4711',
    'Testing unit/fruit',
    '[ok]: APPLE falls (3 ms)',
    '[ok]: PEAR (ripe) (0 ms)',
    '[ok]: APPLE falls (1 ms)',
    '[1/1 done]: unit/fruit (0 seconds)',
  );
  expect(passed).toEqual(['APPLE falls', 'PEAR (ripe)', 'APPLE falls']);
  expect([failed, skipped, broken]).toEqual([[], [], []]);
});

test('colours do not matter', () => {
  expect(parse('[\x1b[0;32;49mok\x1b[0m]: APPLE falls (3 ms)').passed).toEqual(['APPLE falls']);
});

test('a failure has its name and the lines up to the next outcome', () => {
  const { failed, broken } = parse(
    '[err]: APPLE: falls in time in tests/unit/fruit.tcl',
    "Expected 'ground'",
    "to equal or match 'air'",
    '[ok]: PEAR (0 ms)',
    '[err]: PLUM in tests/unit/type/fruit.tcl',
    '',
  );
  expect(failed).toEqual([
    { name: 'APPLE: falls in time', reason: "Expected 'ground'\nto equal or match 'air'" },
    { name: 'PLUM', reason: '' },
  ]);
  expect(broken).toEqual([]);
});

test('an error is given whole, once', () => {
  const { failed } = parse('[err]: PEAR in tests/unit/fruit.tcl', "uit 'pear'", "ERR no fruit 'pear'", '    executing');
  expect(failed[0].reason).toBe("ERR no fruit 'pear'\n    executing");
});

test('an error outside of any test is not a test', () => {
  const { failed, broken } = parse(
    "[err]: Can't start the Redis server",
    'CONFIGURATION:port 1',
    'ERROR:no',
    '[ok]: PEAR (0 ms)',
  );
  expect(failed).toEqual([]);
  expect(broken).toEqual(["Can't start the Redis server\nCONFIGURATION:port 1\nERROR:no"]);
});

test('a test whose server did not start has not passed', () => {
  const { passed, failed } = parse(
    "[err]: Can't start the Redis server",
    'ERROR:### Starting server for test PEAR grows in tests/unit/fruit.tcl',
    'no such option',
    '[ok]: PEAR grows (5 ms)',
    '[ok]: PEAR (5 ms)',
  );
  expect(passed).toEqual(['PEAR']);
  expect(failed.map(({ name }) => name)).toEqual(['PEAR grows']);
});

test('what is left out says why, whether or not it says its name', () => {
  expect(
    parse(
      '[skip]: PEAR: is skipped',
      '[ignore]: APPLE: replicates: Tag: needs:repl denied',
      '[ignore]: GRAPE: Not supported on external server',
      '[ignore]: MELON: large memory flag not provided',
      '[ignore]: Not supported on external server',
      '[ignore]: Tag: needs:repl denied',
    ).skipped,
  ).toEqual([
    { name: 'PEAR: is skipped', reason: '' },
    { name: 'APPLE: replicates', reason: 'Tag: needs:repl denied' },
    { name: 'GRAPE', reason: 'Not supported on external server' },
    { name: 'MELON', reason: 'large memory flag not provided' },
    { name: UNNAMED, reason: 'Not supported on external server' },
    { name: UNNAMED, reason: 'Tag: needs:repl denied' },
  ]);
});

test('an exception ends the file', () => {
  const { passed, broken } = parse(
    '[ok]: PEAR (0 ms)',
    '[exception]: Executing test client: no such fruit.',
    'no such fruit',
    '    while executing',
  );
  expect(passed).toEqual(['PEAR']);
  expect(broken).toEqual(['Executing test client: no such fruit.\nno such fruit\n    while executing']);
});

test('a test that hangs is named', () => {
  const { failed, broken } = parse(
    '[ok]: PEAR (0 ms)',
    '[TIMEOUT]: clients state report follows.',
    'sock5581 => (IN PROGRESS) PLUM never falls',
    '',
    '                   The End',
  );
  expect(failed).toEqual([{ name: 'PLUM never falls', reason: 'it did not end' }]);
  expect(broken).toHaveLength(1);
});

test('a hang between tests is told as it is', () => {
  const { failed, broken } = parse(
    '[TIMEOUT]: clients state report follows.',
    'sock5581 => (SPAWNING SERVER) port 22111',
    'Killing still running Redis server 17',
  );
  expect(failed).toEqual([]);
  expect(broken[0]).toContain('SPAWNING SERVER');
});

test('endless details are cut', () => {
  const { failed } = parse('[err]: PEAR in tests/unit/fruit.tcl', 'x'.repeat(100_000));
  expect(failed[0].reason.length).toBeLessThan(3_000);
});
