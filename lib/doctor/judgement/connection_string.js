// @ts-check
'use strict';

const { finding } = require('../causes');
const { hubCommands } = require('../hub_side');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ConnectionStringFault} Fault */
/** @typedef {{ title: string, explanation: string, remedy: string, command?: string }} Words */

const FORM = 'HostName=<hub>;DeviceId=<device>;SharedAccessKey=<key>;GatewayHostName=<gateway>';
const COPY = `Copy it from the hub once more, whole; it reads ${FORM}.`;

/** What a field holds. */
const MEANT = /** @type {Record<string, string>} */ ({
  HostName: 'name of the hub',
  DeviceId: 'id of the device',
  SharedAccessKey: 'key of the device',
  SharedAccessSignature: 'token of the device',
  GatewayHostName: 'host name of the gateway',
});

/**
 * What each fault means.
 *
 * @type {Record<string, (fault: Fault, facts: DiagnosisFacts) => Words>}
 */
const WORDS = {
  'connection-string-other': ({ detail, suggestion = '' }) => ({
    title: `What is given is not the connection string of a device, but ${detail}`,
    explanation: `That of a device reads ${FORM}.`,
    remedy: suggestion,
  }),
  'connection-string-of-service': ({ detail }) => ({
    title: `The connection string is that of a service (SharedAccessKeyName=${detail}), not of a device`,
    explanation:
      'A policy of the hub, such as iothubowner, has rights on all devices and is none: no gateway admits it.',
    remedy:
      'Take the one of the device: IoT Hub, Devices, the device, Primary connection string. Keep the other secret.',
  }),
  'connection-string-cut': ({ where, detail }) => ({
    title: `The connection string ends at ${detail}, behind ${where}: a shell probably took the rest`,
    explanation:
      'Without quotes a shell ends the command at a semicolon or an ampersand, and the word at a blank.',
    remedy:
      'Put the whole in single quotes, as below; so does a line of a script or of a file that a shell reads.',
    command:
      "export IOTHUB_DEVICE_CONNECTION_STRING='HostName=…;DeviceId=…;SharedAccessKey=…;GatewayHostName=…'",
  }),
  'connection-string-wrapped': ({ detail, suggestion = '' }) => ({
    title: `The connection string has ${detail}`,
    explanation: 'connect() takes it as it is and refuses it. What is inside was examined.',
    remedy: suggestion,
  }),
  'connection-string-placeholder': ({ where, detail }) => ({
    title: `${where} is still a placeholder${detail ? `: ${detail}` : ''}`,
    explanation: `The words in brackets stand for values: ${FORM}.`,
    remedy: `Put the ${MEANT[where ?? ''] ?? 'value'} there, without brackets.`,
  }),
  'connection-string-malformed': ({ where, detail }) => ({
    title: detail
      ? `In the connection string, ${detail} stands behind ${where}, where = belongs`
      : /^element/.test(where ?? '')
        ? `In the connection string, ${where} is not of the form name=value`
        : `${where} of the connection string has no value`,
    explanation: 'Elements read name=value and are separated by semicolons.',
    remedy: detail ? `Write ${where}=….` : COPY,
  }),
  'connection-string-separator': ({ where }) => ({
    title: `There is no semicolon before ${where} in the connection string`,
    explanation: 'Without it the field is taken for a part of the value before.',
    remedy: `Put a semicolon before ${where}.`,
  }),
  'connection-string-field-missing': ({ where }) => ({
    title: `The connection string has no ${where}`,
    explanation: `${where === 'HostName' ? 'The token is made for the hub, so its name is needed also behind a gateway.' : 'The device must say who it is.'}`,
    remedy: COPY,
  }),
  'connection-string-field-misspelt': ({ where, suggestion }) => ({
    title: `The connection string has a field ${where}, which should be ${suggestion}`,
    explanation: 'Names of fields are case-sensitive, and one that is not known is passed over.',
    remedy: `Write it ${suggestion}.`,
  }),
  'connection-string-field-duplicate': ({ where }) => ({
    title: `The connection string has ${where} twice`,
    explanation: 'Which of them counts is chance: azure-iot-device takes the last, connect() takes neither.',
    remedy: 'Keep one.',
  }),
  'connection-string-space': ({ where, detail }) => ({
    title:
      where === 'whole'
        ? 'There are quotes around the connection string'
        : `There ${detail === 'quotes' ? 'are quotes' : 'is white space'} around the ${where} of the connection string`,
    explanation:
      'They count as part of it. Quotes of a shell or an env file often survive, and what was read from a file often ends in a line break.',
    remedy: 'Remove them.',
  }),
  'connection-string-field-unknown': ({ where }) => ({
    title: `The connection string has something unknown: ${where}`,
    explanation: 'connect() refuses it; Client passes over it. A piece of another value may have got there.',
    remedy: `Remove it. The form is ${FORM}.`,
  }),
  'credential-missing': () => ({
    title: 'The connection string has neither a key nor a token',
    explanation:
      'Without SharedAccessKey, SharedAccessSignature or x509=true the device cannot say who it is.',
    remedy: COPY,
  }),
  'credential-conflict': ({ where }) => ({
    title: `The connection string has both ${where}`,
    explanation: 'A device authenticates in one way only.',
    remedy: 'Keep the one the device is registered with.',
  }),
  'key-not-base64': ({ detail }) => ({
    title: detail ?? 'SharedAccessKey is not base64',
    explanation: 'A damaged key signs tokens that every gateway refuses.',
    remedy: "Copy the device's primary or secondary key once more, whole and without quotes.",
  }),
  'key-length': ({ detail }) => ({
    title: `The key has ${detail} bytes; keys of the hub have 16 to 64`,
    explanation: 'It may be cut off, or not be the key.',
    remedy: "Compare it with the device's keys at the hub.",
  }),
  'device-id-unusable': ({ detail }) => ({
    title: detail ?? 'The device id cannot be used behind a gateway',
    explanation:
      'The id stands raw in MQTT topics and in the user name: # and + are wildcards there, / separates, and a gateway decodes %.',
    remedy: 'Register the device under another id.',
  }),
  'module-certificate': () => ({
    title: 'The connection string is that of a module (ModuleId) with a certificate (x509=true)',
    explanation: 'A gateway takes no certificates of modules, and connect() refuses such a string.',
    remedy: 'Register the module with a symmetric key, and use its connection string.',
  }),
  'gateway-is-hub': ({ suggestion }) => ({
    title: 'GatewayHostName names the IoT hub, not a gateway',
    explanation: 'HostName is the hub, GatewayHostName the IoT Edge device that the messages go through.',
    remedy: suggestion
      ? `The two seem exchanged: HostName=<hub>.azure-devices.net and GatewayHostName=${suggestion}.`
      : "Put the gateway's host name there: what hostname says in its /etc/aziot/config.toml.",
  }),
  'gateway-missing': (_fault, { connectionString }) => ({
    title: `The connection string has no GatewayHostName: the device would talk to ${connectionString?.hub} directly`,
    explanation:
      'Nothing tells the device of the gateway. Its root certificate would then be tried on the hub, and fail.',
    remedy: 'Add ;GatewayHostName=<gateway>, with what hostname says in its /etc/aziot/config.toml.',
  }),
  'gateway-port-invalid': ({ where, detail }) => ({
    title: `${where} has ${detail}`,
    explanation: 'MQTT of a gateway is on port 8883, which need not be written.',
    remedy: `Correct the port behind the colon, or leave both away.`,
  }),
  'gateway-name-unusable': ({ where, suggestion, detail }) => ({
    title: suggestion
      ? `${where} is more than a host name`
      : `${where} is no host name or address${detail ? `: ${detail}` : ''}`,
    explanation: 'A name or an address belongs there, if need be with a port: neither scheme nor path.',
    remedy: suggestion
      ? `Write ${where}=${suggestion}.`
      : `Correct it: ${where}=gateway.local, for instance.`,
  }),
  'gateway-name-form': ({ where, suggestion, detail }) => ({
    title: `${where} contains ${detail}`,
    explanation:
      'It works here. Other clients refuse such a name, and it must be the very string that the gateway is configured with.',
    remedy: `Prefer ${suggestion}, if the gateway's certificate carries that name.`,
  }),
  'hub-name-unusual': (_fault, { connectionString }) => ({
    title: `HostName is ${connectionString?.hub}, which does not look like an IoT hub`,
    explanation:
      'It is the audience of the token, and a gateway accepts only its hub or its own host name there.',
    remedy: 'Check it: HostName=<hub>.azure-devices.net.',
  }),
};

const FROM_HUB = new Set([
  'key-not-base64',
  'credential-missing',
  'connection-string-malformed',
  'connection-string-of-service',
  'key-length',
]);

/** @param {DiagnosisFacts} facts */
function judgeConnectionString(facts) {
  const faults = facts.connectionString?.faults ?? [];
  return faults.map((fault) => {
    const command = FROM_HUB.has(fault.kind) ? hubCommands(facts).showConnectionString : undefined;
    const { where, suggestion } = fault;
    return finding(fault.kind, {
      command,
      ...WORDS[fault.kind](fault, facts),
      evidence: { where, suggestion },
    });
  });
}

module.exports = { judgeConnectionString };
