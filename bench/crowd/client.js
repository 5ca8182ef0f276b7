// @ts-check
'use strict';

const { Client, Mqtt } = require('../..');

const KEY = Buffer.alloc(32, 1).toString('base64');

/** @param {{ deviceId: string, port: number, ca: string }} device @returns {Promise<Client>} Not open yet. */
async function clientOf({ deviceId, port, ca }) {
  const text = `HostName=bench.azure-devices.net;DeviceId=${deviceId};SharedAccessKey=${KEY};GatewayHostName=localhost:${port}`;
  const client = Client.fromConnectionString(text, Mqtt);
  client.on('error', () => {});
  await client.setOptions({ ca });
  return client;
}

module.exports = { clientOf };
