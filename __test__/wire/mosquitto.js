'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const mqtt = require('mqtt');
const { CloudMessage } = require('../../gateway/c2d/message');
const { OBSERVER, configure } = require('./mosquitto_config');
const { MosquittoLog } = require('./mosquitto_log');
const { Record, eventually } = require('./record');
const { Relay } = require('./relay');

const MISSING =
  'Mosquitto is not installed, and half of the wire tests run against it: apt-get install mosquitto';

/** A real Mosquitto, a process of its own, behind the seam of `brokers.js`. */
class Mosquitto extends Record {
  static label = 'Mosquitto';
  #options;
  #directory;
  /** Where an observer, which is the cloud, connects without TLS. */
  #observerPort = 0;
  #process;
  #output = '';

  /** @param {import('./brokers').BrokerOptions} options */
  constructor(options = {}) {
    super();
    this.#options = options;
  }

  /** @param {import('../../gateway').Chain} chain */
  async start(chain) {
    this.chain = chain;
    this.#directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-mosquitto-'));
    [this.port, this.#observerPort] = await freePorts(2);
    this.relay = await new Relay(this.port).listen();
    await this.#launch();
  }

  /** Mosquitto takes any device, unless the option `tokens` names those it knows. */
  register() {}

  /**
   * @param {string} deviceId
   * @param {string | Buffer} body
   * @param {import('../../gateway').C2DOptions} [options]
   */
  sendC2D(deviceId, body, options = {}) {
    this.observer.publish(
      new CloudMessage(deviceId, body, options, { timeToLiveMs: 3_600_000 }).topic,
      body,
      { qos: 1 },
    );
  }

  /** Killed and started again: with or without its sessions, another chain, or a device's token refused. */
  async restart({ sessions = true, refuse, chain = this.chain } = {}) {
    this.relay.refuse();
    const database = path.join(this.#directory, 'mosquitto.db');
    if (sessions) await this.#save();
    this.observer.end(true);
    this.#process.kill('SIGKILL');
    await once(this.#process, 'close');
    if (!sessions) fs.rmSync(database, { force: true });
    this.chain = chain;
    await this.#launch(refuse);
    this.relay.admit();
  }

  async stop() {
    await this.relay?.close();
    this.observer?.end(true);
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'close');
    }
    if (this.#directory) fs.rmSync(this.#directory, { recursive: true, force: true });
  }

  /** @param {string} [refuse] A device whose token is no longer known. */
  async #launch(refuse) {
    const { port, chain } = this;
    const settings = { ...this.#options, port, chain, refuse, observerPort: this.#observerPort };
    const { file, environment } = configure(this.#directory, settings);
    const child = spawn(executable(), ['-c', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#process = child;
    process.once('exit', () => child.kill('SIGKILL'));
    const log = new MosquittoLog(this);
    this.#output = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      if (this.#output.length < 4000) this.#output += text;
      log.push(text);
    });
    const up = () => / running\n/.test(this.#output);
    await eventually(child.stderr, 'data', `Mosquitto runs; it said:\n${this.#output}`, up);
    await this.#observe();
  }

  /** The cloud: gets every message. At QoS 0, because what a killed broker had passed on must not be repeated. */
  async #observe() {
    const url = `mqtt://127.0.0.1:${this.#observerPort}`;
    this.observer = mqtt.connect(url, { clientId: OBSERVER, username: OBSERVER, password: OBSERVER });
    this.observer.on('error', () => {});
    this.observer.on('message', (topic, payload) => this.add('messages', { topic, payload }));
    await once(this.observer, 'connect');
    await new Promise((resolve, reject) =>
      this.observer.subscribe('devices/+/messages/events/#', (error) => (error ? reject(error) : resolve())),
    );
  }

  /** Writes the sessions to disk, as the broker does every half hour. */
  async #save() {
    const watcher = fs.watch(this.#directory);
    let saved = false;
    watcher.on('change', (event, file) => {
      saved ||= event === 'rename' && file === 'mosquitto.db';
      watcher.emit('looked');
    });
    this.#process.kill('SIGUSR1');
    await eventually(watcher, 'looked', 'Mosquitto saved its sessions', () => saved);
    watcher.close();
  }
}

/** @returns {string} */
function executable() {
  const places = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = places.map((place) => path.join(place, 'mosquitto')).find((file) => fs.existsSync(file));
  if (found) return found;
  console.error(MISSING);
  throw new Error(MISSING);
}

/** Ports of 127.0.0.1 nobody listens on. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

module.exports = { Mosquitto };
