// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..', '..', '..');
/** What is installed for these tests; it stays from one run to the next. */
const CACHE = path.join(ROOT, '.cache', 'foreign');

/** Where Debian has programs that are not in everybody's PATH. */
const MORE_PATHS = ['/usr/bin', '/usr/sbin', '/usr/local/bin'];

/** Something that these tests need and this machine lacks. */
class Missing extends Error {}

/**
 * Runs a test if all it needs is there. What is missing is told where nobody overlooks it, and fails in CI.
 * @param {import('node:test').TestContext} t
 * @param {() => Promise<void>} run throws Missing
 */
async function ifAllIsThere(t, run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    const line = `MISSING for '${t.name}': ${error.message}`;
    console.error(`\n${'!'.repeat(line.length)}\n${line}\n${'!'.repeat(line.length)}\n`);
    if (process.env.CI) throw error;
    t.skip(line);
  }
}

/**
 * A Python that has a package.
 * @param {string} name of the environment
 * @param {string} requirement such as `paho-mqtt==2.1.0`
 * @returns {string} path of the interpreter
 * @throws {Missing}
 */
function pythonWith(name, requirement) {
  const directory = path.join(CACHE, name);
  const python = path.join(directory, 'bin', 'python');
  prepare(directory, requirement, () => {
    attempt('python3 with venv', 'python3', ['-m', 'venv', directory]);
    const options = ['--quiet', '--disable-pip-version-check'];
    attempt(`${requirement} of PyPI`, python, ['-m', 'pip', 'install', ...options, requirement]);
  });
  return python;
}

/**
 * A folder in whose node_modules there is a package.
 * @param {string} name
 * @param {string} requirement such as `mqtt@5.16.0`
 * @returns {string} the node_modules
 * @throws {Missing}
 */
function nodeModulesWith(name, requirement) {
  const directory = path.join(CACHE, name);
  prepare(directory, requirement, () => {
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, 'package.json'), '{"private":true}');
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefix', directory];
    attempt(`${requirement} of npm`, 'npm', ['install', ...options, requirement]);
  });
  return path.join(directory, 'node_modules');
}

/**
 * @param {string} name
 * @param {string} from how it is installed
 * @returns {string} path
 * @throws {Missing}
 */
function program(name, from) {
  const paths = [...(process.env.PATH ?? '').split(path.delimiter), ...MORE_PATHS];
  const found = paths.map((each) => path.join(each, name)).find((file) => fs.existsSync(file));
  if (found) return found;
  throw new Missing(`the program ${name} (${from})`);
}

let last = 0;

/** Of loopback, and of each test its own: nobody else has the standard ports there. */
const nextAddress = () => `127.77.${process.pid % 256}.${++last}`;

/**
 * Whether this user may listen where clients look that know no other port.
 * @param {string} address
 * @param {number[]} ports
 * @throws {Missing}
 */
async function requirePorts(address, ports) {
  for (const port of ports) {
    const server = net.createServer();
    const error = await new Promise((resolve) => {
      server.once('error', resolve).once('listening', () => resolve(undefined));
      server.listen(port, address);
    });
    server.close();
    if (error === undefined) continue;
    throw new Missing(
      `port ${port} of ${address} (${error.code}); below 1024: sysctl net.ipv4.ip_unprivileged_port_start=443`,
    );
  }
}

/**
 * @param {string} directory
 * @param {string} requirement
 * @param {() => void} install
 */
function prepare(directory, requirement, install) {
  const ready = path.join(directory, 'ready');
  if (fs.existsSync(ready) && fs.readFileSync(ready, 'utf8') === requirement) return;
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(CACHE, { recursive: true });
  install();
  fs.writeFileSync(ready, requirement);
}

/**
 * @param {string} what is missing if it fails
 * @param {string} command
 * @param {string[]} args
 */
function attempt(what, command, args) {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Missing(`${what}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
}

module.exports = { Missing, ifAllIsThere, nextAddress, nodeModulesWith, program, pythonWith, requirePorts };
