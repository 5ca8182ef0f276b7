// @ts-check
'use strict';

const net = require('node:net');
const { HOSTS_FILE } = require('./hosts_file');
const { lineFor, setting } = require('./shell');

/**
 * @typedef {import('./screen').Line} Line
 *
 * What a person or a program needs to know at the start.
 * @typedef {object} Facts
 * @property {import('../index').Gateway} gateway
 * @property {import('./settings').Settings} settings
 * @property {string} rootFile
 * @property {boolean} loopback whether only this machine reaches it
 * @property {boolean} needsHostsEntry
 * @property {import('./arguments').Arguments} args
 */

/** A token in a line to copy lives as long. */
const LIFETIME_MS = 24 * 3600 * 1000;

/**
 * What a person needs to make a device connect. Every line to copy works in whatever folder it is pasted.
 * @param {Facts} facts
 * @returns {Line[]}
 */
function banner(facts) {
  const { gateway, settings, rootFile } = facts;
  return [
    headed(facts.args.hub ? 'IoT Hub' : 'Gateway', `${gateway.endpoint}, `, listening(facts)),
    headed('WebSocket', gateway.webSocketUrl),
    headed('Root CA', rootFile),
    ...moods(facts).map(([name, value]) => headed(name, { text: value, color: 'yellow' })),
    ...settings.shown.flatMap((id) => [
      '',
      { text: id, color: /** @type {const} */ ('bold') },
      gateway.connectionString(id),
    ]),
    ...paragraphs(facts).flatMap(([title, ...lines]) => ['', title, '', ...lines]),
  ];
}

/**
 * @param {string} name
 * @param {...import('./screen').Piece} pieces
 * @returns {Line}
 */
const headed = (name, ...pieces) => [{ text: name.padEnd(9), color: 'bold' }, ' ', ...pieces];

/**
 * @param {Facts} facts
 * @returns {import('./screen').Piece}
 */
