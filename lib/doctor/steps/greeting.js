// @ts-check
'use strict';

const { SASL_HEADER, readAnswer } = require('../amqp');
const { connectLimit } = require('../handshake');
const { judgeGreeting } = require('../judgement/greeting');
const { CONNECT, headOf } = require('../stranger');
const { probe } = require('../verifier');

/**
 * Who has the port of AMQP, by the header and the mechanisms that it answers with (contract edge-gateway.md §1.2). No
 * credentials are sent.
 *
 * @type {import('../steps').Step<'greeting'>}
 */
module.exports = {
  name: 'greeting',
  title: 'AMQP greeting',
  applies: ({ protocol }) => protocol.name === 'amqp',
  skip: ({ tls }) => (tls?.accepted ? undefined : 'there is no trusted TLS connection'),
  async gather(examination) {
    const { facts, limits, proxy, trust } = examination;
    const { host = '', port = 0 } = facts.connectionString ?? {};
    const address = facts.tls?.address;
    const connectMs = connectLimit(examination);
    const endpoint = { host, port, address, ...(proxy && { proxy }), connectMs, tlsMs: limits.tlsMs };
    const ask = async (/** @type {Buffer} */ greeting) => {
      const known = /** @type {import('../../tls/trust').Trust} */ (trust);
      const result = await probe({ ...endpoint, ...known, greeting, answerMs: limits.strangerMs });
      return readAnswer(result.answer ?? Buffer.alloc(0));
    };
    const first = await ask(SASL_HEADER);
    if (!['nothing', 'other'].includes(first.speaks)) return first;
    // What does not understand AMQP may understand these.
    const others = [await ask(Buffer.from(headOf(host))), await ask(CONNECT)];
    return others.find(({ speaks }) => speaks === 'http' || speaks === 'mqtt') ?? first;
  },
  judge: judgeGreeting,
};
