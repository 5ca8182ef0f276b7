'use strict';

const { HEADER, answering, mechanisms } = require('../amqp_server');

/** What has the port of AMQP. @type {import('./index').Scenes} */
module.exports = {
  'not-amqp, RabbitMQ of old': answering(() => Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')),
  'not-amqp, a web server': answering(() => 'HTTP/1.1 400 Bad Request\r\n\r\n'),
  'not-amqp, an MQTT broker': answering((data) =>
    data[0] === 0x10 ? Buffer.from([0x20, 2, 0, 5]) : undefined,
  ),
  'not-amqp, without SASL': answering(() => Buffer.from('AMQP\x00\x01\x00\x00', 'latin1')),
  'amqp-other-broker': answering(() => mechanisms('PLAIN', 'ANONYMOUS')),
  'amqp-other-broker, of one mechanism': answering(() =>
    Buffer.concat([
      HEADER,
      Buffer.from([0, 0, 0, 21, 2, 1, 0, 0, 0, 0x53, 0x40, 0xc0, 8, 1, 0xa3, 5, ...Buffer.from('PLAIN')]),
    ]),
  ),
  'amqp-silent': answering(() => undefined),
};
module.exports.edgeHub = answering(() => mechanisms('ANONYMOUS', 'MSSBCBS', 'PLAIN'));
Object.defineProperty(module.exports, 'edgeHub', { enumerable: false });
