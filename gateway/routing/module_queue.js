// @ts-check
'use strict';

const { LONGEST_DELAY } = require('../control/limits');

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
  /** Until the first is too old, while it waits. @type {NodeJS.Timeout | undefined} */
  #ageTimer;

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
    this.#watchAge();
  }

  /** Sends the next; called again whenever the module's subscriptions changed. */
  deliver() {
    const receiver = this.#receiver;
    this.#expire();
    while (!this.#delivery && this.#mayReceive(receiver) && this.#stored.length > 0) {
      const [{ message }] = this.#stored;
      const subscription = receiver.subscriptions.match(message.topic, Infinity);
      if (subscription) this.#send(message, receiver, subscription.qos);
      else this.#settle('rejected');
      this.#expire();
    }
    this.#watchAge();
  }

  /**
   * Whether it is still the one that is served, as sending may have ended its connection, and asks for messages.
   * @param {Receiver | undefined} receiver
   * @returns {receiver is Receiver}
   */
  #mayReceive(receiver) {
    return receiver === this.#receiver && receiver?.subscriptions.has('moduleInputs') === true;
  }

  /** What waits and is too old vanishes, whether the module is there or not. */
  #expire() {
    const oldest = this.#options.clock.now() - this.#options.timeToLiveMs;
    while (!this.#delivery && this.#stored.length > 0 && this.#stored[0].storedAt < oldest) {
      this.#settle('expired');
    }
  }

  #watchAge() {
    if (this.#ageTimer || this.#delivery || this.#stored.length === 0) return;
    const { clock, timeToLiveMs } = this.#options;
    const wait = this.#stored[0].storedAt + timeToLiveMs + 1 - clock.now();
    const look = () => {
      this.#ageTimer = undefined;
      this.#expire();
      this.#watchAge();
    };
    this.#ageTimer = setTimeout(look, Math.min(Math.max(1, wait), LONGEST_DELAY)).unref();
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
    this.stop();
    this.#stored = [];
  }

  stop() {
    this.#end();
    clearTimeout(this.#ageTimer);
    this.#ageTimer = undefined;
  }
}

module.exports = { ModuleQueue };
