// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { assemble } = require('./control/assembly');
const { HTTPS_PORT, MQTT_PORT, authorityOf } = require('./control/authority');
const { Lifecycle } = require('./control/lifecycle');
const { Lines } = require('./control/lines');
const { isFlag, requireKnown, requireValue } = require('./control/values');
const { connectionStringOf } = require('./identity/connection_string');
const { credentialsOf } = require('./identity/credentials');
const { contentOf } = require('./routing/input_message');
const { environmentOf } = require('./workload/environment');

/**
 * @typedef {import('./index').Chain} Chain
 */

/**
 * A running gateway and the cloud behind it, or IoT Hub itself. Its members are described in types/gateway.d.ts.
 * @extends {EventEmitter<import('./index').GatewayEvents>}
 */
class Gateway extends EventEmitter {
  #rooms;
  #life;
  #lines;
  #isHub;
  #methodCalls = 0;

  /**
   * @param {import('./control/options').Settings} settings
   * @param {Chain} chain
   */
  constructor(settings, chain) {
    super();
    this.host = settings.host;
    this.hostname = settings.hostname ?? chain.host;
    this.hubHostName = settings.hubHostName;
    this.#isHub = settings.hub;
    this.#rooms = assemble(settings, {
      hosts: () => this.#audienceHosts(),
      trustBundle: () => this.#life.trustBundle,
      emit: (event, detail) => this.emit(event, detail),
    });
    this.#lines = new Lines(this.#rooms);
    this.#life = new Lifecycle(settings, chain, this.#rooms, {
      emit: (event, request) => this.emit(event, request),
      onSweep: () => this.reauthenticate(),
    });
  }

  get port() {
    return this.#life.port;
  }

  get webSocketPort() {
    return this.#life.webSocketPort;
  }

  get chain() {
    return this.#life.chain;
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
    return this.#rooms.router.enabled;
  }

  set route(route) {
    requireValue('gateway', { route }, 'true or false', isFlag);
    this.#rooms.router.enabled = route;
  }

  get routes() {
    return this.#rooms.router.routes;
  }

  set routes(routes) {
    this.#rooms.router.routes = routes;
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
    if (this.#isHub) throw new TypeError('a hub is the cloud: it cannot be out of its reach');
    requireValue('gateway', { offline }, 'true or false', isFlag);
    this.#rooms.link.online = !offline;
  }

  get uploads() {
    return this.#rooms.uploads.all;
  }

  /**
   * @param {string} name
   */
  blob(name) {
    return this.#rooms.blobs.get(name);
  }

  get clockOffsetMs() {
    return this.#rooms.clock.offsetMs;
  }

  set clockOffsetMs(clockOffsetMs) {
    requireValue('gateway', { clockOffsetMs }, 'a number', Number.isFinite);
    this.#rooms.clock.offsetMs = clockOffsetMs;
  }

  get endpoint() {
    return authorityOf(this.hostname, this.port);
  }

  get webSocketUrl() {
    return `wss://${authorityOf(this.hostname, this.webSocketPort, HTTPS_PORT)}/$iothub/websocket`;
  }

  /** A device that has only the gateway's endpoint as its host name signs that, port included. */
  #audienceHosts() {
    const endpoints = [this.port, this.webSocketPort].map((port) => authorityOf(this.hostname, port));
    return [this.hubHostName, this.hostname, ...endpoints].map((name) => name.toLowerCase());
  }

  /**
   * @param {string} clientId
   * @param {{ direct?: boolean }} [options]
   */
  connectionString(clientId, { direct = this.#isHub, ...unknown } = {}) {
    requireKnown('connectionString', unknown);
    requireValue('connectionString', { direct }, 'true or false', isFlag);
    const { hubHostName, hostname, port } = this;
    const endpoint = authorityOf(hostname, port, MQTT_PORT);
    return connectionStringOf(this.#rooms.scope.get(clientId), { hubHostName, endpoint, direct });
  }

  /**
   * @param {string} id
   * @param {{ workload?: 'unix' | 'http' }} [options]
   */
  moduleEnvironment(id, { workload, ...unknown } = {}) {
    requireKnown('moduleEnvironment', unknown);
    const child = this.#rooms.scope.get(id);
    if (child.moduleId === undefined) throw new TypeError(`'${id}' is a device: it has no such environment`);
    const { hostname, hubHostName, port } = this;
    const endpoint = authorityOf(hostname, port, MQTT_PORT);
    return environmentOf(child, { endpoint, hubHostName, workloadUri: this.#life.workload.uri(workload) });
  }

  /**
   * @param {string} clientId
   * @param {{ lifetimeMs?: number }} [options]
   */
  mqttCredentials(clientId, { lifetimeMs = 3600000, ...unknown } = {}) {
    requireKnown('mqttCredentials', unknown);
    requireValue('mqttCredentials', { lifetimeMs }, 'a number', Number.isFinite);
    const { clock, scope } = this.#rooms;
    return credentialsOf(scope.get(clientId), this.hubHostName, clock.now() + lifetimeMs);
  }

  /**
   * @param {import('./index').DeviceOptions} options
   */
  addDevice(options) {
    return { ...this.#rooms.scope.add(options) };
  }

  /**
   * @param {string} deviceId
   * @param {import('./index').ModuleOptions} options
   */
  addModule(deviceId, options) {
    return { ...this.#rooms.scope.addModule(deviceId, options) };
  }

  devices() {
    return this.#rooms.scope.all().map((child) => ({ ...child }));
  }

  /**
   * @param {string} clientId
   */
  removeDevice(clientId) {
    this.#rooms.scope.remove(clientId);
    this.reauthenticate(clientId);
  }

  /**
   * @param {string} clientId
   */
  disableDevice(clientId) {
    this.#rooms.scope.get(clientId).enabled = false;
    this.reauthenticate(clientId);
  }

  /**
   * @param {string} clientId
   */
  enableDevice(clientId) {
    this.#rooms.scope.get(clientId).enabled = true;
  }

  /**
   * @param {string} clientId
   * @param {import('./identity/child').Secrets} [secrets]
   */
  rotateKeys(clientId, secrets) {
    const child = { ...this.#rooms.scope.rotateKeys(clientId, secrets) };
    this.reauthenticate(clientId);
    return child;
  }

  /**
   * @param {string} [clientId] with a device its modules, too; default all
   */
  reauthenticate(clientId) {
    const { registry } = this.#rooms;
    const connections = clientId === undefined ? [...registry.all] : registry.ofFamily(clientId);
    connections.forEach((connection) => connection.opening.repeat());
  }

  /**
   * @param {string} deviceId
   * @param {Buffer | string} body
   * @param {import('./index').C2DOptions} [options]
   */
  sendC2D(deviceId, body, options = {}) {
    if (this.#rooms.scope.get(deviceId).moduleId !== undefined) {
      throw new TypeError(`'${deviceId}' is a module: cloud-to-device messages go to devices only`);
    }
    return this.#rooms.queues.send(deviceId, body, options);
  }

  /**
   * @param {string} id
   * @param {string} input
   * @param {Buffer | string} body
   * @param {import('./index').InputOptions} [options]
   */
  sendInput(id, input, body, options = {}) {
    if (this.#rooms.scope.get(id).moduleId === undefined) {
      throw new TypeError(`'${id}' is a device: only modules have inputs`);
    }
    return this.#rooms.inputs.send(id, input, contentOf(body, options));
  }

  /**
   * @param {string} id
   * @param {string} name
   * @param {unknown} [payload]
   * @param {import('./index').MethodOptions} [options]
   */
  async invokeMethod(id, name, payload, options = {}) {
    this.#rooms.scope.get(id);
    const json = Buffer.from(JSON.stringify(payload) ?? 'null');
    // IoT Hub counts in hexadecimal, where edgeHub makes up a GUID.
    const hubs = this.#isHub ? { rid: (++this.#methodCalls).toString(16) } : {};
    const { status, payload: answer } = await this.#rooms.calls.invoke(id, name, json, {
      ...hubs,
      ...options,
    });
    return { status, payload: answer };
  }

  /**
   * @param {string} id
   * @param {import('./index').TwinProperties} patch
   * @param {import('./index').DesiredOptions} [options]
   */
  patchDesired(id, patch, { version, ...unknown } = {}) {
    requireKnown('patchDesired', unknown);
    this.#rooms.scope.get(id);
    return this.#rooms.twins.patchDesired(id, patch, version);
  }

  /**
   * @param {string} id
   */
  twin(id) {
    this.#rooms.scope.get(id);
    return this.#rooms.twins.ofHub(id);
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
  messages(options) {
    return this.#rooms.inbox.messages(options);
  }

  connections() {
    return [...this.#rooms.registry.all].map(({ info, client }) => ({
      ...info,
      subscriptions: client ? client.subscriptions.filters() : [],
    }));
  }

  /**
   * @param {string} clientId
   * @param {'fin' | 'rst'} [how]
   */
  cut(clientId, how = 'fin') {
    return this.#lines.cut(clientId, how);
  }

  /**
   * @param {string} clientId
   */
  freeze(clientId) {
    return this.#lines.freeze(clientId);
  }

  /**
   * @param {string} clientId
   * @param {Uint8Array | string} bytes
   */
  inject(clientId, bytes) {
    return this.#lines.inject(clientId, bytes);
  }

  /**
   * @param {string} clientId
   * @param {string} topic
   * @param {Uint8Array | string} payload
   * @param {{ qos?: 0 | 1 }} [options]
   */
  publish(clientId, topic, payload, { qos = 1, ...unknown } = {}) {
    requireKnown('publish', unknown);
    return this.#lines.publish(clientId, topic, payload, qos);
  }

  /**
   * @param {{ downtimeMs?: number, keepSessions?: boolean, chain?: Chain }} [options]
   */
  restart(options = {}) {
    return this.#life.restart(options);
  }

  begin() {
    return this.#life.begin();
  }

  /**
   * @param {string} reason
   */
  halt(reason) {
    return this.#life.halt(reason);
  }

  close() {
    return this.#life.close();
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }
}

module.exports = { Gateway };
