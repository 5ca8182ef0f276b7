'use strict';

// Arguments that cannot be used: what is thrown at once, and what rejects.

const { Client, Message, SharedAccessKeyAuthenticationProvider } = require('azure-iot-device');
const { SharedAccessSignatureAuthenticationProvider } = require('azure-iot-device');
const { NoRetry } = require('azure-iot-common');
const { Mqtt } = require('azure-iot-device-mqtt');

const TEXT = 'HostName=h.example;DeviceId=d;SharedAccessKey=c2VjcmV0';
const TOKEN = 'SharedAccessSignature sr=h.example%2Fdevices%2Fd&sig=x&se=1';
const client = Client.fromConnectionString(TEXT, Mqtt);
const ignore = () => {};

const CALLS = {
  'new Client()': () => new Client(),
  'new Client(transport, text)': () => new Client(new Mqtt({ type: 1, on: ignore, stop: ignore }), TEXT),
  'fromConnectionString()': () => Client.fromConnectionString(),
  "fromConnectionString('')": () => Client.fromConnectionString('', Mqtt),
  'fromConnectionString without a transport': () => Client.fromConnectionString(TEXT),
  'without DeviceId': () => Client.fromConnectionString('HostName=h;SharedAccessKey=c2VjcmV0', Mqtt),
  'without HostName': () => Client.fromConnectionString('DeviceId=d;SharedAccessKey=c2VjcmV0', Mqtt),
  'fromSharedAccessSignature()': () => Client.fromSharedAccessSignature(undefined, Mqtt),
  'fromSharedAccessSignature(text)': () => Client.fromSharedAccessSignature('x', Mqtt),
  'fromAuthenticationProvider()': () => Client.fromAuthenticationProvider(undefined, Mqtt),
  'fromAuthenticationProvider(provider)': () => Client.fromAuthenticationProvider({}),
  'setOptions()': () => client.setOptions(),
  'setOptions(undefined, callback)': () => client.setOptions(undefined, ignore),
  'setTransportOptions()': () => client.setTransportOptions(),
  'setTransportOptions(undefined, callback)': () => client.setTransportOptions(undefined, ignore),
  'complete()': () => client.complete(),
  'complete(undefined, callback)': () => client.complete(undefined, ignore),
  'reject()': () => client.reject(),
  'reject(undefined, callback)': () => client.reject(undefined, ignore),
  'reject(message)': () => client.reject(new Message('')),
  'reject(message, callback)': () => client.reject(new Message(''), ignore),
  'abandon(message)': () => client.abandon(new Message('')),
  'abandon(message, callback)': () => client.abandon(new Message(''), ignore),
  'sendEventBatch(messages)': () => client.sendEventBatch([new Message('')]),
  'sendEventBatch(messages, callback)': () => client.sendEventBatch([new Message('')], ignore),
  'open(text)': () => client.open('callback'),
  'close(number)': () => client.close(1),
  'sendEvent(message, text)': () => client.sendEvent(new Message(''), 'callback'),
  'complete(message, object)': () => client.complete(new Message(''), {}),
  'updateSharedAccessSignature()': () => client.updateSharedAccessSignature(undefined, ignore),
  'setRetryPolicy()': () => client.setRetryPolicy(),
  'setRetryPolicy({})': () => client.setRetryPolicy({}),
  'setRetryPolicy(half)': () => client.setRetryPolicy({ shouldRetry: ignore }),
  'setRetryPolicy(policy)': () => client.setRetryPolicy(new NoRetry()),
  'setRetryPolicy(own)': () => client.setRetryPolicy({ shouldRetry: () => true, nextRetryTimeout: () => 1 }),
  'key provider of nothing': () => SharedAccessKeyAuthenticationProvider.fromConnectionString(),
  'key provider of half a text': () => SharedAccessKeyAuthenticationProvider.fromConnectionString('DeviceId=d'),
  'margin over validity': () => new SharedAccessKeyAuthenticationProvider({}, 10, 10),
  'token provider of nothing': () => SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(),
  'certificate beside a key': () => client.setOptions({ cert: 'x', key: 'y' }),
  'renewal margin over validity': () =>
    client.setOptions({ tokenRenewal: { tokenValidTimeInSeconds: 1, tokenRenewalMarginInSeconds: 2 } }),
  'certificate beside a key, callback': () => client.setOptions({ cert: 'x', key: 'y' }, ignore),
  'renewal margin over validity, callback': () => {
    const tokenRenewal = { tokenValidTimeInSeconds: 1, tokenRenewalMarginInSeconds: 2 };
    return client.setOptions({ tokenRenewal }, ignore);
  },
  'renewal of what is no own token, callback': () => {
    const tokenRenewal = { tokenValidTimeInSeconds: 3, tokenRenewalMarginInSeconds: 2 };
    return Client.fromSharedAccessSignature(TOKEN, Mqtt).setOptions({ tokenRenewal }, ignore);
  },
  'renewal of what is no own token': () =>
    Client.fromSharedAccessSignature(TOKEN, Mqtt).setOptions({
      tokenRenewal: { tokenValidTimeInSeconds: 3, tokenRenewalMarginInSeconds: 2 },
    }),
};

async function main() {
  for (const [name, call] of Object.entries(CALLS)) {
    let outcome = 'returned';
    let value;
    try {
      value = call();
      if (value && typeof value.then === 'function') {
        outcome = 'resolved';
        value = await value.catch((error) => {
          outcome = `rejected ${error.name}`;
        });
      }
    } catch (error) {
      outcome = `threw ${error.name}`;
    }
    console.log(`${name}: ${outcome} ${value && value.constructor.name}`);
  }
}

main();
