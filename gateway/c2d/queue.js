// @ts-check
'use strict';

const { LONGEST_DELAY } = require('../control/limits');
const { ReceiveLoop, WhileSubscribed } = require('./receive_loop');

/**
 * @typedef {import('./message').CloudMessage} CloudMessage
 * @typedef {import('../session/subscriptions').Subscriptions} Subscriptions
 *
 * Where messages of a device go at present.
 * @typedef {object} Receiver
 * @property {Subscriptions} subscriptions
 * @property {(topic: string, body: Buffer, qos: 0 | 1, onAcknowledged: () => void) => void} publish
 *
 * A message at the device, unacknowledged. The hub gives it to nobody else until the lock ends.
 * @typedef {{ message: CloudMessage, receiver: Receiver, lockedUntil: number }} Delivery
 *
 * @typedef {object} QueueOptions
 * @property {import('../cloud/link').Link} link nothing passes while it is down
 * @property {number} lockMs an unacknowledged message is delivered again after it
 * @property {number} maxDeliveries a message that comes back from the last of them is a dead letter
 * @property {number} timeToLiveMs of a message without an expiry of its own
 * @property {number} receiveMs how long a receive call of edgeHub takes at most
 * @property {boolean} [hub] the device is connected to the hub itself: a message waits for its subscription
 * @property {(message: CloudMessage) => void} onSettled
 * @property {(message: CloudMessage, qos: 0 | 1) => void} onDelivered
 * @property {(message: CloudMessage, reason: string) => void} onReturned
 */

/** edgeHub takes a message for 30 s younger than the hub says, against clock skew (DeviceClientMessageConverter.cs). */
const CLOCK_SKEW_ALLOWANCE = 30000;

/**
 * The hub's queue of messages for one device, and edgeHub's part in it: edgeHub stores none, it passes them through as
 * long as its receive loop runs.
 */
class DeviceQueue {
  #options;
  /** @type {CloudMessage[]} in the hub, the next first */
  #pending = [];
  /** @type {Set<Delivery>} in the order of delivery */
  #delivered = new Set();
  /** @type {CloudMessage[]} acknowledged while the hub was out of reach */
  #unheard = [];
  /** @type {Receiver | undefined} */
  #receiver;
  #loop;
  /** @type {NodeJS.Timeout | undefined} until the first lock ends */
  #lockTimer;
  /** When the first message in the hub expires; milliseconds since 1970. */
  #nextExpiry = Infinity;
  /** @type {NodeJS.Timeout | undefined} until then */
  #expiryTimer;

  /**
   * @param {QueueOptions} options
   */
  constructor(options) {
    this.#options = options;
    this.#loop = this.#newLoop();
  }

  /**
   * @param {CloudMessage} message
   */
  put(message) {
    this.#enqueue([message], 'push');
    this.deliver();
  }

