// @ts-check
'use strict';

/**
 * The command that finds out more about a connection. It never holds a secret: the doctor reads the connection string
 * from the environment.
 *
 * @param {Pick<import('./connection_failure').Target, 'ca' | 'protocol' | 'proxy' | 'clientChain' | 'clientFiles'>} target
 * @returns {string} `npx edge-downstream doctor --ca root.pem`
 */
function doctorCommand({ ca, protocol = 'mqtt', proxy, clientChain, clientFiles }) {
  const options = [];
  if (isGiven(ca)) options.push('--ca', pathOf(ca) ?? '<file>');
  if (clientChain !== undefined) {
    options.push(
      '--cert',
      pathOf(clientFiles?.cert) ?? '<file>',
      '--key',
      pathOf(clientFiles?.key) ?? '<file>',
    );
  }
  // The environment tells the doctor, too.
  if (proxy !== undefined && !/^https_proxy$/i.test(proxy.origin)) {
    options.push(
      '--proxy',
      `http://${proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host}:${proxy.port}`,
    );
  }
  if (protocol !== 'mqtt') options.push('--protocol', protocol);
  return ['npx edge-downstream doctor', ...options].join(' ');
}

/** @param {unknown} ca */
function isGiven(ca) {
  return ca !== undefined && ca !== null && ca !== '';
}

/**
 * @param {unknown} ca
 * @returns {string | undefined} The path as a shell takes it, where `ca` is one, or an array of one.
 */
function pathOf(ca) {
  if (Array.isArray(ca)) return ca.length === 1 ? pathOf(ca[0]) : undefined;
  if (typeof ca !== 'string' || ca.includes('-----') || /[\r\n]/.test(ca)) return undefined;
  return /^[\w./\\:@%+,~-]+$/.test(ca) ? ca : `'${ca.replaceAll("'", "'\\''")}'`;
}

module.exports = { doctorCommand, isGiven };
