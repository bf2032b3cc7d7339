import { expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { helpRow } from './help.ts';
import { container, family } from './spec.ts';

it('frames the lines of a container with its usage and HELP itself', () => {
  const engine = new TestEngine([family('server', [container('THING', [helpRow('THING', ['GET', '    Get it.'])])])]);
  expect(engine.run('thing', 'help')).toBe(
    '*5\r\n+THING <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n+GET\r\n+    Get it.\r\n+HELP\r\n+    Prints this help.\r\n',
  );
  expect(engine.run('thing', 'help', 'me')).toBe("-ERR wrong number of arguments for 'thing|help' command\r\n");
});
