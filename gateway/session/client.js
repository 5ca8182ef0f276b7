// @ts-check
'use strict';

const { ProtocolError, QosTwoError } = require('../mqtt/framing');
const packets = require('../mqtt/packets');
const { parseResponse } = require('../methods/response');
const { takeTwinRequest } = require('../twin/requests');
const { AlwaysOne, Counted } = require('./packet_ids');
const { kindOf } = require('./subscriptions');

const { TYPE } = packets;

/**
 * @typedef {import('../mqtt/framing').Packet} Packet
 * @typedef {import('../control/surroundings').Surroundings} Surroundings
 * @typedef {import('../identity/username').Identity} Identity
 * @typedef {import('../index').ConnectionInfo} ConnectionInfo
 * @typedef {import('../index').PublishPacket} PublishPacket
 * @typedef {import('../index').SubackFault} SubackFault
 *
 * @typedef {object} ClientLine
 * @property {(bytes: Buffer) => void} send
 * @property {import('../connection/connection').Connection['commit']} commit a fault of the script
 */

/** An admitted client: its session, what it subscribes to, what it publishes and receives. */
class Client {
  /**
   * @param {Identity} identity
   * @param {ConnectionInfo} info
   * @param {ClientLine} line
   * @param {Surroundings} surroundings
   */
  constructor(identity, info, { send, commit }, surroundings) {
    this.identity = identity;
    this.info = info;
    this.send = send;
    this.commit = commit;
    this.surroundings = surroundings;
    const { present, subscriptions } = surroundings.sessions.open(
      identity.clientId,
      info.cleanSession !== false,
    );
    this.sessionPresent = present;
    this.subscriptions = subscriptions;
    const { queues, inputs } = surroundings;
    /** What comes by itself: a device gets messages of the cloud, a module those to its inputs. */
    this.queue = (identity.moduleId === undefined ? queues : inputs).of(identity.clientId);
    this.packetIds = surroundings.hub ? new Counted() : new AlwaysOne();
    /** A client over the gateway's limit is acknowledged and never served. */
    this.served = false;
  }

  /** Cloud-to-device messages, method calls and desired properties may come from now on. */
  serve() {
    this.served = true;
    this.queue.attach(this);
    this.surroundings.calls.arrived(this.identity.clientId);
  }

  leave() {
    this.queue.detach(this);
  }

  /**
   * Everything but PUBLISH and DISCONNECT, which concern the connection.
   * @param {Packet} packet
   */
  handle(packet) {
    switch (packet.type) {
      case TYPE.PUBACK:
        return this.packetIds.acknowledged(packets.decodeAcknowledgement(packet));
      case TYPE.PUBREC:
      case TYPE.PUBCOMP:
        // Never expected, as nothing is sent at QoS 2.
        packets.decodeAcknowledgement(packet);
        return;
      case TYPE.SUBSCRIBE:
        return this.subscribe(packets.decodeSubscribe(packet));
      case TYPE.UNSUBSCRIBE:
        return this.unsubscribe(packets.decodeUnsubscribe(packet));
      case TYPE.PINGREQ:
        return this.commit(this.surroundings.faults.at('pingresp', this.info), () =>
          this.send(packets.PINGRESP),
        );
      default:
        throw new ProtocolError(`packet type ${packet.type} from a client`);
    }
  }

  /**
   * @param {ReturnType<typeof packets.decodeSubscribe>} packet
   */
  subscribe({ packetId, subscriptions }) {
    this.subscriptions.requireRoom(subscriptions.map(({ filter }) => filter));
    const answers = subscriptions.map(({ filter, qos }) => {
      const fault = this.surroundings.faults.at('suback', filter, this.info);
      return { filter, fault, code: this.grant(filter, qos, fault) };
    });
    this.commit(wholeFault(answers), () => {
      const codes = answers.flatMap(({ code, fault }) => (fault === 'omit' ? [] : [code]));
      this.send(packets.suback(packetId, codes));
      for (const { filter, code } of answers) {
        if (code !== 0 && code !== 1) continue;
        this.subscriptions.add(filter, code);
        this.surroundings.emit('subscribed', { ...this.info, filter, qos: code, kind: kindOf(filter) });
      }
      this.subscriptionsChanged();
    });
  }

