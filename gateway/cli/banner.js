// @ts-check
'use strict';

/**
 * What a person needs to make a device connect.
 * @param {object} facts
 * @param {import('../index').Gateway} facts.gateway
 * @param {string[]} facts.devices client ids
 * @param {string} facts.rootFile
 * @param {import('./arguments').Arguments} facts.options
 * @param {import('./colors').Paint} paint
 * @returns {string}
 */
function banner({ gateway, devices, rootFile, options }, paint) {
  const { host, port } = gateway;
  const address = host.includes(':') ? `[${host}]` : host;
  const lines = [
    `${paint('bold', 'Gateway')}   ${gateway.endpoint}, listening on ${address}:${port}`,
    `${paint('bold', 'WebSocket')} ${gateway.webSocketUrl}`,
    `${paint('bold', 'Root CA')}   ${rootFile}`,
  ];
  for (const [name, value] of moods(options))
    lines.push(`${paint('bold', name.padEnd(9))} ${paint('yellow', value)}`);
  for (const id of devices) lines.push('', paint('bold', id), gateway.connectionString(id));
  const [first] = devices;
  if (first !== undefined)
    lines.push('', 'Run an azure-iot-device script as this device:', '', sample(gateway, first, rootFile));
  return lines.join('\n');
}

/**
 * @param {import('./arguments').Arguments} options
 * @returns {Array<[string, string]>} what is not as usual
 */
function moods({ variant, faults, offline, strict }) {
  /** @type {Array<[string, string]>} */
  const moods = [];
  if (variant !== undefined) moods.push(['Certs', variant]);
  for (const fault of faults) moods.push(['Fault', fault]);
  if (offline) moods.push(['Cloud', 'offline']);
  if (strict) moods.push(['Strict', 'like IoT Hub']);
  return moods;
}

/**
 * The line to copy: for cmd.exe or a POSIX shell.
 * @param {import('../index').Gateway} gateway
 * @param {string} id
 * @param {string} rootFile
 */
function sample(gateway, id, rootFile) {
  const connectionString = gateway.connectionString(id);
  const run = 'node -r edge-downstream/register edge_downstream_device.js';
  if (process.platform === 'win32') {
    return `set "IOTHUB_DEVICE_CONNECTION_STRING=${connectionString}" & set "PATH_TO_EDGE_CA_CERT=${rootFile}" & ${run}`;
  }
  return `IOTHUB_DEVICE_CONNECTION_STRING=${quoted(connectionString)} PATH_TO_EDGE_CA_CERT=${quoted(rootFile)} ${run}`;
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

module.exports = { banner };
