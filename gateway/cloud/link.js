// @ts-check
'use strict';

const { EventEmitter } = require('node:events');

/**
 * Whether the gateway reaches the cloud. Rooms that speak to the cloud ask `online` and listen to `change`.
 * @extends {EventEmitter<{ change: [online: boolean] }>}
 */
class Link extends EventEmitter {
  #online = true;

  get online() {
    return this.#online;
  }

  set online(online) {
    if (online === this.#online) return;
    this.#online = online;
    this.emit('change', online);
  }
}

module.exports = { Link };
