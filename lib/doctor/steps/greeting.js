// @ts-check
'use strict';

const { SASL_HEADER, readAnswer } = require('../amqp');
const { requestOf } = require('../handshake');
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
    const { limits } = examination;
    const request = requestOf(examination);
    const trust = /** @type {import('../../tls/trust').Trust} */ (examination.trust);
    const ask = async (/** @type {Buffer} */ greeting) => {
      const result = await probe({ ...request, ...trust, greeting, answerMs: limits.strangerMs });
      return readAnswer(result.answer ?? Buffer.alloc(0));
    };
    const first = await ask(SASL_HEADER);
    if (!['nothing', 'other'].includes(first.speaks)) return first;
    // What does not understand AMQP may understand these.
    const others = [await ask(Buffer.from(headOf(request.host))), await ask(CONNECT)];
    return others.find(({ speaks }) => speaks === 'http' || speaks === 'mqtt') ?? first;
  },
  judge: judgeGreeting,
};
