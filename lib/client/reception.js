// @ts-check
'use strict';

const { HeldMessages } = require('../c2d/held_messages');
const { keepsPendingOperations } = require('../connection/transport');
const { guarded, surface } = require('../plumbing/uncaught');

/**
 * What a client receives for the listeners of one of its events: asked for while there are any.
 *
 * With the MQTT transports a message is acknowledged once all its listeners have returned, or one has thrown. If that ends
 * the process, the message stays with the gateway, which delivers it again. One that arrives while nobody listens is held.
 */
class Reception {
  #client;
  #event;
  #want;
  #told;
  #held;
  #listening = 0;

  /**
   * @param {import('../plumbing/observed_emitter').ObservedEmitter} client
   * @param {any} transport
   * @param {import('../connection/transport').MessageFeature} feature
   * @param {object} manner
   * @param {(wanted: boolean) => void} manner.want Told when the first listener comes, and when the last one has gone.
   * @param {(refused: () => void) => void} manner.resume Messages that went back to the gateway can be taken again, see
   *   `HeldMessages`.
   * @param {(message: any) => any[]} manner.told The arguments of the event.
   * @param {number} [manner.longestMs] How long a message waits while nobody listens.
   */
  constructor(client, transport, { event, suspend }, { want, resume, told, longestMs }) {
    this.#client = client;
    this.#event = event;
    this.#want = want;
    this.#told = told;
    this.#held = new HeldMessages(
      {
        ready: () => client.listenerCount(event) > 0,
        absent: () => client.listenerCount(event) === 0,
        deliver: (message, settle) => this.#deliver(message, settle),
        suspend: () => transport[suspend](),
        resume,
      },
      longestMs,
    );
    transport.on(event, (/** @type {any[]} */ ...received) => {
      if (transport[keepsPendingOperations] !== true) {
        guarded(() => client.emit(event, ...received));
        return;
      }
      const settle = received.pop();
      this.#held.arrive(received.pop(), settle);
    });
  }

  /** @param {string | symbol | undefined} event Whose listeners changed; `undefined`: those of all. */
  listenersChanged(event) {
    if (event !== undefined && event !== this.#event) return;
    const before = this.#listening;
    this.#listening = this.#client.listenerCount(this.#event);
    // Taking one of several listeners away is no wish to connect.
    if (this.#listening > before) this.#want(true);
    else if (this.#listening === 0 && before > 0) this.#want(false);
    this.#held.flush();
  }

  /** What was received but not yet given to the app cannot be acknowledged any more. */
  stale() {
    this.#held.drop();
  }

  /**
   * @param {any} message
   * @param {() => void} settle
   */
  #deliver(message, settle) {
    try {
      this.#client.emit(this.#event, ...this.#told(message));
    } catch (error) {
      surface(error);
      // Behind the exception, which may end the process. Unacknowledged for longer, the message would hold back the
      // acknowledgements of all that come after.
      setImmediate(settle);
      return;
    }
    settle();
  }
}

module.exports = { Reception };
