// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { Queues } = require('./c2d/queues');
const { createChain } = require('./certificates/chain');
const { Listener } = require('./connection/listener');
const { Registry } = require('./connection/registry');
const { Faults } = require('./faults/faults');
const { Scope } = require('./identity/scope');
const { SessionStore } = require('./session/store');
const { Inbox } = require('./telemetry/inbox');
const { Intake } = require('./telemetry/intake');

/**
 * @typedef {import('./index').GatewayOptions} GatewayOptions
 * @typedef {import('./index').Chain} Chain
 * @typedef {import('./index').Limits} Limits
 */

/**
 * edgeHub's values (contract edge-gateway.md §2, §5), but for the delay of a refusal, which takes a real
 * gateway seconds to minutes (§7).
 * @type {Required<Limits>}
 */
const LIMITS = {
  connectTimeoutMs: 60000,
  maxPacketSize: 262144,
  maxKeepAliveMs: 600000,
  maxClients: 100,
  maxPendingPublishes: 100,
  refusalDelayMs: 50,
  sasGraceMs: 300000,
  reauthenticateIntervalMs: 300000,
  c2dLockMs: 60000,
  lingerMs: 1000,
};

/** Longest delay of a timer, in milliseconds; Node turns longer ones into 1 ms. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * A running gateway and the cloud behind it. Its members are described in index.d.ts.
 * @extends {EventEmitter<import('./index').GatewayEvents>}
 */
