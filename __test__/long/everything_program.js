'use strict';

/** An app that uses all that a device can do, for the runtimes of others. */

const { connect } = require('edge-downstream');

async function main() {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING,
    ca: process.env.PATH_TO_EDGE_CA_CERT,
    productInfo: 'everything',
    modelId: 'dtmi:com:example:Everything;1',
  });
  device.onMethod('reboot', ({ delay }) => ({ in: delay }));
  const messages = device.messages();
  const twin = await device.twin();
  const changes = twin[Symbol.asyncIterator]();
  await twin.report({ version: 1 });
  await device.sendEvent({ word: 'ready' });

  const { value: change } = await changes.next();
  const { value: message } = await messages.next();
  const back = new Promise((resolve) => {
    device.on('state', ({ state }) => state === 'connected' && resolve());
  });
  await device.sendEvent({ word: 'cut the line' });
  await back;
  await device.sendEvent(JSON.stringify({ word: 'after the loss' }));
  await device.close();
  console.log(`desired ${change.interval}, ${message.data}, closed`);
}

main();
