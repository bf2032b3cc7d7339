/** Which arguments must not be shown to anybody who looks at commands later: passwords and secrets in options. */
import type { Command } from '../../engine/dispatch/command.ts';
import type { Args } from '../../protocol/args.ts';
import { sensitiveArguments } from '../config/config-commands.ts';

/** What stands for such an argument, in SLOWLOG and MONITOR. */
export const REDACTED = '(redacted)';

/** Indexes of the arguments to hide. */
export function hiddenArguments(command: Command, args: Args): readonly number[] {
  switch (command.fullName) {
    case 'auth':
      return everyArgument(args);
    case 'hello':
      return credentialsOfHello(args);
    case 'config|set':
      return sensitiveArguments(args);
    default:
      return NONE;
  }
}

const NONE: readonly number[] = [];

function everyArgument(args: Args): number[] {
  return Array.from({ length: args.count - 1 }, (_, i) => i + 1);
}

/** HELLO [protover [AUTH username password] [SETNAME name]]: both the name and the password. */
function credentialsOfHello(args: Args): number[] {
  const hidden: number[] = [];
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, 'setname')) i++;
    else if (args.is(i, 'auth')) hidden.push(...[i + 1, i + 2].filter((index) => index < args.count));
  }
  return hidden;
}