  /**
   * @param {string} filter
   * @param {number} qos
   * @param {SubackFault | undefined} fault
   * @returns {number} return code
   */
  grant(filter, qos, fault) {
    if (typeof fault === 'number') return fault;
    if (typeof fault === 'object' && fault.code !== undefined) return fault.code;
    return this.surroundings.strict && !kindOf(filter) ? 0x80 : Math.min(qos, 1);
  }

  /**
   * @param {ReturnType<typeof packets.decodeUnsubscribe>} packet
   */
  unsubscribe({ packetId, filters }) {
    this.subscriptions.requireRoom(filters);
    this.commit(this.surroundings.faults.at('unsuback', filters, this.info), () => {
      for (const filter of filters) {
        this.subscriptions.remove(filter);
        this.surroundings.emit('unsubscribed', { ...this.info, filter, kind: kindOf(filter) });
      }
      this.send(packets.unsuback(packetId));
      this.subscriptionsChanged();
    });
  }

  subscriptionsChanged() {
    const { sessions } = this.surroundings;
    if (!this.info.cleanSession) sessions.save(this.identity.clientId, this.subscriptions);
    if (!this.served) return;
    this.queue.deliver();
    this.surroundings.calls.arrived(this.identity.clientId);
  }

  /**
   * Does what the client's publish asks for: telemetry is stored, requests are answered.
   * @param {PublishPacket} packet
   * @returns {void | Promise<void>} a promise holds back all publishes behind it
   * @throws {ProtocolError} close the connection
   */
  take(packet) {
    const { strict, intake } = this.surroundings;
    if (packet.qos === 2 && strict) throw new ProtocolError('PUBLISH with QoS 2');
    const slow = packet.topic.startsWith('$iothub/')
      ? this.takeRequest(packet)
      : intake.accept(packet, this.identity);
    if (packet.qos === 2) throw new QosTwoError('PUBLISH with QoS 2, stored');
    return slow;
  }

  /**
   * @param {PublishPacket} packet
   * @returns {void | Promise<void>}
   * @throws {ProtocolError} close the connection
   */
  takeRequest(packet) {
    const { calls, intake } = this.surroundings;
    const { topic, payload } = packet;
    if (topic.startsWith('$iothub/twin/')) return takeTwinRequest(packet, this, this.surroundings);
    const response = parseResponse(topic);
    if (!response) return intake.accept(packet, this.identity);
    if (calls.take(response, payload, this)) return;
    intake.drop(packet, this.identity, `no method call waits for an answer with $rid '${response.rid}'`);
  }

  /**
   * Sends a message under the subscription that matches, if there is one.
   * @param {string} topic
   * @param {Buffer} payload
   * @returns {boolean} whether it was sent
   */
  deliver(topic, payload) {
    const subscription = this.subscriptions.match(topic, Infinity);
    if (subscription) this.publish(topic, payload, subscription.qos);
    else this.miss(topic);
    return subscription !== undefined;
  }

  /**
   * The client gets no message to this topic, as it did not ask for any.
   * @param {string} topic
   */
  miss(topic) {
    const { clientId } = this.identity;
    this.surroundings.emit('undelivered', { clientId, topic, reason: 'no subscription' });
  }

  /**
   * @param {string} topic
   * @param {Buffer} payload
   * @param {0 | 1} qos
   * @param {() => void} [onAcknowledged] by PUBACK; never at QoS 0
   */
  publish(topic, payload, qos, onAcknowledged = () => {}) {
    const put = () => {
      const packetId = qos === 1 ? this.packetIds.give(onAcknowledged) : undefined;
      this.send(packets.publish(topic, payload, qos, packetId));
    };
    const fault = this.surroundings.faults.at('delivery', topic, this.info);
    if (fault === undefined || fault === 'twice') put();
    else this.commit(fault, put);
    if (fault === 'twice') put();
  }
}

/**
 * What concerns the whole SUBACK: of the first filter that has such a fault.
 * @param {Array<{ fault: SubackFault | undefined }>} answers
 * @returns {Exclude<SubackFault, number | 'omit'> | undefined}
 */
function wholeFault(answers) {
  for (const { fault } of answers) {
    if (fault !== undefined && fault !== 'omit' && typeof fault !== 'number') return fault;
  }
  return undefined;
}

module.exports = { Client };
