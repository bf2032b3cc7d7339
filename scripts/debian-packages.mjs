import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { Advice } from './checkout.mjs';
import { runCommand } from './run-command.mjs';

/*
 * The peers that the tests compare Hotset with come from Debian, because a test against the real redis-server is worth
 * more than one against our memory of it. Debian starts a service right after installing redis-server; on 6379 it would
 * be in the way of `npm start`. We keep it from starting: under System V by claiming single-user mode, under systemd by
 * masking the unit while apt runs and disabling it afterwards. A policy-rc.d file was rejected: it would hold back the
 * services of whatever else is being installed on the machine at that moment.
 */

/** Which program each Debian package is wanted for. */
const WANTED = [
  { program: 'redis-server', debianPackage: 'redis-server' },
  { program: 'redis-cli', debianPackage: 'redis-tools' },
  { program: 'redis-benchmark', debianPackage: 'redis-tools' },
  { program: 'tclsh', debianPackage: 'tcl' },
  { program: 'dpkg-source', debianPackage: 'dpkg-dev' },
];
const SERVICE = 'redis-server.service';
const SERVICE_PORT = 6379;
const CONNECT_TIMEOUT_MS = 1_000;

/** Installs the programs that the tests need, or throws an Advice naming exactly what is missing. */
export async function ensureDebianPackages() {
  const packages = await missingPackages();
  if (packages.length === 0) return;
  const prefix = await howToBecomeRoot();
  if (prefix === undefined) throw new Advice(whatToInstall(packages));

  const portWasTaken = await isPortTaken();
  console.log(`Installing Debian's ${packages.join(', ')}…`);
  const { code, output } = await install(prefix, packages);
  const still = await missingPackages();
  if (code !== 0 || still.length > 0) {
    throw new Advice(`${output.trim()}\n\napt-get ended with ${code}.\n${whatToInstall(packages)}`);
  }
  if (!portWasTaken && (await isPortTaken())) {
    console.log(`Debian has started redis-server on port ${SERVICE_PORT}. To stop it: sudo service redis-server stop`);
  }
}

async function missingPackages() {
  const missing = new Set();
  for (const { program, debianPackage } of WANTED) {
    if (!(await isInstalled(program))) missing.add(debianPackage);
  }
  return [...missing];
}

/** @param {string} program */
async function isInstalled(program) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/**
 * What to put before a command that root must run: nothing for root itself, sudo when it asks for no password.
 * @returns {Promise<string[] | undefined>} undefined when apt-get is absent or may not be used
 */
async function howToBecomeRoot() {
  if (!(await isInstalled('apt-get'))) return undefined;
  if (process.getuid?.() === 0) return [];
  const { code } = await runCommand('sudo', ['-n', 'true'], { quiet: true });
  return code === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * @param {string[]} prefix
 * @param {string[]} packages
 */
async function install(prefix, packages) {
  /** @param {string[]} command */
  const asRoot = (...command) => {
    const [program = '', ...args] = [...prefix, ...command];
    return runCommand(program, args, { quiet: true });
  };
  const guardService = packages.includes('redis-server') && existsSync('/run/systemd/system');
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-o', 'DPkg::Lock::Timeout=120', '-y'];
  if (guardService) await asRoot('systemctl', 'mask', '--runtime', SERVICE);
  try {
    // A failed update is not the end: the lists at hand may do, and an installation that fails says why.
    await asRoot(...apt, 'update');
    return await asRoot(...apt, 'install', '--no-install-recommends', ...packages);
  } finally {
    if (guardService) {
      await asRoot('systemctl', 'unmask', '--runtime', SERVICE);
      await asRoot('systemctl', 'disable', SERVICE);
    }
  }
}

/** @param {string[]} packages */
function whatToInstall(packages) {
  const programs = WANTED.filter(({ debianPackage }) => packages.includes(debianPackage)).map(({ program }) => program);
  return [
    `The tests need ${programs.join(', ')}. On Debian, install them and run npm test again:`,
    '',
    `  sudo apt-get update && sudo apt-get install --no-install-recommends ${packages.join(' ')}`,
    '',
    `Debian starts a redis-server on port ${SERVICE_PORT} then; to keep the port for Hotset:`,
    '',
    '  sudo service redis-server stop',
  ]
    .slice(0, packages.includes('redis-server') ? undefined : 3)
    .join('\n');
}

/** @returns {Promise<boolean>} */
function isPortTaken() {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: SERVICE_PORT, timeout: CONNECT_TIMEOUT_MS });
    /** @param {boolean} taken */
    const answer = (taken) => {
      socket.destroy();
      resolve(taken);
    };
    socket.on('connect', () => answer(true));
    socket.on('timeout', () => answer(false));
    socket.on('error', () => answer(false));
  });
}
