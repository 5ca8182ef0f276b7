// @ts-check
'use strict';

/** What Node alone does with the same messages: what it is late by is the machine's doing. */

const { once } = require('node:events');
const tls = require('node:tls');
const mqtt = require('mqtt-packet');
const { latencyOf } = require('./latency');

process.once('message', async (/** @type {{ port: number, ca: string, seconds: number }} */ order) => {
  const { port, ca, seconds } = order;
  const socket = tls.connect({ port, host: 'localhost', ca, servername: 'localhost' });
  await once(socket.setNoDelay(true), 'secureConnect');
  const parser = mqtt.parser();
  socket.on('data', (data) => parser.parse(data));
  const connect = {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'bare',
    clean: true,
    keepalive: 60,
  };
  const send = async (/** @type {any} */ packet) => {
    socket.write(mqtt.generate(packet));
    await once(parser, 'packet');
  };
  await send(connect);
  const topic = 'devices/bare/messages/events/';
  const p999 = await latencyOf(
    () => send({ cmd: 'publish', topic, payload: 'x', qos: 1, messageId: 1, retain: false, dup: false }),
    seconds,
  );
  process.send?.({ p999 });
});
process.on('disconnect', () => process.exit());
