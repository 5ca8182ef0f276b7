'use strict';

// What needs no connection: messages, connection strings, tokens, names of results and errors, retry policies.

const device = require('azure-iot-device');
const common = require('azure-iot-common');
const mqtt = require('azure-iot-device-mqtt');

function attempt(call) {
  try {
    return call();
  } catch (error) {
    return `threw ${error.name}`;
  }
}

const { Message } = common;
console.log(Message === device.Message, mqtt.Mqtt.name, device.Client.name);
const message = new Message('data');
console.log(Object.keys(message), JSON.stringify(message), message.properties.constructor.name);
console.log(message.properties.add('a', 1), message.properties.add('a', 2), message.properties.add('iothub-to', 3));
console.log(message.properties.count(), message.properties.getValue('a'), message.properties.getItem(1));
console.log(message.properties.getItem(9), message.properties.getValue('b'), message.properties.propertyList);
console.log(message.getBytes(), message.getData(), attempt(() => new Message().getBytes()));
message.setAsSecurityMessage();
console.log(message.interfaceId, [Buffer.alloc(1), 'x', [], new ArrayBuffer(1), 1, {}].map(Message.isBufferConvertible));

const TEXTS = [
  'HostName=h;DeviceId=d;SharedAccessKey=a=b==',
  'HostName=h;DeviceId=d;SharedAccessKey=a;SharedAccessSignature=b',
  'HostName=h;DeviceId=d;x509=true;GatewayHostName=g',
  'HostName=h;DeviceId=d',
  'HostName=h;HostName=i;DeviceId=d;SharedAccessKey=x;unknown=1',
  'HostName=h; DeviceId=d;SharedAccessKey=x',
  'DeviceId=d;SharedAccessKey=x;;=;a=;=b;c',
  '',
];
for (const text of TEXTS) {
  const fields = (parse) => attempt(() => JSON.stringify(parse(text)));
  console.log(fields(device.ConnectionString.parse), fields((each) => common.ConnectionString.parse(each)));
  console.log(fields((each) => common.ConnectionString.parse(each, ['HostName', 'x509'])));
}
console.log(device.ConnectionString.createWithSharedAccessKey('h', 'd', 'k'));
console.log(device.ConnectionString.createWithX509Certificate('h', 'd'));
console.log(attempt(() => device.ConnectionString.createWithSharedAccessKey('h', 'd')));

const key = Buffer.from('secret').toString('base64');
console.log(device.SharedAccessSignature.create('h.azure-devices.net', "d/ 1!'()*", key, 1700000000).toString());
console.log(common.SharedAccessSignature.create('uri', 'policy name', key, 1700000000).toString());
console.log(attempt(() => common.SharedAccessSignature.create('', 'n', key, 1)));
const token = 'SharedAccessSignature sr=h%2Fdevices%2Fd&sig=s%3D&se=1&skn=n';
const { sr, sig, skn, se } = common.SharedAccessSignature.parse(token);
console.log({ sr, sig, skn, se }, device.SharedAccessSignature.parse(token).sr);
for (const broken of ['x', 'Shared sr=1', 'SharedAccessSignature sr=1 ', 'SharedAccessSignature sr=1', `${token} `]) {
  console.log(attempt(() => device.SharedAccessSignature.parse(broken).sr));
  console.log(attempt(() => common.SharedAccessSignature.parse(broken).sr));
}
const extended = common.SharedAccessSignature.create('uri', undefined, key, 1);
console.log(extended.extend(2), extended.toString());
console.log(common.encodeUriComponentStrict("!'()* /+ä"), common.anHourFromNow() > Date.now() / 1000 + 3590);

for (const [name, Result] of Object.entries(common.results)) {
  if (Result) console.log(name, Result.name, JSON.stringify(new Result('object', 'reason')));
}
for (const [name, ErrorClass] of Object.entries(common.errors)) {
  const error = new ErrorClass('text');
  console.log(name, error.name, error.message, new ErrorClass().message, error instanceof Error, Object.keys(error));
}
for (const [name, value] of Object.entries(common.endpoint)) {
  console.log(name, typeof value === 'function' ? value('a b', 'c/d') : value);
}

const none = new common.NoRetry();
console.log(none.shouldRetry(new Error()), none.nextRetryTimeout(1, false));
const backOff = new common.ExponentialBackOffWithJitter();
console.log(backOff.immediateFirstRetry, JSON.stringify([backOff.normalParameters, backOff.throttledParameters]));
console.log(backOff.nextRetryTimeout(0, false), backOff.nextRetryTimeout(1, false));
console.log(backOff.nextRetryTimeout(1, true), backOff.nextRetryTimeout(40, false), backOff.nextRetryTimeout(40, true));
for (const [name, ErrorClass] of Object.entries(common.errors)) {
  console.log(name, Boolean(backOff.shouldRetry(new ErrorClass())));
}
console.log(Boolean(backOff.shouldRetry(new Error())), common.AuthenticationType);
