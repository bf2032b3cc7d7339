/** Passwords, users and what clients may change. */

import { choice, integer, LONG_MAX, text } from '../scalar-options.ts';

const WHO = ['no', 'yes', 'local'] as const;
const NO_USERS = 'there is no user but the default one yet';

export const securityOptions = [
  text('requirepass', null, 'Password of the default user', { sensitive: true, binary: true }),
  choice('enable-protected-configs', 'no', WHO, 'Who may set protected options: nobody, anybody, or local clients', {
    immutable: true,
  }),
  choice('enable-debug-command', 'no', WHO, 'Who may use DEBUG', { immutable: true }),
  choice('enable-module-command', 'no', WHO, 'Who may use MODULE', { immutable: true, inert: 'there are no modules' }),
  text('aclfile', '', 'File of users', { immutable: true, inert: NO_USERS }),
  integer('acllog-max-len', 128, 0, LONG_MAX, 'Entries of ACL LOG', { inert: NO_USERS }),
  choice(
    'acl-pubsub-default',
    'resetchannels',
    ['allchannels', 'resetchannels'],
    'Channels a new user may use: all or none',
    { inert: NO_USERS },
  ),
] as const;
