// @ts-check
'use strict';

const { inspect } = require('node:util');
const { ProtocolError } = require('../mqtt/framing');
const { InputMessage } = require('./input_message');
const { ModuleQueue } = require('./module_queue');

/**
 * @typedef {import('./router').Store} Store
 */

/** What waits for the inputs of modules, by module. */
class Inputs {
  #options;
  /** @type {Map<string, ModuleQueue>} by client id `d/m` */
  #queues = new Map();
  /** @type {Map<string, Store>} by module and input */
  #stores = new Map();
  /** The memory that the messages take. */
  #bytes = 0;

  /**
   * @param {import('./module_queue').ModuleQueueOptions & {
   *   storeBytes: number,
   *   onLost: (message: import('../index').Message, reason: string) => void
   * }} options
   */
  constructor(options) {
    const onSettled = (/** @type {InputMessage} */ message) => {
      this.#bytes -= message.cost;
      options.onSettled(message);
    };
    this.#options = { ...options, onSettled };
  }

  /**
   * @param {string} id `d/m`
   * @returns {ModuleQueue}
   */
  of(id) {
    const queue = this.#queues.get(id) ?? new ModuleQueue(this.#options);
    this.#queues.set(id, queue);
    return queue;
  }

  /**
   * @param {string} id `d/m`
   * @param {string} input
   * @param {import('./input_message').Content} content
   * @throws {TypeError} an input that cannot be one
   * @throws {RangeError} its properties do not fit into a topic
   */
  send(id, input, content) {
    if (typeof input !== 'string' || !/^[^/+#\0]+$/.test(input)) {
      throw new TypeError(`input ${inspect(input)} of '${id}' is not one level of a topic`);
    }
    const message = new InputMessage(id, input, content);
    this.#bytes += message.cost;
    this.of(id).put(message);
    return message;
  }

  /**
   * @param {() => string | undefined} idOf the module, once there is one
   * @param {{ moduleId: string, input: string }} endpoint
   * @returns {Store} always the same for the same endpoint
   */
  store(idOf, { moduleId, input }) {
    const key = `${moduleId}/${input}`;
    const known = this.#stores.get(key);
    if (known) return known;
    const store = {
      requireRoom: () => {
        if (this.#bytes < this.#options.storeBytes) return;
        throw new ProtocolError(`the store of module messages is full: ${this.#bytes} bytes`);
      },
      take: (/** @type {import('../index').Message} */ message) => {
        const id = idOf();
        if (id === undefined) return this.#options.onLost(message, `there is no module '${moduleId}'`);
        try {
          this.send(id, input, message);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          this.#options.onLost(message, error.message);
        }
      },
    };
    this.#stores.set(key, store);
    return store;
  }

  /** The store is gone: a gateway without persistent storage was restarted. */
  clear() {
    this.#queues.forEach((queue) => queue.clear());
    this.#bytes = 0;
  }

  stop() {
    this.#queues.forEach((queue) => queue.stop());
  }
}

module.exports = { Inputs };
