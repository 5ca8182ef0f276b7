'use strict';

const { connect } = require('../../lib/device/device');

/** Seconds. */
const VALID_S = 120;
const MARGIN_S = 60;
/** Longer than a Node timer can wait, and than a program lasts. Milliseconds. */
const A_MONTH_MS = 30 * 24 * 3600 * 1000;

const OPTIONS = {
  connectionString:
    'HostName=hub.example;DeviceId=d1;SharedAccessKey=c2VjcmV0;GatewayHostName=gateway.example',
  ca: require('node:tls').rootCertificates[0],
  tokenRenewal: { tokenValidTimeInSeconds: VALID_S, tokenRenewalMarginInSeconds: MARGIN_S },
};

/** By what each kind of identity goes. */
const KINDS = {
  device: {
    options: OPTIONS,
    send: (device, body, options) => device.sendEvent(body, options),
    read: (device) => device.messages(),
  },
  module: {
    options: { ...OPTIONS, connectionString: `${OPTIONS.connectionString};ModuleId=m1` },
    send: (module, body, options) => module.outputs.send('out', body, options),
    read: (module) => module.inputs[Symbol.asyncIterator](),
  },
};

/** The device, or the module, of `connect()`, one after the other, and what an app does with it. */
class DeviceApp {
  #world;
  #calls;
  #kind;
  #device;
  /** A device is being made, or closed: another would be another client of the same id. */
  #busy = false;
  #readers = [];
  #signals = new AbortController();
  /** Of the device. */
  #twin;
  #reports = 0;
  #retry;

  /** @param {any} world @param {any} calls @param {keyof typeof KINDS} kind */
  constructor(world, calls, kind) {
    this.#world = world;
    this.#calls = calls;
    this.#kind = KINDS[kind];
    this.#retry = world.random.of([undefined, 'forever', 'never']);
  }

  /** What it may do next, by name. */
  get steps() {
    return {
      connect: () => this.open(),
      close: () => this.close(),
      send: () => this.send(),
      'ten sends': () => {
        for (let i = 0; i < 10; i += 1) this.send();
      },
      'ten sends with limits': () => {
        for (let i = 0; i < 10; i += 1) this.send(this.#limits());
      },
      abort: () => {
        this.#signals.abort();
        this.#signals = new AbortController();
      },
      read: () => this.#read(),
      'read no more': () => this.#readers.pop()?.return(),
      twin: () => this.#follow(),
      report: () => this.#report(),
      'ten reports': () => {
        for (let i = 0; i < 10; i += 1) this.#report();
      },
      'a handler of a method': () => this.#handle(),
      stats: () => this.#check(this.#device?.stats()),
    };
  }

  /** One device at a time. */
  open() {
    if (this.#busy || this.#device) return;
    this.#busy = true;
    const { callback } = this.#calls.begin('connect');
    connect({ ...this.#kind.options, retry: this.#retry }).then(
      (device) => {
        this.#busy = false;
        this.#device = device;
        callback(null, device);
      },
      (error) => {
        this.#busy = false;
        callback(error);
      },
    );
  }

  close() {
    const device = this.#device;
    if (!device) return;
    this.#device = undefined;
    this.#twin = undefined;
    const before = this.#calls.pending.filter(({ what }) => what === 'send');
    const { callback } = this.#calls.begin('close', () => {
      for (const call of before)
        if (call.told === 0) this.#fault(`close() overtakes ${this.#calls.name(call)}`);
      if (this.#world.gateway.connections.size > 0) this.#fault('a connection stands when close() is done');
      this.#busy = false;
    });
    this.#busy = true;
    device.close().then(() => callback(null, 'closed'), callback);
  }

  send(limits = {}) {
    if (!this.#device) return;
    const { number, callback } = this.#calls.send();
    const at = this.#world.clock.now;
    const { timeout } = limits;
    this.#kind.send(this.#device, 'x', { properties: { n: number }, ...limits }).then(
      (result) => callback(null, result),
      (error) => {
        callback(error);
        const late = this.#world.clock.now - at - (timeout ?? Infinity);
        if (late > 100) this.#fault(`send ${number} was told ${late} ms after its limit`);
        const early = error.code === 'ERR_IOT_OPERATION_TIMEOUT' && late < 0 && timeout !== undefined;
        if (early) this.#fault(`send ${number} was given up ${-late} ms before its limit`);
      },
    );
  }

  #follow() {
    const device = this.#device;
    if (!device) return;
    const { callback } = this.#calls.begin('get the twin');
    device.twin().then(
      (twin) => {
        if (this.#device === device) this.#twin = twin;
        callback(null, twin);
      },
      (error) => callback(error),
    );
  }

  #report() {
    if (!this.#twin) return;
    const n = (this.#reports += 1);
    const { callback } = this.#calls.begin(`report ${n}`);
    this.#twin.report({ n }).then((result) => callback(null, result), callback);
  }

  #handle() {
    const { random, gateway } = this.#world;
    this.#device?.offMethod('m');
    this.#device?.onMethod('m', (_, { id }) => {
      gateway.cloud.ran(id);
      if (random.chance(0.5)) return null;
      return new Promise((resolve) => setTimeout(resolve, random.time(40_000)).unref());
    });
  }

  /** Once things are quiet the twin that the app sees is the gateway's. */
  checkTwin() {
    const { gateway } = this.#world;
    if (!this.#twin || gateway.connections.size === 0) return;
    const [seen, there] = [this.#twin.desired, gateway.cloud.desired].map((each) =>
      JSON.stringify(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    if (seen !== there) this.#fault(`the twin is ${seen}, and the gateway's is ${there}`);
  }

  calm() {
    for (const reader of this.#readers.splice(0)) reader.return();
    this.#retry = undefined;
  }

  get excuses() {
    return 0;
  }

  #limits() {
    const { random } = this.#world;
    return {
      timeout: random.chance(0.5) ? random.of([1 + random.time(10_000), A_MONTH_MS, Infinity]) : undefined,
      signal: random.chance(0.5) ? this.#signals.signal : undefined,
    };
  }

  #read() {
    if (!this.#device) return;
    const reader = this.#kind.read(this.#device);
    this.#readers.push(reader);
    const next = () =>
      reader.next().then(
        ({ done }) => done || next(),
        () => {},
      );
    next();
  }

  #check(stats) {
    if (!stats) return;
    const { pending } = this.#calls;
    // The twin asks for itself what changed while there was no connection.
    const most = pending.length + this.#world.gateway.cloud.calls.size + (this.#twin ? 1 : 0);
    if (stats.queued + stats.inFlight > most)
      this.#fault(`${stats.queued} queued and ${stats.inFlight} in flight of ${most}`);
  }

  #fault(text) {
    this.#calls.faults.push(text);
  }
}

module.exports = { DeviceApp };
