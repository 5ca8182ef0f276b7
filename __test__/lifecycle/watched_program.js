'use strict';

/**
 * A program for `debugging.test.js`: it goes through all that is told, with a gateway of its own, and prints as JSON what
 * was published on the channels, with everything that `util.inspect` finds in it.
 */

const { subscribe } = require('node:diagnostics_channel');
const { once } = require('node:events');
const { inspect } = require('node:util');
const { Client, Message, Mqtt, NoRetry, connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { names } = require('../../lib/plumbing/happenings');

const KEY = process.env.KEY;
const published = [];
for (const name of names) {
  subscribe(`edge-downstream:${name}`, (message) => {
    const { reason, ...facts } = message;
    published.push({
      name,
      facts,
      code: reason?.code,
      all: inspect(message, { depth: 9, showHidden: true, maxStringLength: null }),
    });
  });
}

const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const told = (name) => published.filter((each) => each.name === name).length;

async function main() {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1', primaryKey: KEY }] });
  const connectionString = gateway.connectionString('d1');
  const policy = { shouldRetry: () => true, nextRetryTimeout: () => 5 };

  // Connected, subscribed, lost, connected again, with a new token, closed.
  const client = Client.fromConnectionString(connectionString, Mqtt);
  client.setRetryPolicy(policy);
  await client.setOptions({ ca: gateway.rootPem });
  client.on('message', () => {});
  await client.open();
  await until(() => told('subscribed') > 0);
  gateway.cut('d1', 'rst');
  await until(() => told('connected') > 1);
  await client.sendEvent(new Message('x'));
  const tokenRenewal = { tokenValidTimeInSeconds: 3600, tokenRenewalMarginInSeconds: 900 };
  await client.setOptions({ tokenRenewal });
  await until(() => told('renewed') > 0);
  await client.close();

  // Refused: the subscription, then the device.
  gateway.faults = { suback: 0x80 };
  const deaf = Client.fromConnectionString(connectionString, Mqtt);
  await deaf.setOptions({ ca: gateway.rootPem });
  const failed = once(deaf, 'error');
  deaf.on('message', () => {});
  await failed;
  await deaf.close();
  gateway.faults = {};
  const wrongKey = connectionString.replace(
    /SharedAccessKey=[^;]*/,
    `SharedAccessKey=${process.env.WRONG_KEY}`,
  );
  await connect({ connectionString: wrongKey, ca: gateway.rootPem }).catch(() => {});

  // A provider that says too much, in several lines; another's transport, which is asked again.
  const provider = {
    type: 1,
    getDeviceCredentials: (done) => done(new Error(`cannot sign\n\x1b[2Jwith SharedAccessKey=${KEY}`)),
  };
  const indiscreet = Client.fromAuthenticationProvider(provider, Mqtt);
  indiscreet.setRetryPolicy(new NoRetry());
  await indiscreet.open().catch(() => {});
  const { ClassicTransport } = require('../client/fake_transport');
  const transport = new ClassicTransport();
  const { sendEvent } = transport;
  let failures = 1;
  transport.sendEvent = function (message, callback) {
    if (failures-- > 0) callback(Object.assign(new Error('later'), { name: 'TimeoutError' }));
    else sendEvent.call(this, message, callback);
  };
  const foreign = new Client(transport);
  foreign.setRetryPolicy(policy);
  await foreign.sendEvent(new Message('x'));
  await foreign.close();
  await gateway.close();
  process.stdout.write(JSON.stringify(published));
}

main();
