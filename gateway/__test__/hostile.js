// @ts-check
'use strict';

const { connectPacket, publishPacket, sas, passwordOf, keyOf } = require('./raw-device');
const { OPCODE, frame, upgradeRequest } = require('./raw_web_socket');

/**
 * What a peer may send to hold the gateway up, to fill its memory or to end it: each as large as one packet or request
 * may be.
 *
 * @typedef {import('..').Gateway} Gateway
 *
 * @typedef {object} Hostility
 * @property {string} name
 * @property {'secured' | 'connected' | 'http' | 'websocket'} on a TLS connection; one with CONNACK 0 that has subscribed
 *   to all there is; one to the port of HTTP; one that has been upgraded
 * @property {(gateway: Gateway, rid: string) => Buffer} bytes `rid` is of a method call that waits for its answer
 */

/** Of a string of MQTT (MQTT 3.1.1 §1.5.3). */
const LONGEST = 65535;
/** Of a payload, beside topic and header within the 262 144 bytes of a packet. */
const LARGEST = 262144 - 200;

const EVENTS = 'devices/d1/messages/events/';
const REPORTED = '$iothub/twin/PATCH/properties/reported/?$rid=1';

/**
 * As much of a piece as fits.
 * @param {string} piece
 * @param {number} [length]
 */
const fill = (piece, length = LONGEST) => piece.repeat(Math.floor(length / piece.length));

/**
 * As many numbered pieces as fit.
 * @param {(n: number) => string} piece
 * @param {number} length
 * @param {string} separator
 */
function enumerate(piece, length, separator) {
  const pieces = [];
  for (let n = 0, size = 0; ; n++) {
    const next = piece(n);
    size += next.length + separator.length;
    if (size > length) return pieces.join(separator);
    pieces.push(next);
  }
}

/**
 * @param {number} type
 * @param {Buffer} body
 */
