// @ts-check
'use strict';

/**
 * @typedef {import('./message').CloudMessage} CloudMessage
 * @typedef {import('../session/subscriptions').Subscriptions} Subscriptions
 *
 * Where messages of a device go at present.
 * @typedef {object} Receiver
 * @property {Subscriptions} subscriptions
 * @property {(topic: string, body: Buffer, qos: 0 | 1) => void} publish
 *
 * @typedef {object} QueueOptions
 * @property {import('../cloud/link').Link} link nothing passes while it is down
 * @property {number} lockMs an unacknowledged message is delivered again after it
 * @property {(message: CloudMessage) => void} onChange
 */

/** edgeHub takes a message for 30 s younger than the hub says, against clock skew (contract §5). */
const CLOCK_SKEW_ALLOWANCE = 30000;

/**
 * The hub's queue of messages for one device, and edgeHub's part in it: edgeHub stores none, it passes them
 * through while the device is subscribed (contract edge-gateway.md §5).
 */
class DeviceQueue {
  /**
   * @param {QueueOptions} options
   */
  constructor({ link, lockMs, onChange }) {
    this.link = link;
    this.lockMs = lockMs;
    this.onChange = onChange;
    /** @type {CloudMessage[]} in the hub */
    this.pending = [];
    /** @type {Array<{ message: CloudMessage, lockedUntil: number }>} at the device, unacknowledged, in order */
    this.delivered = [];
    /** @type {CloudMessage[]} acknowledged while the hub was out of reach */
    this.unheard = [];
    /** @type {Receiver | undefined} */
    this.receiver = undefined;
    /** @type {NodeJS.Timeout | undefined} */
    this.lockTimer = undefined;
  }

  /**
   * @param {CloudMessage} message
   */
  put(message) {
    this.pending.push(message);
    this.deliver();
  }

  /**
   * @param {Receiver} receiver a connection whose C2D subscription may be active
   */
  attach(receiver) {
    this.receiver = receiver;
    this.deliver();
  }

  /**
   * The connection ended: the hub takes back what was not acknowledged.
   * @param {Receiver} receiver
   */
  detach(receiver) {
    if (this.receiver !== receiver) return;
    this.receiver = undefined;
    this.takeBack(Infinity);
  }

  /** Sends all that the device may have; called again whenever its subscriptions changed. */
  deliver() {
    if (!this.link.online) return;
    this.pending.unshift(...this.unheard.splice(0));
    const { receiver } = this;
    while (receiver && this.receiver === receiver && receiver.subscriptions.has('c2d')) {
      const message = this.pending.shift();
      if (!message) break;
      const messageTime = message.enqueuedTime.getTime() + CLOCK_SKEW_ALLOWANCE;
      const subscription = receiver.subscriptions.match(message.topic, messageTime);
      if (!subscription) {
        this.settle(message, 'rejected');
        continue;
      }
      message.deliveryCount++;
      const qos = message.qos0 ? 0 : subscription.qos;
      receiver.publish(message.topic, message.body, qos);
      if (qos === 0) this.settle(message, 'completed');
      else {
        this.delivered.push({ message, lockedUntil: Date.now() + this.lockMs });
        this.watchLocks();
      }
    }
  }

  /**
   * The device acknowledged: as every packet id is 1, it means the oldest. Offline the hub cannot hear of it and sends
   * the message again.
   */
  acknowledge() {
    const oldest = this.delivered.shift();
    if (oldest && this.link.online) this.settle(oldest.message, 'completed');
    else if (oldest) this.unheard.push(oldest.message);
    if (this.delivered.length === 0) this.stop();
  }

  watchLocks() {
    if (this.lockTimer) return;
    const wait = Math.max(0, this.delivered[0].lockedUntil - Date.now());
    this.lockTimer = setTimeout(() => {
      this.lockTimer = undefined;
      this.takeBack(Date.now());
      this.deliver();
      if (this.delivered.length > 0) this.watchLocks();
    }, wait).unref();
  }

  /**
   * @param {number} now takes back what is locked until then
   */
  takeBack(now) {
    const expired = this.delivered.filter(({ lockedUntil }) => lockedUntil <= now);
    this.delivered = this.delivered.filter(({ lockedUntil }) => lockedUntil > now);
    this.pending.unshift(...expired.map(({ message }) => message));
    if (this.delivered.length === 0) this.stop();
  }

  /**
   * @param {CloudMessage} message
   * @param {'completed' | 'rejected'} status
   */
  settle(message, status) {
    message.settle(status);
    this.onChange(message);
  }

  stop() {
    clearTimeout(this.lockTimer);
    this.lockTimer = undefined;
  }
}

module.exports = { DeviceQueue };
