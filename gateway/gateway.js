// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { createChain } = require('./certificates/chain');
const { assemble } = require('./control/assembly');
const { readOptions } = require('./control/options');

/**
 * @typedef {import('./index').Chain} Chain
 */

/**
 * A running gateway and the cloud behind it. Its members are described in types/gateway.d.ts.
 * @extends {EventEmitter<import('./index').GatewayEvents>}
 */
class Gateway extends EventEmitter {
  #rooms;

  /**
   * @param {import('./control/options').Settings} settings
   * @param {Chain} chain
   */
  constructor(settings, chain) {
    super();
    this.host = settings.host;
    this.port = 0;
    this.webSocketPort = 0;
    this.hostname = settings.hostname ?? chain.host;
    this.hubHostName = settings.hubHostName;
    this.chain = chain;
    this.#rooms = assemble(settings, {
      hosts: () => this.#audienceHosts(),
      emit: (event, detail) => this.emit(event, detail),
    });
    const { reauthenticateIntervalMs } = settings.limits;
    this.sweep = setInterval(() => this.reauthenticate(), reauthenticateIntervalMs).unref();
  }

  get rootPem() {
    return this.chain.rootPem;
  }

  get faults() {
    return this.#rooms.faults.script;
  }

  set faults(script) {
    this.#rooms.faults.script = script;
  }

  get route() {
    return this.#rooms.intake.route;
  }

  set route(route) {
    this.#rooms.intake.route = route;
  }

  get received() {
    return this.#rooms.inbox.peek();
  }

  get dropped() {
    return [...this.#rooms.intake.dropped];
  }

  get counts() {
    return { ...this.#rooms.intake.counts, connections: this.#rooms.listener.accepted };
  }

  get upstream() {
    const { counts, stored } = this.#rooms.upstream;
    return { ...counts, stored };
  }

  get offline() {
    return !this.#rooms.link.online;
  }

  set offline(offline) {
    this.#rooms.link.online = !offline;
  }

  /** Gateway and port as in a connection string, and as token audiences may name them. */
  get endpoint() {
    return this.#endpointOf(this.port);
  }

  get webSocketUrl() {
    return `wss://${this.#endpointOf(this.webSocketPort)}/$iothub/websocket`;
  }

  /**
   * @param {number} port
   */
  #endpointOf(port) {
    const name = this.hostname.includes(':') ? `[${this.hostname}]` : this.hostname;
    return `${name}:${port}`;
  }

  /** A device that has only the gateway's endpoint as its host name signs that, port included. */
  #audienceHosts() {
    const endpoints = [this.port, this.webSocketPort].map((port) => this.#endpointOf(port));
    return [this.hubHostName, this.hostname, ...endpoints].map((name) => name.toLowerCase());
  }

  /**
   * @param {string} deviceId
   */
  connectionString(deviceId) {
    const { primaryKey } = this.#rooms.scope.get(deviceId);
    return (
      `HostName=${this.hubHostName};DeviceId=${deviceId};SharedAccessKey=${primaryKey};` +
      `GatewayHostName=${this.endpoint}`
    );
  }

  /**
   * @param {import('./index').DeviceOptions} options
   */
  addDevice(options) {
    return { ...this.#rooms.scope.add(options) };
  }

  /**
   * @param {string} deviceId
   */
  removeDevice(deviceId) {
    this.#rooms.scope.remove(deviceId);
    this.reauthenticate(deviceId);
  }

  /**
   * @param {string} deviceId
   */
  disableDevice(deviceId) {
    this.#rooms.scope.get(deviceId).enabled = false;
    this.reauthenticate(deviceId);
  }

  /**
   * @param {string} deviceId
   */
  enableDevice(deviceId) {
    this.#rooms.scope.get(deviceId).enabled = true;
  }

  /**
   * @param {string} deviceId
   * @param {{ primaryKey?: string, secondaryKey?: string }} [keys]
   */
  rotateKeys(deviceId, keys) {
    const device = { ...this.#rooms.scope.rotateKeys(deviceId, keys) };
    this.reauthenticate(deviceId);
    return device;
  }

  /**
   * @param {string} [deviceId] default all
   */
  reauthenticate(deviceId) {
    const connections =
      deviceId === undefined ? [...this.#rooms.registry.all] : this.#rooms.registry.ofDevice(deviceId);
    connections.forEach((connection) => connection.reauthenticate());
  }

  /**
   * @param {string} deviceId
   * @param {Buffer | string} body
   * @param {import('./index').C2DOptions} [options]
   */
  sendC2D(deviceId, body, options = {}) {
    this.#rooms.scope.get(deviceId);
    return this.#rooms.queues.send(deviceId, body, options);
  }

  /**
   * @param {number} count
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   */
  waitForMessages(count, options) {
    return this.#rooms.inbox.take(count, options);
  }

  /**
   * @param {{ signal?: AbortSignal }} [options]
   */
  async *messages(options) {
    for (;;) yield (await this.#rooms.inbox.take(1, options))[0];
  }

  connections() {
    return [...this.#rooms.registry.all].map(({ info, client }) => ({
      ...info,
      subscriptions: client ? client.subscriptions.filters() : [],
    }));
  }

  /**
   * @param {string} deviceId
   * @param {'fin' | 'rst'} [how]
   */
  cut(deviceId, how = 'fin') {
    const connections = this.#rooms.registry.ofDevice(deviceId);
    connections.forEach((connection) => connection.cut(how === 'rst' ? 'reset' : 'cut'));
    return connections.length;
  }

  /**
   * @param {string} deviceId
   */
  freeze(deviceId) {
    const connections = this.#rooms.registry.ofDevice(deviceId);
    connections.forEach((connection) => connection.freeze());
    return connections.length;
  }

  /**
   * @param {{ downtimeMs?: number, keepSessions?: boolean, chain?: Chain }} [options]
   */
  async restart({ downtimeMs = 0, keepSessions = true, chain = this.chain } = {}) {
    await this.halt('gateway restarts');
    if (!keepSessions) {
      this.#rooms.sessions.clear();
      this.#rooms.upstream.clear();
    }
    await sleep(downtimeMs);
    this.chain = chain;
    await this.start(this);
  }

  /**
   * @param {{ port: number, webSocketPort: number | 'same' }} ports
   */
  async start(ports) {
    Object.assign(this, await this.#rooms.listener.listen(ports, this.chain));
  }

  /**
   * @param {string} reason
   */
  async halt(reason) {
    this.#rooms.registry.all.forEach((connection) => connection.end(reason, { abrupt: true }));
    await this.#rooms.listener.close();
  }

  async close() {
    clearInterval(this.sweep);
    this.#rooms.queues.stop();
    await this.halt('gateway closes');
    this.#rooms.queues.stop();
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }
}

/**
 * Starts a gateway; described in index.d.ts.
 * @param {import('./index').GatewayOptions} [options]
 * @returns {Promise<import('./index').Gateway>}
 */
async function startGateway(options = {}) {
  const settings = readOptions(options);
  const chain = settings.chain ?? (await createChain({ host: settings.hostname }));
  const gateway = new Gateway(settings, chain);
  await gateway.start(settings);
  return gateway;
}

module.exports = { startGateway };