function packet(type, body) {
  const length = [];
  for (let rest = body.length; length.length === 0 || rest > 0; rest >>= 7)
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

/**
 * @param {string} text
 */
function prefixed(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/**
 * One SUBSCRIBE or UNSUBSCRIBE of as many filters as a packet takes.
 * @param {0x82 | 0xa2} type
 * @param {(n: number) => string} filter
 */
function filters(type, filter) {
  const parts = [Buffer.from([0, 1])];
  for (let n = 0, size = 2; ; n++) {
    const part = Buffer.concat([prefixed(filter(n)), type === 0x82 ? Buffer.from([1]) : Buffer.alloc(0)]);
    size += part.length;
    if (size > 262144 - 5) return packet(type, Buffer.concat(parts));
    parts.push(part);
  }
}

/** @param {number} n */
const shortName = (n) => n.toString(36);

/**
 * @param {string} name
 * @param {string} topic
 * @param {string | Buffer} [payload]
 * @returns {Hostility}
 */
function publish(name, topic, payload = 'x') {
  return { name, on: 'connected', bytes: () => publishPacket(topic, { payload }) };
}

/**
 * @param {string} name
 * @param {string} payload
 */
const report = (name, payload) => publish(`reported: ${name}`, REPORTED, payload);

/**
 * @param {string} name
 * @param {string} payload
 * @param {string} [status]
 * @returns {Hostility}
 */
function answer(name, payload, status = '200') {
  return {
    name: `method answer: ${name}`,
    on: 'connected',
    bytes: (_, rid) => publishPacket(`$iothub/methods/res/${status}/?$rid=${rid}`, { payload }),
  };
}

/**
 * @param {string} name
 * @param {(gateway: Gateway) => Parameters<typeof connectPacket>[1]} changes
 * @returns {Hostility}
 */
function connect(name, changes) {
  return {
    name: `CONNECT: ${name}`,
    on: 'secured',
    bytes: (gateway) => connectPacket(gateway, changes(gateway)),
  };
}

/**
 * @param {string} name
 * @param {string | Buffer | ((gateway: Gateway) => string | Buffer)} request
 * @returns {Hostility}
 */
function http(name, request) {
  return {
    name: `HTTP: ${name}`,
    on: 'http',
    bytes: (gateway) => Buffer.from(typeof request === 'function' ? request(gateway) : request),
  };
}

/**
 * A method call by HTTPS of a module that proves itself.
 * @param {string} name
 * @param {string} body
 */
function call(name, body) {
  return http(`call: ${name}`, (gateway) =>
    [
      'POST /twins/d1/methods HTTP/1.1',
      'host: x',
      'x-ms-edge-moduleId: d1/m1',
      `authorization: ${passwordOf(gateway, 'd1/m1')}`,
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

/**
 * @param {string} name
 * @param {() => Buffer} bytes
 * @returns {Hostility}
 */
const frames = (name, bytes) => ({ name: `WebSocket: ${name}`, on: 'websocket', bytes });

/** @param {string} text */
const asPassword = (text) => ({ password: Buffer.from(text) });

/** @type {Hostility[]} */
const HOSTILITIES = [
  connect('a username of slashes', () => ({ username: fill('/') })),
  connect('a username of properties', () => ({ username: `h/d1/?${fill('a&', 65000)}` })),
  connect('a username of escapes', () => ({ username: `h/d1/?api-version=${fill('%25', 65000)}` })),
  connect('a long client id', () => ({ clientId: fill('x') })),
  connect('a password of blanks', () => asPassword(fill(' '))),
  connect('a password of fields', () => asPassword(`SharedAccessSignature ${fill('a=b&', 65000)}`)),
  connect('an audience encoded again and again', (gateway) =>
    asPassword(sas(keyOf(gateway, 'd1'), { encodedResource: `%${fill('25', 65000)}` })),
  ),
  connect('an audience of blanks', (gateway) =>
    asPassword(sas(keyOf(gateway, 'd1'), { encodedResource: fill('+', 65000) })),
  ),
  connect('an expiry of digits', (gateway) =>
    asPassword(sas(keyOf(gateway, 'd1'), { expiry: fill('9', 65000) })),
  ),
  connect('an expiry of digits and a letter', (gateway) =>
    asPassword(sas(keyOf(gateway, 'd1'), { expiry: `${fill('9', 65000)}x` })),
  ),
  connect('an expiry of commas', (gateway) =>
    asPassword(sas(keyOf(gateway, 'd1'), { expiry: `1${fill(',', 65000)}x` })),
  ),
  connect('a will to a bag of properties', () => ({
    will: { topic: EVENTS + fill('a&', 65000), payload: Buffer.from(fill('x')), qos: 1, retain: true },
  })),

  publish('a bag of one property, again and again', EVENTS + fill('a=b&', 65000)),
  publish('a bag of many properties', EVENTS + enumerate(shortName, 65000, '&')),
  publish('a bag of numbered properties', EVENTS + enumerate((n) => `${n * 7919}`, 65000, '&')),
  publish('a bag of escapes', `${EVENTS}a=${fill('%61', 65000)}`),
  publish('a bag of broken escapes', `${EVENTS}a=${fill('%6', 65000)}`),
  publish('a bag of question marks', EVENTS + fill('?', 65000)),
  publish('a bag of equals signs', EVENTS + fill('=', 65000)),
  publish('a bag of prototypes', `${EVENTS}__proto__=a&constructor=b&toString=c&%5f_proto__=d`),
  publish('a topic of slashes', fill('/')),
  publish('a topic of templates', fill('devices/d1/messages/events/')),
  publish('a topic of modules', `${fill('devices/x/modules/', 65000)}/messages/event`),
  publish('a topic of zeros', fill('\0')),
  publish('a body as large as it goes', EVENTS, Buffer.alloc(LARGEST, '[')),

  report('nested arrays', `{"a":${'['.repeat(130000)}${']'.repeat(130000)}}`),
  report('nested objects', `${'{"a":'.repeat(43000)}1${'}'.repeat(43000)}`),
  report('arrays without end', fill('[', LARGEST)),
  report('a long number', `{"a":${fill('9', LARGEST - 10)}}`),
  report('a long fraction', `{"a":0.${fill('9', LARGEST - 10)}}`),
  report('many numbers', `{"a":[${fill('0,', LARGEST - 20)}0]}`),
  report('many names', `{${enumerate((n) => `"${shortName(n)}":0`, LARGEST - 10, ',')}}`),
  report('numbered names', `{${enumerate((n) => `"${n * 7919}":0`, LARGEST - 10, ',')}}`),
  report('one name again and again', `{${fill('"a":1,', LARGEST - 10)}"a":2}`),
  report('a name of escapes', `{"${fill('\\\\', LARGEST - 10)}":1}`),
  report('quotes without end', fill('"\\', LARGEST)),
  report('backslashes', `{"a":"${fill('\\"', LARGEST - 20)}"}`),
  report('a prototype', '{"__proto__":{"toString":1},"constructor":{"prototype":{"x":1}}}'),

  answer('nested arrays', `${'['.repeat(130000)}${']'.repeat(130000)}`),
  answer('nested objects', `${'{"a":'.repeat(43000)}1${'}'.repeat(43000)}`),
  answer('many names', `{${enumerate((n) => `"${shortName(n)}":0`, LARGEST - 10, ',')}}`),
  answer('a long number', fill('9', LARGEST - 200)),
  answer('a status of blanks', '1', fill(' ', 60000) + 'x'),
  answer('a status of digits', '1', fill('1', 60000) + 'x'),
  publish('a twin request of parameters', `$iothub/twin/GET/?${fill('&', 65000)}`),
  publish('a twin request with a long $rid', `$iothub/twin/GET/?$rid=${fill('é', 32000)}`),

  { name: 'SUBSCRIBE: many filters', on: 'connected', bytes: () => filters(0x82, shortName) },
  { name: 'UNSUBSCRIBE: many filters', on: 'connected', bytes: () => filters(0xa2, shortName) },
  {
    name: 'SUBSCRIBE: filters of many levels',
    on: 'connected',
    bytes: () => filters(0x82, (n) => n + fill('/+', LONGEST - 5)),
  },
  {
    name: 'SUBSCRIBE: filters almost of module inputs',
    on: 'connected',
    bytes: () => filters(0x82, (n) => `devices/${n}${fill('/modules/x', LONGEST - 20)}`),
  },
  {
    name: 'UNSUBSCRIBE: filters almost of module inputs',
    on: 'connected',
    bytes: () => filters(0xa2, (n) => `devices/${n}${fill('/modules/x', LONGEST - 20)}`),
  },
  { name: 'PINGREQ, again and again', on: 'connected', bytes: () => Buffer.from(fill('c000', 60000), 'hex') },
  {
    name: 'twin GET, again and again',
    on: 'connected',
    bytes: () => Buffer.concat(Array(1500).fill(publishPacket('$iothub/twin/GET/?$rid=1', { qos: 0 }))),
  },
  {
    name: 'PUBLISH without a template, again and again',
    on: 'connected',
    bytes: () => Buffer.concat(Array(8000).fill(publishPacket('x', { qos: 0 }))),
  },

  http('a long path', `GET /${fill('%25', 15000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
  http('a long path without end', `GET /${fill('a', 500000)}`),
  http(
    'many headers',
    `GET / HTTP/1.1\r\nhost: x\r\n${enumerate((n) => `${shortName(n)}:`, 15000, '\r\n')}\r\n\r\n`,
  ),
  http('headers without end', `GET / HTTP/1.1\r\nhost: x\r\n${fill('a: b\r\n', 500000)}`),
  http('many requests in one piece', fill('GET / HTTP/1.1\r\nhost: x\r\n\r\n', 65000)),
  http('many calls in one piece', fill('POST /twins/d1/methods HTTP/1.1\r\nhost: x\r\n\r\n', 65000)),
  http('many sub-protocols', upgradeRequest({ protocols: fill('a,', 15000) })),
  http(
    'chunks of one byte',
    `POST /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${fill('1\r\na\r\n', 500000)}`,
  ),
  http('two lengths', 'POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'),
  http('zeros', fill('\0')),
  call('nested arrays', `{"methodName":"m","payload":${'['.repeat(60000)}${']'.repeat(60000)}}`),
  call('nested arrays, a megabyte', `{"payload":${'['.repeat(500000)}${']'.repeat(500000)}}`),
  call('many names', `{${enumerate((n) => `"${shortName(n)}":0`, 1000000, ',')}}`),
  call('260 kilobytes of numbers', `{"methodName":"m","payload":[${fill('0,', 262000)}0]}`),
  call(
    '260 kilobytes of names',
    `{"methodName":"m",${enumerate((n) => `"${shortName(n)}":0`, 500000, ',')}}`,
  ),
  call('260 kilobytes of white space', `{"methodName":"m","payload":[${fill(' ', 262000)}]}`),
  call('a body of 20 megabytes', `{"methodName":"m","payload":"${fill('x', 20000000)}"}`),
  call('20 megabytes of numbers', `{"methodName":"m","payload":[${fill('0,', 20000000)}0]}`),

  report('escapes', `{"a":["${fill('\\u0041","', LARGEST - 20)}"]}`),
  report('one string of escapes', `{"a":"${fill('\\u00e9', LARGEST - 20)}"}`),
  frames('a large frame', () => frame(Buffer.alloc(2000000))),
  frames('a frame of 2^63 - 1 bytes', () => Buffer.from('82ff7fffffffffffffff00000000', 'hex')),
  frames('a message of many fragments', () =>
    Buffer.concat([
      frame(Buffer.alloc(0), { fin: false }),
      ...Array(60000).fill(frame(Buffer.alloc(0), { opcode: OPCODE.CONTINUATION, fin: false })),
    ]),
  ),
  frames('many pings', () =>
    Buffer.concat(Array(4000).fill(frame(Buffer.alloc(120), { opcode: OPCODE.PING }))),
  ),
  frames('many empty frames', () => Buffer.concat(Array(60000).fill(frame(Buffer.alloc(0))))),
  frames('many frames of a byte', () => Buffer.concat(Array(60000).fill(frame(Buffer.from([0x10]))))),
];

module.exports = { HOSTILITIES };
