import { expect, test } from 'vitest';
import { family, row } from '../../engine/commands/spec.ts';
import { TestEngine } from '../../engine/engine.testing.ts';
import { Args } from '../../protocol/args.ts';
import { Config } from '../config/config.ts';
import { configCommands } from '../config/config-commands.ts';
import { hiddenArguments } from './redaction.ts';

const config = new Config({ change: () => undefined, current: () => '/' });
const unused = {
  asker: () => ({ local: true, loading: false }),
  resetStatistics: () => {},
  rewriteOptions: () => ({}),
};
const { engine } = new TestEngine([
  configCommands({ config, file: undefined, ...unused }),
  family('connection', [row('AUTH', () => {}, -2, 0), row('HELLO', () => {}, -1, 0)]),
]);

test.each([
  ['AUTH pw', [1]],
  ['auth user pw', [1, 2]],
  ['HELLO 3 SETNAME auth AUTH user pw', [5, 6]],
  ['HELLO 3 AUTH user', [3]],
  ['HELLO 3 SETNAME x', []],
  ['CONFIG SET requirepass pw maxmemory 1 MASTERAUTH pw', [3, 7]],
  ['CONFIG GET requirepass', []],
  ['SET requirepass pw', []],
])('%s hides %j', (line, hidden) => {
  const args = Args.of(line.split(' ').map((word) => Buffer.from(word)));
  const command = engine.commands.resolve(args);
  if (command === undefined) throw new Error(`${line} is unknown`);
  expect(hiddenArguments(command, args)).toEqual(hidden);
});
