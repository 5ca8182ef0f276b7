// @ts-check
'use strict';

const { word } = require('./shell');

/** @typedef {import('../..').DiagnosisFacts} DiagnosisFacts */

/**
 * Commands of the Azure CLI, to be run by somebody who administers the hub.
 *
 * @param {DiagnosisFacts} facts
 */
function hubCommands({ connectionString = { protocol: 'mqtt', faults: [] } }) {
  const { hub, deviceId } = connectionString;
  const device = deviceId ? word(deviceId) : '<device>';
  const hubName = hub ? word(hub.split('.')[0]) : '<hub>';
  const identity = (/** @type {string} */ command, more = '') =>
    `az iot hub device-identity ${command} --device-id ${device} --hub-name ${hubName}${more}`;
  const edgeHub = (/** @type {string} */ query) =>
    `az iot hub module-twin show --device-id <gateway> --module-id '$edgeHub' --hub-name ${hubName} --query ${query}`;
  return {
    showParent: identity('parent show'),
    setParent: identity('parent set', ' --parent-device-id <gateway>'),
    showStatus: identity('show', ' --query status'),
    // Names how, and thumbprints; of a device with a key it would show the key.
    showAuthentication: identity(
      'show',
      ' --query "{type:authentication.type,x509:authentication.x509Thumbprint}"',
    ),
    // Into a file: it holds the key.
    showConnectionString: identity('connection-string show', ' --output tsv > connection-string.txt'),
    showRoutes: edgeHub('properties.desired.routes'),
    showTimeToLive: edgeHub('properties.desired.storeAndForwardConfiguration'),
  };
}

/**
 * What cannot be known from the device (contract edge-gateway.md §10.2) and matters, after what was seen, with the command
 * that tells.
 *
 * @param {DiagnosisFacts} facts
 * @returns {import('../..').Unknowable[]}
 */
function unknowable(facts) {
  const commands = hubCommands(facts);
  const { outcome, code } = facts.connect ?? {};
  const accepted = outcome === 'accepted';
  const refused = outcome === 'unanswered' || code === 5;
  const all = [
    {
      matters: accepted,
      what: 'Whether a route takes its messages to the cloud: without one the gateway acknowledges and drops them.',
      command: commands.showRoutes,
    },
    {
      matters: refused,
      what: 'Whether this gateway is its parent, or the key is wrong, for certain: a gateway refuses both alike.',
      command: commands.showParent,
    },
    {
      matters: refused,
      what: 'Whether the device is disabled at the hub.',
      command: commands.showStatus,
    },
    {
      matters: accepted,
      what: 'Whether messages expired on the gateway while it was offline: they vanish after their time to live.',
      command: commands.showTimeToLive,
    },
  ];
  return all.filter(({ matters }) => matters).map(({ what, command }) => ({ what, command }));
}

module.exports = { hubCommands, unknowable };