class Gateway extends EventEmitter {
  /**
   * @param {GatewayOptions} options
   * @param {Chain} chain
   */
  constructor(options, chain) {
    super();
    const { hubHostName = 'local.azure-devices.net', hostname = chain.host, host = '127.0.0.1' } = options;
    this.host = host;
    this.port = 0;
    this.hostname = hostname;
    this.hubHostName = hubHostName;
    this.chain = chain;
    const limits = limitsOf(options.limits);
    this.script = new Faults(options.faults);
    this.inbox = new Inbox(options.keep ?? 100);
    this.registry = new Registry(limits.maxClients);
    this.sessions = new SessionStore();
    this.scope = new Scope({ hosts: () => this.audienceHosts(), graceMs: limits.sasGraceMs });
    (options.devices || []).forEach((device) => this.scope.add(device));
    this.intake = new Intake({
      strict: options.strict || false,
      onMessage: (message) => {
        this.inbox.put(message);
        this.emit('telemetry', message);
      },
      onDropped: (message) => this.emit('dropped', message),
    });
    this.queues = new Queues({ lockMs: limits.c2dLockMs, onChange: (message) => this.emit('c2d', message) });
    const { minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3', cleanClose = false, strict = false } = options;
    this.listener = new Listener(
      { host, minVersion, maxVersion, cleanClose },
      {
        strict,
        limits,
        hosts: () => this.audienceHosts(),
        faults: () => this.script,
        scope: this.scope,
        sessions: this.sessions,
        intake: this.intake,
        queues: this.queues,
        registry: this.registry,
        emit: (event, detail) => this.emit(/** @type {any} */ (event), /** @type {any} */ (detail)),
      },
    );
    this.sweep = setInterval(() => this.reauthenticate(), limits.reauthenticateIntervalMs).unref();
  }

  get rootPem() {
    return this.chain.rootPem;
  }

  get faults() {
    return this.script.script;
  }

  set faults(script) {
    this.script = new Faults(script);
  }

  get route() {
    return this.intake.route;
  }

  set route(route) {
    this.intake.route = route;
  }

  get received() {
    return this.inbox.peek();
  }

  get dropped() {
    return [...this.intake.dropped];
  }

  get counts() {
    return { ...this.intake.counts, connections: this.listener.accepted };
  }

  /** Gateway and port as in a connection string, and as token audiences may name them. */
  get endpoint() {
    const name = this.hostname.includes(':') ? `[${this.hostname}]` : this.hostname;
    return `${name}:${this.port}`;
  }

  /** A device that has only the gateway's endpoint as its host name signs that, port included. */
  audienceHosts() {
    return [this.hubHostName, this.hostname, this.endpoint].map((name) => name.toLowerCase());
  }

  /**
   * @param {string} deviceId
   */
  connectionString(deviceId) {
    const { primaryKey } = this.scope.get(deviceId);
    return (
      `HostName=${this.hubHostName};DeviceId=${deviceId};SharedAccessKey=${primaryKey};` +
      `GatewayHostName=${this.endpoint}`
    );
  }

  /**
   * @param {import('./index').DeviceOptions} options
   */
  addDevice(options) {
    return { ...this.scope.add(options) };
  }

  /**
   * @param {string} deviceId
   */
  removeDevice(deviceId) {
    this.scope.remove(deviceId);
    this.reauthenticate(deviceId);
  }

  /**
   * @param {string} deviceId
   */
  disableDevice(deviceId) {
    this.scope.get(deviceId).enabled = false;
    this.reauthenticate(deviceId);
  }

  /**
   * @param {string} deviceId
   */
  enableDevice(deviceId) {
    this.scope.get(deviceId).enabled = true;
  }

  /**
   * @param {string} deviceId
   * @param {{ primaryKey?: string, secondaryKey?: string }} [keys]
   */
  rotateKeys(deviceId, keys) {
    const device = { ...this.scope.rotateKeys(deviceId, keys) };
    this.reauthenticate(deviceId);
    return device;
  }

  /**
   * @param {string} [deviceId] default all
   */
  reauthenticate(deviceId) {
    const connections = deviceId === undefined ? [...this.registry.all] : this.registry.ofDevice(deviceId);
    connections.forEach((connection) => connection.reauthenticate());
  }

  /**
   * @param {string} deviceId
   * @param {Buffer | string} body
   * @param {import('./index').C2DOptions} [options]
   */
  sendC2D(deviceId, body, options = {}) {
    this.scope.get(deviceId);
    return this.queues.send(deviceId, body, options);
  }

  /**
   * @param {number} count
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   */
  waitForMessages(count, options) {
    return this.inbox.take(count, options);
  }

  /**
   * @param {{ signal?: AbortSignal }} [options]
   */
  async *messages(options) {
    for (;;) yield (await this.inbox.take(1, options))[0];
  }

  connections() {
    return [...this.registry.all].map(({ info, client }) => ({
      ...info,
      subscriptions: client ? client.subscriptions.filters() : [],
    }));
  }

  /**
   * @param {string} deviceId
   * @param {'fin' | 'rst'} [how]
   */
  cut(deviceId, how = 'fin') {
    const connections = this.registry.ofDevice(deviceId);
    connections.forEach((connection) => connection.end('fault: cut', { reset: how === 'rst', will: true }));
    return connections.length;
  }

  /**
   * @param {string} deviceId
   */
  freeze(deviceId) {
    const connections = this.registry.ofDevice(deviceId);
    connections.forEach((connection) => connection.freeze());
    return connections.length;
  }

  /**
   * @param {{ downtimeMs?: number, keepSessions?: boolean, chain?: Chain }} [options]
   */
  async restart({ downtimeMs = 0, keepSessions = true, chain = this.chain } = {}) {
    await this.halt('gateway restarts');
    if (!keepSessions) this.sessions.clear();
    await sleep(downtimeMs);
    this.chain = chain;
    await this.start(this.port);
  }

  /**
   * @param {number} port
   */
  async start(port) {
    this.port = await this.listener.listen(port, this.chain);
  }

  /**
   * @param {string} reason
   */
  async halt(reason) {
    this.registry.all.forEach((connection) => connection.end(reason));
    await this.listener.close();
  }

  async close() {
    clearInterval(this.sweep);
    this.queues.stop();
    await this.halt('gateway closes');
    this.queues.stop();
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }
}

/**
 * Starts a gateway; described in index.d.ts.
 * @param {GatewayOptions} [options]
 * @returns {Promise<import('./index').Gateway>}
 */
async function startGateway(options = {}) {
  const chain = options.chain || (await createChain({ host: options.hostname }));
  const gateway = new Gateway(options, chain);
  await gateway.start(options.port ?? 0);
  return gateway;
}

/**
 * @param {Limits} [changes]
 * @returns {Required<Limits>}
 */
function limitsOf(changes = {}) {
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in LIMITS)) {
      throw new TypeError(`limits: '${name}' is unknown; there are ${Object.keys(LIMITS).join(', ')}`);
    }
    const most = name.endsWith('Ms') ? LONGEST_DELAY : Infinity;
    if (!(value >= 0 && value <= most)) throw new TypeError(`limits: ${name} cannot be ${value}`);
  }
  return { ...LIMITS, ...changes };
}

module.exports = { startGateway };
