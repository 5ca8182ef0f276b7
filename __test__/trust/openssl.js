'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');

/** What OpenSSL says of the same chain. */

const MISSING = 'OpenSSL is not installed, and the verdicts are compared with its: apt-get install openssl';

/** Debian's level for TLS, which `openssl verify` does not have by itself: RSA of 2048 bits, no SHA-1. */
const LEVEL = ['-auth_level', '2'];

/** What was found about verification, in the words of both commands: `error 10 at …: …`, `verify error:num=10:…`. */
const FAULT = /\berror(?: |:num=)(\d+)/;

/**
 * @typedef {object} Question
 * @property {string} chainPem As presented, leaf first.
 * @property {string} ca PEM.
 * @property {string} host
 * @property {number} port Where it is presented.
 */

/**
 * @param {Question} question
 * @returns {Promise<{ verify: number, client: number }>} The number of the first error of `openssl verify` and of
 *   `openssl s_client`, see X509_V_ERR_…; 0: accepted.
 */
async function opensslVerdicts({ chainPem, ca, host, port }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-openssl-'));
  try {
    const file = (name, content) => {
      fs.writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    };
    const named = net.isIP(host) ? ['-verify_ip', host] : ['-verify_hostname', host];
    const trusted = ['-no-CApath', '-no-CAstore', '-CAfile', file('ca.pem', ca), ...named];
    const chain = file('chain.pem', chainPem);
    const [verified, connected] = await Promise.all([
      openssl(['verify', ...trusted, ...LEVEL, '-purpose', 'sslserver', '-untrusted', chain, chain]),
      openssl([
        ...['s_client', '-connect', `127.0.0.1:${port}`, ...trusted, '-verify_return_error'],
        ...(net.isIP(host) ? ['-noservername'] : ['-servername', host]),
      ]),
    ]);
    return {
      verify: faultOf(verified, /: OK$/m),
      client: faultOf(connected, /Verify return code: 0 \(ok\)/),
    };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string} output
 * @param {RegExp} accepted
 */
function faultOf(output, accepted) {
  const fault = FAULT.exec(output);
  if (fault) return Number(fault[1]);
  if (accepted.test(output)) return 0;
  throw new Error(`OpenSSL gave no verdict: ${output}`);
}

/**
 * @param {string[]} args
 * @returns {Promise<string>} What it printed; its exit code follows from that.
 */
async function openssl(args) {
  const child = promisify(execFile)('openssl', args, { encoding: 'utf8', timeout: 20_000 });
  child.child.stdin?.end();
  try {
    const { stdout, stderr } = await child;
    return stdout + stderr;
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error(MISSING, { cause: error });
    if (error.killed) throw new Error(`openssl ${args[0]} did not end`, { cause: error });
    return error.stdout + error.stderr;
  }
}

module.exports = { openssl, opensslVerdicts };
