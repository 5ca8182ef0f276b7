'use strict';

const { Client, Message, Mqtt, SharedAccessKeyAuthenticationProvider } = require('../..');

/**
 * A device whose token lives for seconds, in a process that can be stopped: it sends a message each time it is told to,
 * and tells that it was acknowledged.
 */

const [connectionString, ca, validS, marginS] = JSON.parse(process.argv[2]);

async function main() {
  const provider = SharedAccessKeyAuthenticationProvider.fromConnectionString(
    connectionString,
    validS,
    marginS,
  );
  const client = Client.fromAuthenticationProvider(provider, Mqtt);
  await client.setOptions({ ca });
  await client.open();
  process.on('message', () => client.sendEvent(new Message('awake'), () => process.send('acknowledged')));
  process.send('open');
}

main();
