// @ts-check
'use strict';

const { finding } = require('../causes');
const { endpointOf } = require('../endpoint');

/** edgeHub and IoT Hub have it, other brokers do not (contract edge-gateway.md §1.2). */
const OF_EDGE_HUB = 'MSSBCBS';

/** What answers in place of AMQP 1.0. @type {Record<string, string>} */
const STRANGERS = {
  'amqp-old': 'AMQP of an older version, as RabbitMQ does (0-9-1), and not 1.0',
  'amqp-without-sasl': 'AMQP 1.0 without SASL, by which a device says who it is',
  http: 'HTTP: a web server has the port',
  mqtt: 'MQTT: the port is one of an MQTT broker',
  other: 'something else than AMQP',
};

/** @param {import('../../..').DiagnosisFacts} facts */
function judgeGreeting(facts) {
  const { speaks, mechanisms = [] } = /** @type {import('../../..').GreetingFacts} */ (facts.greeting);
  const at = endpointOf(facts);
  const evidence = { speaks, mechanisms };
  if (speaks === 'amqp' && mechanisms.includes(OF_EDGE_HUB)) return [];
  if (speaks === 'amqp') {
    const offered = mechanisms.length > 0 ? mechanisms.join(', ') : 'nothing';
    return [
      finding('amqp-other-broker', {
        title: `What answers at ${at} speaks AMQP 1.0, but is not edgeHub: it offers ${offered}, and not ${OF_EDGE_HUB}`,
        explanation: `Devices give edgeHub their token by ${OF_EDGE_HUB} (CBS). Another broker has the port.`,
        remedy: 'Check host and port: AMQP of a gateway is on 5671. See on the gateway what listens there.',
        command: 'sudo ss -ltnp',
        evidence,
      }),
    ];
  }
  if (speaks === 'nothing') {
    return [
      finding('amqp-silent', {
        title: `${at} speaks TLS, and does not answer the greeting of AMQP`,
        explanation:
          'edgeHub answers at once. It hangs, its AMQP head is switched off, or another service has the port.',
        remedy: 'See what edgeHub logs, and that amqpSettings__enabled of edgeHub is not false.',
        command: 'sudo iotedge logs edgeHub --tail 50',
        evidence,
      }),
    ];
  }
  return [
    finding('not-amqp', {
      title: `What answers at ${at} over TLS speaks ${STRANGERS[speaks]}`,
      explanation:
        'The certificate is the right one, but the port belongs to another service of that machine.',
      remedy: 'Correct the port: AMQP of a gateway is on 5671, MQTT on 8883, WebSocket on 443.',
      evidence,
    }),
  ];
}

module.exports = { judgeGreeting };
