'use strict';

const { EventEmitter } = require('node:events');
const tls = require('node:tls');
const rhea = require('rhea');

/**
 * A gateway that speaks AMQP 1.0, for one device: as edgeHub does (edge-gateway.md §1.2) as far as clients depend on it.
 * CBS, telemetry, messages from the cloud, twin and methods.
 *
 * Events: `telemetry(message)`, `link(kind)` when a half of one attaches, `reported(patch)`,
 * `subscribed()` to the desired properties.
 */
class AmqpServer extends EventEmitter {
  twin = { desired: { $version: 1 }, reported: { $version: 1 } };
  /** Put-tokens and connections so far. */
  counts = { tokens: 0, connections: 0 };
  /** Of answers to twin requests. */
  status = 200;
  /** Of CBS. */
  tokenStatus = 200;
  #container = rhea.create_container({ id: 'gateway' });
  #server;
  #sockets = new Set();
  /** The halves by which the gateway sends: kind → link. */
  #senders = new Map();
  #calls = new Map();
  /** Who waits for what becomes of a message: delivery → resolve. */
  #deliveries = new Map();
  #chain;

  /** @param {import('../../gateway').Chain} chain Of `localhost`. */
  constructor(chain) {
    super();
    this.#chain = chain;
    this.#container.sasl_server_mechanisms.enable_anonymous();
    // The mechanism of clients that bring a token by CBS; the same as ANONYMOUS.
    this.#container.sasl_server_mechanisms.MSSBCBS = this.#container.sasl_server_mechanisms.ANONYMOUS;
    this.#container.on('connection_open', () => (this.counts.connections += 1));
    this.#container.on('sender_open', ({ sender }) => this.#onSender(sender));
    this.#container.on('receiver_open', ({ receiver }) => this.#onReceiver(receiver));
    this.#container.on('message', (context) => this.#onMessage(context));
    for (const outcome of ['accepted', 'rejected', 'released', 'modified'])
      this.#container.on(outcome, ({ delivery }) => this.#deliveries.get(delivery)?.(outcome));
    // Cuts are part of the tests.
    for (const event of ['disconnected', 'connection_error', 'protocol_error', 'error'])
      this.#container.on(event, () => {});
  }

  async listen() {
    const { chainPem: cert, serverKeyPem: key } = this.#chain;
    this.#server = tls.createServer({ cert, key }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      this.#container.create_connection({ is_server: true }).accept(socket);
    });
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = this.#server.address().port;
  }

  /** Ends all connections by a FIN, without a word of AMQP. */
  cut() {
    for (const socket of this.#sockets) socket.end();
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resolves when the device takes what the gateway sends of these kinds: `c2d`, `twin`, `methods`. */
  async attached(...kinds) {
    const open = () => kinds.filter((kind) => !this.#senders.get(kind)?.is_open());
    while (open().length > 0) await new Promise((resolve) => this.once('link', resolve));
  }

  /** @returns {Promise<string>} How the device settled it, such as `accepted`. */
  sendC2D(body, messageId) {
    return new Promise((resolve) => {
      const message = { message_id: messageId, body: dataOf(body), message_annotations: {} };
      this.#deliveries.set(this.#send('c2d', message), resolve);
    });
  }

  patchDesired(patch) {
    const $version = this.twin.desired.$version + 1;
    Object.assign(this.twin.desired, patch, { $version });
    this.#send('twin', {
      body: dataOf(JSON.stringify({ ...patch, $version })),
      message_annotations: {
        operation: 'PATCH',
        resource: '/notifications/twin/properties/desired',
        version: $version,
      },
    });
  }

  /** @returns {Promise<{ status: number, payload: any }>} */
  invokeMethod(name, payload) {
    const id = rhea.generate_uuid();
    return new Promise((resolve) => {
      this.#calls.set(id, resolve);
      this.#send('methods', {
        correlation_id: id,
        application_properties: { 'IoThub-methodname': name },
        body: dataOf(JSON.stringify(payload)),
      });
    });
  }

  /** The device attached a half by which it receives. */
  #onSender(sender) {
    const kind = kindOf(sender.source?.address);
    sender.set_source({ address: sender.source?.address });
    this.#senders.set(kind, sender);
    this.emit('link', kind);
  }

  #onReceiver(receiver) {
    receiver.set_target({ address: receiver.target?.address });
  }

  #send(kind, message) {
    return this.#senders.get(kind).send(message);
  }

  #onMessage({ message, receiver }) {
    const kind = kindOf(receiver.target?.address);
    if (kind === 'cbs') this.#onToken(message);
    else if (kind === 'events') this.emit('telemetry', { ...message, text: textOf(message.body) });
    else if (kind === 'twin') this.#onTwin(message);
    else if (kind === 'methods') this.#onAnswer(message);
  }

  #onToken(message) {
    this.counts.tokens += 1;
    this.#send('cbs', {
      correlation_id: message.message_id,
      application_properties: { 'status-code': this.tokenStatus, 'status-description': 'said the gateway' },
      body: '',
    });
  }

  #onTwin({ correlation_id, message_annotations: { operation }, body }) {
    const accepted = this.status < 300;
    if (operation === 'PATCH' && accepted) {
      const patch = JSON.parse(textOf(body));
      Object.assign(this.twin.reported, patch);
      this.emit('reported', patch);
    }
    if (operation === 'PUT') this.emit('subscribed');
    // The original's transport reads the body of a refusal as JSON.
    const done = operation === 'GET' ? JSON.stringify(this.twin) : '';
    const answer = accepted ? done : '"refused"';
    this.#send('twin', {
      correlation_id,
      message_annotations: { status: this.status },
      body: dataOf(answer),
    });
  }

  #onAnswer({ correlation_id: id, application_properties, body }) {
    const text = textOf(body);
    this.#calls.get(id)({
      status: Number(application_properties['IoThub-status']),
      payload: text === '' ? null : JSON.parse(text),
    });
    this.#calls.delete(id);
  }
}

/** @param {string | undefined} address A path, or a whole URL. */
function kindOf(address = '') {
  if (address.endsWith('$cbs')) return 'cbs';
  const [, end] = /\/devices\/[^/]+\/(.*)$/.exec(address) ?? [];
  return {
    'messages/events': 'events',
    'messages/devicebound': 'c2d',
    twin: 'twin',
    'methods/devicebound': 'methods',
  }[end?.toLowerCase()];
}

const dataOf = (/** @type {string} */ text) => rhea.message.data_section(Buffer.from(text));
const textOf = (/** @type {any} */ body) => String(body?.content ?? body ?? '');

module.exports = { AmqpServer };
