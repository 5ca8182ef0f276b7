// @ts-check
'use strict';

const { ProtocolError } = require('../mqtt/framing');
const { DropError, UnknownTopicError } = require('./topic');
const { toMessage } = require('./message');

/**
 * @typedef {import('../index').Message} Message
 * @typedef {import('../index').DroppedMessage} DroppedMessage
 * @typedef {import('../index').PublishPacket} PublishPacket
 * @typedef {import('./message').Sender} Sender
 */

/** The latest messages that were dropped; older ones are only counted. */
const DROPPED_KEPT = 100;

/** Takes in telemetry: stores it, or drops it silently (MessagingServiceClient.cs). */
class Intake {
  /**
   * @param {object} options
   * @param {boolean} options.strict like IoT Hub: only own topics
   * @param {(message: Message) => import('../routing/router').Store[]} options.storesFor where routes lead
   * @param {(message: Message) => void} options.onMessage before it is stored
   * @param {(message: DroppedMessage) => void} options.onDropped
   */
  constructor({ strict, storesFor, onMessage, onDropped }) {
    this.strict = strict;
    this.storesFor = storesFor;
    this.onMessage = onMessage;
    this.onDropped = onDropped;
    /** @type {DroppedMessage[]} */
    this.dropped = [];
    this.counts = { received: 0, dropped: 0 };
  }

  /**
   * @param {PublishPacket} packet
   * @param {Sender} sender
   * @throws {ProtocolError} close the connection: the store is full, or strict refuses
   */
  accept(packet, sender) {
    this.take(packet, sender, () => {});
  }

  /**
   * The will of a connection that was lost; never an error, as nobody is left to tell.
   * @param {Omit<PublishPacket, 'packetId' | 'dup'>} will
   * @param {Sender} sender
   */
  acceptWill(will, sender) {
    try {
      this.take({ ...will, packetId: 0, dup: false }, sender, (message) => {
        message.properties.MessageType = 'Will';
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }

  /**
   * @param {PublishPacket} packet
   * @param {Sender} sender
   * @param {(message: Message) => void} complete
   */
  take(packet, sender, complete) {
    try {
      const message = toMessage(packet, sender);
      if (this.strict) requireOwn(message, sender);
      complete(message);
      const stores = this.storesFor(message);
      if (stores.length === 0) throw new DropError('no route');
      for (const store of stores) store.requireRoom();
      this.counts.received++;
      this.onMessage(message);
      for (const store of stores) store.take(message);
    } catch (error) {
      if (!(error instanceof DropError)) throw error;
      this.drop(packet, sender, error.message);
      if (this.strict && error instanceof UnknownTopicError) throw new ProtocolError(error.message);
    }
  }

  /**
   * @param {PublishPacket} packet
   * @param {Sender} sender
   * @param {string} reason
   */
  drop({ topic, payload }, { clientId }, reason) {
    const message = { clientId, topic, size: payload.length, reason, receivedAt: new Date() };
    this.counts.dropped++;
    this.dropped.push(message);
    if (this.dropped.length > DROPPED_KEPT) this.dropped.shift();
    this.onDropped(message);
  }
}

/**
 * @param {Message} message
 * @param {Sender} sender
 * @throws {ProtocolError} its topic is of another device or module
 */
function requireOwn({ deviceId, moduleId }, { clientId }) {
  const claimed = moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`;
  if (claimed !== clientId) throw new ProtocolError(`'${clientId}' published as '${claimed}'`);
}

module.exports = { Intake };