function listening({ gateway: { host, port }, loopback }) {
  const at = `listening on ${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  if (loopback) return `${at}, for this machine alone (--listen 0.0.0.0 lets others in)`;
  return { text: `${at}: others on the network reach it, too`, color: 'yellow' };
}

/**
 * @param {Facts} facts
 * @returns {Array<[string, string]>} what is not as usual
 */
function moods({ args: { config, variant }, settings: { faults, options } }) {
  /** @type {Array<[string, string]>} */
  const moods = [];
  if (config !== undefined) moods.push(['Config', config]);
  if (variant !== undefined) moods.push(['Certs', variant]);
  for (const fault of faults) moods.push(['Fault', fault]);
  if (options.offline) moods.push(['Cloud', 'offline']);
  if (options.strict) moods.push(['Strict', 'like IoT Hub']);
  return moods;
}

/**
 * Lines to copy, under a title each.
 * @param {Facts} facts
 * @returns {string[][]}
 */
function paragraphs(facts) {
  const { gateway, settings, rootFile } = facts;
  // With X.509 the lines would have to name a certificate that its owner has.
  const withCertificates = new Set(gateway.devices().flatMap(({ clientId, x509 }) => (x509 ? clientId : [])));
  const shown = settings.shown.filter((id) => !withCertificates.has(id));
  const device = shown.find((id) => !id.includes('/'));
  const module = shown.find((id) => id.includes('/'));
  return [
    ...(facts.needsHostsEntry ? [hostsEntry(gateway)] : []),
    ...(device === undefined
      ? []
      : [environment(gateway, device, rootFile), inNode(gateway, facts.args.hub), inPython(gateway)]),
    ...(module === undefined ? [] : [moduleEnvironment(gateway, module, rootFile)]),
    ...[device ?? module].filter((id) => id !== undefined).map((id) => withMosquitto(gateway, id, rootFile)),
    openssl(gateway, rootFile),
    ...(device === undefined || facts.args.hub ? [] : [doctor(gateway, device, rootFile)]),
  ];
}

/**
 * @param {import('../index').Gateway} gateway
 */
function hostsEntry({ hostname, host }) {
  const address = net.isIP(host) && !['0.0.0.0', '::'].includes(host) ? host : '127.0.0.1';
  const entry = `${address} ${hostname}`;
  const line =
    process.platform === 'win32'
      ? `echo ${entry}>> "${HOSTS_FILE}"`
      : `echo '${entry}' | sudo tee -a ${HOSTS_FILE}`;
  return [`'${hostname}' is not in the hosts file; unless a name server knows it:`, line];
}

/**
 * @param {import('../index').Gateway} gateway
 * @param {string} id
 * @param {string} rootFile
 */
function environment(gateway, id, rootFile) {
  return [
    `For a program that is this device, by the names that samples of the SDKs read:`,
    setting({
      IOTHUB_DEVICE_CONNECTION_STRING: gateway.connectionString(id),
      PATH_TO_EDGE_CA_CERT: rootFile,
    }),
  ];
}

/**
 * @param {import('../index').Gateway} gateway
 * @param {boolean} hub
 */
function inNode({ port }, hub) {
  const own = port === 8883 ? '' : `, which takes the port in ${hub ? 'HostName' : 'GatewayHostName'}, too`;
  return [
    `In Node.js, with azure-iot-device${own}:`,
    'const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt); ' +
      "await client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf8') });",
  ];
}

/**
 * @param {import('../index').Gateway} gateway
 */
function inPython({ port }) {
  const alone =
    port === 8883 ? '' : ' Like those for C# and Java it knows no port but 8883: start with --port 8883.';
  return [
    `In Python, with azure-iot-device; other SDKs take the root in a similar way.${alone}`,
    'client = IoTHubDeviceClient.create_from_connection_string(os.environ["IOTHUB_DEVICE_CONNECTION_STRING"], ' +
      'server_verification_cert=open(os.environ["PATH_TO_EDGE_CA_CERT"]).read())',
  ];
}

/**
 * @param {import('../index').Gateway} gateway
 * @param {string} id
 * @param {string} rootFile
 */
function moduleEnvironment(gateway, id, rootFile) {
  return [
    `For a program that is the module ${id}, as the SDKs read it from their environment:`,
    setting({ EdgeHubConnectionString: gateway.connectionString(id), EdgeModuleCACertificateFile: rootFile }),
  ];
}

/**
 * @param {import('../index').Gateway} gateway
 * @param {string} id
 * @param {string} rootFile
 */
function withMosquitto(gateway, id, rootFile) {
  const { clientId, username, password } = gateway.mqttCredentials(id, { lifetimeMs: LIFETIME_MS });
  const proof = password === undefined ? [] : ['-P', password];
  const topic = `devices/${id.replace('/', '/modules/')}/messages/events/`;
  const where = ['-h', gateway.hostname, '-p', String(gateway.port), '--cafile', rootFile];
  const what = ['-q', '1', '-t', topic, '-m', 'hello'];
  return [
    'Without an SDK, for a day:',
    lineFor('mosquitto_pub', ...where, '-i', clientId, '-u', username, ...proof, ...what),
  ];
}

/**
 * @param {import('../index').Gateway} gateway
 * @param {string} rootFile
 */
function openssl({ hostname, endpoint }, rootFile) {
  const name = net.isIP(hostname)
    ? ['-verify_ip', hostname]
    : ['-servername', hostname, '-verify_hostname', hostname];
  const line = lineFor('openssl', 's_client', '-connect', endpoint, '-CAfile', rootFile, ...name);
  return ['The certificates, as OpenSSL judges them:', `${line} -verify_return_error -brief < ${nowhere()}`];
}

/**
 * @param {import('../index').Gateway} gateway
 * @param {string} id
 * @param {string} rootFile
 */
function doctor(gateway, id, rootFile) {
  const environment = { IOTHUB_DEVICE_CONNECTION_STRING: gateway.connectionString(id) };
  const line = lineFor('npx', 'edge-downstream', 'doctor', '--ca', rootFile);
  return ['Why a device does not connect:', setting(environment, line)];
}

/** A file in which there is nothing. */
const nowhere = () => (process.platform === 'win32' ? 'NUL' : '/dev/null');

module.exports = { banner };
