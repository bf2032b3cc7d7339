/** The server as a process: its log, its end, its place in the operating system. */

import { compound, oomScores } from '../compound-options.ts';
import { bool, choice, flags, INT_MAX, integer, text } from '../scalar-options.ts';

const NO_TITLE = 'the process title is left alone';
const NO_REPORT = 'Node.js reports its own crashes';
const NO_SCORE = 'the kernel is not told';
const FOREGROUND = 'the server stays in the foreground: leave that to a service manager';
const NO_SYSLOG = 'the log goes to a file or to standard output';
const PINNED = { immutable: true, inert: 'Node.js does not pin itself to processors' };

const SHUTDOWN_WORDS = ['default', 'save', 'nosave', 'now', 'force'];
/** Bits of `shutdown-on-sigint` and `shutdown-on-sigterm`. */
export const SHUTDOWN = { save: 1, nosave: 2, now: 4, force: 8 } as const;

function validateShutdown(mask: number): string | undefined {
  const both = SHUTDOWN.save | SHUTDOWN.nosave;
  return (mask & both) === both ? "shutdown options SAVE and NOSAVE can't be used simultaneously" : undefined;
}

/** Variables of the process title, and whether they always stand for some text: a title must not be empty. */
const TITLE_VARIABLES = new Map([
  ['title', false],
  ['listen-addr', true],
  ['server-mode', false],
  ['config-file', true],
  ['port', true],
  ['tls-port', true],
  ['unixsocket', false],
]);

function validateTitle(template: string): string | undefined {
  const refusal = 'template format is invalid or contains unknown variables';
  let visible = false;
  for (const [part, name] of template.matchAll(/\{\{|\{([^}]*)\}|\{|[^{]+/gs)) {
    if (part === '{' || (name !== undefined && !TITLE_VARIABLES.has(name))) return refusal;
    if (name === undefined ? part.trim() !== '' : TITLE_VARIABLES.get(name)) visible = true;
  }
  return visible ? undefined : refusal;
}

export const processOptions = [
  integer('databases', 16, 1, INT_MAX, 'Number of databases', { immutable: true }),
  choice('loglevel', 'notice', ['debug', 'verbose', 'notice', 'warning'], 'Least important messages that are logged'),
  text('logfile', '', 'File of the log; none is standard output', { immutable: true }),
  text('pidfile', null, 'File for the process id', { immutable: true }),
  bool('daemonize', 'no', 'Go to the background', { immutable: true, inert: FOREGROUND }),
  choice('supervised', 'no', ['upstart', 'systemd', 'auto', 'no'], 'Service manager to notify', {
    immutable: true,
    inert: FOREGROUND,
  }),
  flags('shutdown-on-sigint', SHUTDOWN_WORDS, 'How SIGINT ends the server', validateShutdown),
  flags('shutdown-on-sigterm', SHUTDOWN_WORDS, 'How SIGTERM ends the server', validateShutdown),
  integer('shutdown-timeout', 10, 0, INT_MAX, 'Seconds to wait for replicas before ending', {
    inert: 'there are no replicas to wait for yet',
  }),
  integer('hz', 10, 0, INT_MAX, 'Rounds of background work a second', { clamp: [1, 500] }),
  bool('dynamic-hz', 'yes', 'More rounds with more clients', {
    inert: 'rounds are short whatever the number of clients',
  }),
  bool('always-show-logo', 'no', 'Show the logo also when the log goes to a file', {
    immutable: true,
    inert: 'no logo',
  }),
  bool('set-proc-title', 'yes', 'Show the server in the process title', { immutable: true, inert: NO_TITLE }),
  text('proc-title-template', '{title} {listen-addr} {server-mode}', 'Template of the process title', {
    validate: validateTitle,
    inert: NO_TITLE,
  }),
  bool('syslog-enabled', 'no', 'Log to syslog', { immutable: true, inert: NO_SYSLOG }),
  text('syslog-ident', 'redis', 'Name in syslog', { immutable: true, inert: NO_SYSLOG }),
  choice(
    'syslog-facility',
    'local0',
    ['user', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
    'Facility in syslog',
    { immutable: true, inert: NO_SYSLOG },
  ),
  text('locale-collate', '', 'Locale in which strings are compared', { inert: 'strings compare by their bytes' }),
  bool('crash-log-enabled', 'yes', 'Write a report when the server crashes', { inert: NO_REPORT }),
  bool('crash-memcheck-enabled', 'yes', 'Test the memory after a crash', { inert: NO_REPORT }),
  bool('use-exit-on-panic', 'no', 'End with exit instead of abort after a panic', { hidden: true, inert: NO_REPORT }),
  integer('watchdog-period', 0, 0, INT_MAX, 'Milliseconds after which a stall is logged', {
    hidden: true,
    inert: 'stalls are not watched',
  }),
  text('ignore-warnings', '', 'Start-up warnings to pass over', { inert: 'there are none that stop the server' }),
  bool('disable-thp', 'yes', 'Turn off transparent huge pages', {
    immutable: true,
    inert: 'Node.js does not set it',
  }),
  text('server_cpulist', null, 'Processors of the server', PINNED),
  text('bio_cpulist', null, 'Processors of background threads', PINNED),
  text('aof_rewrite_cpulist', null, 'Processors of the log rewriter', PINNED),
  text('bgsave_cpulist', null, 'Processors of the snapshot writer', PINNED),
  choice(
    'oom-score-adj',
    'no',
    ['no', 'yes', 'relative', 'absolute'],
    'Tell the kernel which process to end first when memory runs out',
    { inert: NO_SCORE },
    { relative: 'yes' },
  ),
  compound('oom-score-adj-values', oomScores, 'Scores of a primary, a replica and a background child', {
    inert: NO_SCORE,
  }),
] as const;
