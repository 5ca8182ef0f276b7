'use strict';

/** Lines of a Mosquitto 2.0 log with `log_type all` and what they tell. */
const LINES = [
  [/^Received PINGREQ from (\S+)$/, 'pings', ([clientId]) => ({ clientId })],
  [
    /^Received PUBLISH from (\S+) \(d(\d), q(\d), r\d, m(\d+), '(.*)', \.\.\. \(\d+ bytes\)\)$/,
    'publishes',
    ([clientId, dup, qos, id, topic]) => ({ clientId, topic, qos: +qos, dup: dup === '1', packetId: +id }),
  ],
  [
    /^New client connected from \S+ as (\S+) \(p2, c(\d), k(\d+), u'(.*)'\)\.$/,
    'connects',
    ([clientId, clean, keepAlive, username]) => ({
      clientId,
      username,
      keepAlive: +keepAlive,
      clean: clean === '1',
    }),
  ],
  [/^Client (\S+) disconnected\.$/, 'disconnects', ([clientId]) => ({ clientId, graceful: true })],
  [
    /^Client (\S+) (?:closed its connection|disconnected[:,] .*|already connected.*|has exceeded timeout.*)\.?$/,
    'disconnects',
    ([clientId]) => ({ clientId, graceful: false }),
  ],
  [/^Sending CONNACK to \S+ \(\d, ([1-5])\)$/, 'refusals', ([code]) => ({ code: +code })],
  [
    /^Sending PUBLISH to (\S+) \(d\d, q1, r\d, m(\d+), '.*', \.\.\. \(\d+ bytes\)\)$/,
    'sent',
    ([clientId, packetId]) => ({ clientId, packetId: +packetId }),
  ],
  [
    /^Received PUBACK from (\S+) \(Mid: (\d+), RC:0\)$/,
    'acknowledged',
    ([clientId, packetId]) => ({ clientId, packetId: +packetId }),
  ],
];
const SUBSCRIPTION = /^Received (UN)?SUBSCRIBE from (\S+)$/;

/** Reads the log into a Record. */
class MosquittoLog {
  #rest = '';
  /** SUBSCRIBE and UNSUBSCRIBE have their filters on the lines behind. */
  #pending;
  #record;

  /** @param {import('./record').Record} record */
  constructor(record) {
    this.#record = record;
  }

  /** @param {string} text */
  push(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) this.#read(line);
  }

  /** @param {string} line */
  #read(line) {
    if (line.startsWith('\t')) {
      const [, filter, qos] = /^\t(.*?)(?: \(QoS (\d)\))?$/.exec(line);
      const { list, clientId } = this.#pending;
      this.#record.add(list, { clientId, filter, ...(qos && { qos: Number(qos) }) });
      return;
    }
    const subscription = SUBSCRIPTION.exec(line);
    if (subscription) {
      this.#pending = { list: subscription[1] ? 'unsubscribes' : 'subscribes', clientId: subscription[2] };
      return;
    }
    for (const [pattern, list, entry] of LINES) {
      const match = pattern.exec(line);
      if (match) {
        this.#record.add(list, entry(match.slice(1)));
        return;
      }
    }
  }
}

module.exports = { MosquittoLog };