  /**
   * A take-over leaves the connection to the hub, and so the receive loop and the locks, as they are.
   * @param {Receiver} receiver a connection that is served
   */
  attach(receiver) {
    if (!this.#receiver) this.#loop = this.#newLoop();
    this.#receiver = receiver;
    this.deliver();
  }

  /**
   * The connection ended, and with it that to the hub, which takes back what was not acknowledged.
   * @param {Receiver} receiver
   */
  detach(receiver) {
    if (this.#receiver !== receiver) return;
    this.#receiver = undefined;
    this.#takeBack(() => true, 'the connection ended');
  }

  /** The hub is reached again, by another connection. */
  reconnected() {
    this.#loop = this.#newLoop();
    const unheard = this.#unheard.splice(0);
    this.#enqueue(
      unheard.filter((message) => this.#mayStay(message)),
      'unshift',
    );
    this.deliver();
  }

  /** Sends all that the device may have; called again whenever its subscriptions changed. */
  deliver() {
    const receiver = this.#receiver;
    if (!receiver) return;
    this.#loop.follow(receiver.subscriptions.state('c2d'));
    while (this.#options.link.online && this.#receiver === receiver && this.#loop.receives) {
      const message = this.#pending.shift();
      if (!message) break;
      if (this.#hasExpired(message)) continue;
      this.#loop.received();
      this.#pass(message, receiver);
    }
  }

  /**
   * @param {CloudMessage} message
   * @param {Receiver} receiver
   */
  #pass(message, receiver) {
    const { enqueuedTime, topic } = message;
    const messageTime = this.#options.hub ? Infinity : enqueuedTime.getTime() + CLOCK_SKEW_ALLOWANCE;
    const subscription = receiver.subscriptions.match(topic, messageTime);
    if (!subscription) return this.#settle(message, 'noSubscription');
    message.deliveryCount++;
    const qos = message.qos0 ? 0 : subscription.qos;
    const delivery = { message, receiver, lockedUntil: Date.now() + this.#options.lockMs };
    if (qos === 1) this.#delivered.add(delivery);
    receiver.publish(message.topic, message.body, qos, () => this.#acknowledge(delivery));
    this.#options.onDelivered(message, qos);
    if (qos === 0) this.#settle(message);
    else this.#watchLocks();
  }

  #newLoop() {
    return this.#options.hub ? new WhileSubscribed() : new ReceiveLoop(this.#options.receiveMs);
  }

  /**
   * The device acknowledged. Offline the hub cannot hear of it and sends the message again; nor does it heed one whose
   * lock has ended.
   * @param {Delivery} delivery
   */
  #acknowledge(delivery) {
    if (!this.#delivered.delete(delivery)) return;
    if (this.#options.link.online) this.#settle(delivery.message);
    else this.#unheard.push(delivery.message);
    if (this.#delivered.size === 0) this.#stopLocks();
  }

  #watchLocks() {
    if (this.#lockTimer || this.#delivered.size === 0) return;
    const [first] = this.#delivered;
    const wait = Math.max(0, first.lockedUntil - Date.now());
    this.#lockTimer = setTimeout(() => {
      this.#lockTimer = undefined;
      const now = Date.now();
      this.#takeBack(({ lockedUntil }) => lockedUntil <= now, 'the lock ended');
      this.deliver();
      this.#watchLocks();
    }, wait).unref();
  }

  /**
   * @param {(delivery: Delivery) => boolean} which
   * @param {string} reason
   */
  #takeBack(which, reason) {
    const returned = [...this.#delivered].filter(which);
    returned.forEach((delivery) => this.#delivered.delete(delivery));
    if (this.#delivered.size === 0) this.#stopLocks();
    const messages = returned.map(({ message }) => message);
    messages.forEach((message) => this.#options.onReturned(message, reason));
    this.#enqueue(
      messages.filter((message) => this.#mayStay(message)),
      'unshift',
    );
  }

  /**
   * Whether a message that comes back from the device may wait in the hub again; otherwise it is a dead letter.
   * @param {CloudMessage} message
   */
  #mayStay(message) {
    if (message.deliveryCount < this.#options.maxDeliveries) return true;
    this.#settle(message, 'deliveryCountExceeded');
    return false;
  }

  /**
   * @param {CloudMessage[]} messages
   * @param {'push' | 'unshift'} end behind those in the hub, or in front of them
   */
  #enqueue(messages, end) {
    // There may be more than a call takes as arguments.
    if (messages.length === 1) this.#pending[end](messages[0]);
    else if (messages.length > 1)
      this.#pending = end === 'push' ? [...this.#pending, ...messages] : [...messages, ...this.#pending];
    messages.forEach(({ expiresAt }) => this.#awaitExpiry(expiresAt.getTime()));
  }

  /**
   * @param {number} expiry
   */
  #awaitExpiry(expiry) {
    if (expiry >= this.#nextExpiry) return;
    this.#nextExpiry = expiry;
    clearTimeout(this.#expiryTimer);
    const wait = Math.min(Math.max(0, expiry - Date.now()), LONGEST_DELAY);
    this.#expiryTimer = setTimeout(() => this.#expire(), wait).unref();
  }

  #expire() {
    this.#nextExpiry = Infinity;
    this.#pending = this.#pending.filter((message) => !this.#hasExpired(message));
    this.#pending.forEach(({ expiresAt }) => this.#awaitExpiry(expiresAt.getTime()));
  }

  /**
   * @param {CloudMessage} message in the hub: from now on a dead letter, if its time is over
   */
  #hasExpired(message) {
    if (message.expiresAt.getTime() > Date.now()) return false;
    this.#settle(message, 'expired');
    return true;
  }

  /**
   * @param {CloudMessage} message
   * @param {import('../index').DeadLetterReason} [deadLetter] why it was not completed
   */
  #settle(message, deadLetter) {
    message.settle(deadLetter);
    this.#options.onSettled(message);
  }

  #stopLocks() {
    clearTimeout(this.#lockTimer);
    this.#lockTimer = undefined;
  }

  stop() {
    this.#stopLocks();
    clearTimeout(this.#expiryTimer);
  }
}

module.exports = { DeviceQueue };
