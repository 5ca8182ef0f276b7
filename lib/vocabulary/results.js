// @ts-check
'use strict';

/**
 * What successful operations call back with: the `results` namespace (device-sdk.md §1.7). Apps print
 * `result.constructor.name`, so the class names are part of the interface. `transportObj` is for debugging only.
 */

class TransportResult {
  /** @param {any} [transportObj] */
  constructor(transportObj) {
    this.transportObj = transportObj;
  }
}

/** `sendEvent`: the gateway acknowledged the message. */
class MessageEnqueued extends TransportResult {}

/** `complete`: the received message is settled. */
class MessageCompleted extends TransportResult {}

/** `reject`: the received message is refused for good. */
class MessageRejected extends TransportResult {}

/** `abandon`: the received message goes back to the queue. */
class MessageAbandoned extends TransportResult {}

/** `open`: the connection stands. */
class Connected extends TransportResult {}

/** `close`, and the argument of the `disconnect` event: there `transportObj` is the error, if there was one. */
class Disconnected extends TransportResult {
  /**
   * @param {any} [transportObj]
   * @param {any} [reason]
   */
  constructor(transportObj, reason) {
    super(transportObj);
    this.reason = reason;
  }
}

/** `setTransportOptions`: the options are stored. */
class TransportConfigured extends TransportResult {}

/** `updateSharedAccessSignature`: the new token is stored. */
class SharedAccessSignatureUpdated {
  /** @param {boolean} needToReconnect The connection in use still rests on the old token. */
  constructor(needToReconnect) {
    this.needToReconnect = needToReconnect;
  }
}

module.exports = {
  MessageEnqueued,
  MessageCompleted,
  MessageRejected,
  MessageAbandoned,
  Connected,
  Disconnected,
  TransportConfigured,
  SharedAccessSignatureUpdated,
};
