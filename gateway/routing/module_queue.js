// @ts-check
'use strict';

/**
 * @typedef {import('./input_message').InputMessage} InputMessage
 * @typedef {import('../c2d/queue').Receiver} Receiver
 *
 * @typedef {object} ModuleQueueOptions
 * @property {import('../cloud/clock').Clock} clock
 * @property {number} ackTimeoutMs for the PUBACK; after it the message is sent again
 * @property {number} timeToLiveMs older messages vanish
 * @property {(message: InputMessage) => void} onSettled
 */

/**
 * Messages for the inputs of one module, stored until it acknowledges them: one after the other, whatever their inputs
 * (ModuleEndpoint.cs, DeviceMessageHandler.cs).
 */
class ModuleQueue {
  #options;
  /** @type {Array<{ message: InputMessage, storedAt: number }>} the first may be at the module */
  #stored = [];
  /** @type {Receiver | undefined} */
  #receiver;
  /** The delivery under way, compared by identity. @type {object | undefined} */
  #delivery;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {ModuleQueueOptions} options
   */
  constructor(options) {
    this.#options = options;
  }

  get messages() {
    return this.#stored.map(({ message }) => message);
  }

  /**
   * @param {InputMessage} message
   */
  put(message) {
    this.#stored.push({ message, storedAt: this.#options.clock.now() });
    this.deliver();
  }

  /**
   * @param {Receiver} receiver a connection that is served; it may take over from another
   */
  attach(receiver) {
    this.#end();
    this.#receiver = receiver;
    this.deliver();
  }

  /**
   * @param {Receiver} receiver whose connection ended: what it has not acknowledged is sent again
   */
  detach(receiver) {
    if (this.#receiver !== receiver) return;
    this.#end();
    this.#receiver = undefined;
  }

  /** Sends the next; called again whenever the module's subscriptions changed. */
  deliver() {
    const receiver = this.#receiver;
    while (!this.#delivery && receiver?.subscriptions.has('moduleInputs') && this.#stored.length > 0) {
      const [{ message, storedAt }] = this.#stored;
      const subscription = receiver.subscriptions.match(message.topic, Infinity);
      if (this.#options.clock.now() - storedAt > this.#options.timeToLiveMs) this.#settle('expired');
      else if (subscription) this.#send(message, receiver, subscription.qos);
      else this.#settle('rejected');
    }
  }

  /**
   * @param {InputMessage} message the first
   * @param {Receiver} receiver
   * @param {0 | 1} qos
   */
  #send(message, receiver, qos) {
    const delivery = {};
    this.#delivery = delivery;
    message.deliveryCount++;
    const end = (/** @type {boolean} */ acknowledged) => {
      if (this.#delivery !== delivery) return;
      this.#end();
      if (acknowledged) this.#settle('completed');
      this.deliver();
    };
    this.#timer = setTimeout(() => end(false), this.#options.ackTimeoutMs).unref();
    receiver.publish(message.topic, message.body, qos, () => end(true));
    if (qos === 1 || this.#delivery !== delivery) return;
    this.#end();
    this.#settle('completed');
  }

  /** Nothing is under way any more. */
  #end() {
    clearTimeout(this.#timer);
    this.#delivery = undefined;
  }

  /**
   * @param {import('./input_message').Outcome} status of the first
   */
  #settle(status) {
    const { message } = /** @type {{ message: InputMessage }} */ (this.#stored.shift());
    message.settle(status);
    this.#options.onSettled(message);
  }

  /** The store is gone. */
  clear() {
    this.#end();
    this.#stored = [];
  }

  stop() {
    this.#end();
  }
}

module.exports = { ModuleQueue };
