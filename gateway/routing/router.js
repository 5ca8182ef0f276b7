// @ts-check
'use strict';

const { inspect } = require('node:util');
const { parseRoute, sourceOfMessage } = require('./route');

/**
 * @typedef {import('../index').Message} Message
 * @typedef {import('./route').Route} Route
 *
 * Where messages are stored until they go on.
 * @typedef {object} Store
 * @property {() => void} requireRoom throws where nothing more can be stored
 * @property {(message: Message) => void} take
 */

/** As deployments come with: everything goes to the cloud. */
const STANDARD = { upstream: 'FROM /messages/* INTO $upstream' };

/** The routes of the gateway: which stores a message is put into. */
class Router {
  /** Whether any route is in force. */
  enabled = true;
  /** @type {Record<string, string>} */
  #texts = {};
  /** @type {Route[]} */
  #routes = [];
  #storeOf;
  /** @type {Store[] | undefined} of messages of devices, which all have one source */
  #ofDevices;

  /**
   * @param {Record<string, string> | string[] | undefined} texts
   * @param {(sink: import('./route').Sink) => Store} storeOf
   */
  constructor(texts, storeOf) {
    this.#storeOf = storeOf;
    this.routes = texts ?? STANDARD;
  }

  /** @returns {Record<string, string>} */
  get routes() {
    return { ...this.#texts };
  }

  /**
   * @param {Record<string, string> | string[]} texts
   * @throws {TypeError} names the route that cannot be
   */
  set routes(texts) {
    if (typeof texts !== 'object' || texts === null) {
      throw new TypeError(`routes cannot be ${inspect(texts)}; they are an object of routes by name`);
    }
    const named = Array.isArray(texts) ? texts.map((text, i) => [`${i + 1}`, text]) : Object.entries(texts);
    this.#routes = named.map(([name, text]) => parseRoute(name, text));
    this.#texts = Object.fromEntries(named);
    this.#ofDevices = undefined;
  }

  /**
   * @param {Message} message
   * @returns {Store[]} each once, however many routes lead there
   */
  storesFor(message) {
    if (!this.enabled) return [];
    if (message.moduleId !== undefined) return this.#storesOf(sourceOfMessage(message));
    this.#ofDevices ??= this.#storesOf(sourceOfMessage(message));
    return this.#ofDevices;
  }

  /**
   * @param {string} source
   */
  #storesOf(source) {
    const routes = this.#routes.filter((route) => source.startsWith(route.source));
    return [...new Set(routes.map(({ sink }) => this.#storeOf(sink)))];
  }
}

module.exports = { Router };
