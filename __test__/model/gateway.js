'use strict';

const { Cloud } = require('./cloud');

const BAG = /[?/&]n=(\d+)/;

/**
 * A gateway in memory, for one device. What it has stored stays; what it has not acknowledged may come again. It cuts
 * connections whose token has expired, as a real one does, and notes that it had to.
 */
class Gateway {
  /** Numbers of the messages in the order of their first reception. */
  received = [];
  /** Of those that came again without DUP. */
  unmarked = [];
  /** Of those that it has acknowledged, on a connection that stood to the end of the acknowledgement. */
  acknowledged = new Set();
  /** Connections that stand. @type {Set<Connection>} */
  connections = new Set();
  /** So many were cut because their token had expired. */
  expired = 0;
  /** What went wrong that no client may bring about. */
  faults = [];
  /** How attempts end until something else is said: `accept`, `refuse`, `unavailable`, `unreachable`, `hang`. */
  manner = 'accept';
  /** Another client has the id of this one, and takes each connection over soon after it stands. */
  rival = false;
  #world;

  constructor(world) {
    this.#world = world;
    this.cloud = new Cloud(world, this.faults);
  }

  /** How one attempt ends, and after how long. */
  answer(request) {
    const { random } = this.#world;
    const manner = random.chance(0.1) ? random.of(MANNERS) : this.manner;
    if (expiryOf(request.password) * 1000 <= Date.now()) return { ...ANSWERS.refuse, delay: 1 };
    return { ...ANSWERS[manner], delay: manner === 'hang' ? 130_000 : random.time(400) };
  }

  accept(twin, request) {
    if (this.connections.size > 0) this.faults.push('two connections of one client at once');
    const connection = new Connection(this, twin, request, this.#world);
    this.connections.add(connection);
    if (this.rival) this.#world.later(this.#world.random.time(5000), () => connection.cut('closed'));
    return connection;
  }

  /** The network or the gateway ends what stands. @param {string} kind Of the failure. */
  cut(kind) {
    for (const connection of this.connections) connection.cut(kind);
  }

  /** A message for the device. */
  send(text) {
    for (const connection of this.connections) connection.deliver(text);
  }

  /** The desired properties change. */
  change() {
    this.cloud.change(this.connections);
  }

  /** A method is called. */
  call() {
    this.cloud.call(this.connections);
  }

  store(number, dup) {
    if (!this.received.includes(number)) this.received.push(number);
    else if (!dup) this.unmarked.push(number);
  }
}

/** One connection, seen from the gateway. */
class Connection {
  #gateway;
  #twin;
  #world;
  #filters = new Set();
  #expiry;
  open = true;

  constructor(gateway, twin, request, world) {
    this.#gateway = gateway;
    this.#twin = twin;
    this.#world = world;
    const left = expiryOf(request.password) * 1000 - Date.now();
    this.#expiry = world.later(left, () => {
      gateway.expired += 1;
      this.cut('closed');
    });
  }

  /** The client ends it: nothing is acknowledged any more. */
  end() {
    this.open = false;
    this.#world.cancel(this.#expiry);
    this.#gateway.connections.delete(this);
  }

  cut(kind) {
    if (!this.open) return;
    this.end();
    this.#world.soon(() =>
      this.#twin.lost(this, { stage: 'connected', kind, detail: kind, chain: [], elapsedMs: 0 }),
    );
  }

  /** Takes what the client writes, in order; acknowledges it after a while. */
  take(operation) {
    const { random } = this.#world;
    if (operation.qos === 0) this.#gateway.cloud.take(this, operation.topic, operation.body);
    else if (operation.kind === 'publish') {
      const number = Number(BAG.exec(operation.topic)?.[1]);
      this.#gateway.store(number, operation.dup);
      if (random.chance(0.02)) return; // the acknowledgement is lost
      this.later(random.time(300), () => {
        this.#gateway.acknowledged.add(number);
        this.#twin.acknowledge(operation);
      });
    } else {
      const { calm } = this.#gateway.cloud;
      const codes = operation.filters.map(() => (!calm && random.chance(0.03) ? 0x80 : 1));
      operation.filters.forEach(({ topic }, place) => {
        if (operation.kind !== 'subscribe') this.#filters.clear();
        else if (codes[place] < 0x80) this.#filters.add(topic);
      });
      this.later(random.time(300), () =>
        this.#twin.grant(operation, operation.kind === 'subscribe' ? codes : []),
      );
    }
  }

  /** To a device as from the cloud, to a module by an input. */
  deliver(text) {
    for (const [prefix, input] of [
      ['devices/d1/messages/devicebound/', ''],
      ['devices/d1/modules/m1/inputs/', 'in/'],
    ])
      this.tell(`${prefix}#`, prefix + input, text);
  }

  /** Sends to who has subscribed by this filter. @returns {boolean} Whether he has. */
  tell(filter, topic, text) {
    const wanted = this.open && this.#filters.has(filter);
    if (wanted) this.#twin.message(this, topic, text);
    return wanted;
  }

  /** Unless the connection ends before. */
  later(delay, act) {
    this.#world.later(delay, () => {
      if (this.open) act();
    });
  }
}

const failure = (stage, kind, code) => ({ stage, kind, code, detail: kind, chain: [], elapsedMs: 1 });

const ANSWERS = {
  accept: {},
  refuse: { failure: failure('connack', 'refusal', 5) },
  unavailable: { failure: failure('connack', 'refusal', 3) },
  unreachable: { failure: failure('tcp', 'refused') },
  hang: { failure: failure('connack', 'timed-out') },
};
const MANNERS = Object.keys(ANSWERS);

/** Seconds since 1970. */
function expiryOf(token) {
  return Number(/[&]se=(\d+)/.exec(token)?.[1]);
}

module.exports = { Gateway, MANNERS };
