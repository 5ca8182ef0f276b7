// @ts-check
'use strict';

const { refused, subscribed, unsubscribed } = require('../plumbing/happenings');

/** @typedef {Pick<import('../session/session').Session, 'subscribe' | 'unsubscribe'>} Subscribing */
/** @typedef {() => import('../plumbing/happenings').Peer | undefined} PeerOf */

/** SUBACK: refused (MQTT 3.1.1 §3.9.3). */
const REFUSED = 0x80;

/**
 * A session that tells of subscriptions what becomes of them.
 *
 * @param {Subscribing} session
 * @param {PeerOf} peerOf
 * @returns {Subscribing}
 */
function watched(session, peerOf) {
  return {
    subscribe(filters, settle) {
      session.subscribe(filters, (error, codes) => {
        filters.forEach(({ topic }, index) => tellOf(topic, error, codes?.[index], peerOf()));
        settle(error, codes);
      });
    },
    unsubscribe(filters, settle) {
      session.unsubscribe(filters, (error, codes) => {
        if (!error) for (const filter of filters) unsubscribed.tell(peerOf(), { filter });
        settle(error, codes);
      });
    },
  };
}

/**
 * @param {string} filter
 * @param {Error | null} error
 * @param {number | undefined} code
 * @param {ReturnType<PeerOf>} peer
 */
function tellOf(filter, error, code, peer) {
  if (error) refused.tell(peer, { filter, reason: error });
  else if (code === undefined || code >= REFUSED) refused.tell(peer, { filter, code });
  else subscribed.tell(peer, { filter });
}

module.exports = { watched };
