// @ts-check
'use strict';

const { judgeStay } = require('../judgement/stay');

/**
 * Contract edge-gateway.md §10.2, row 23. A connection that ends is made once more, which tells a gateway that is gone
 * from one that prefers another client.
 *
 * @type {import('../steps').Step<'stay'>}
 */
module.exports = {
  name: 'stay',
  title: 'Staying connected',
  skip: ({ connect, send }) =>
    connect?.outcome === 'accepted' && send?.outcome !== 'lost' ? undefined : 'there is no connection',
  async gather({ limits, visit: it }) {
    const visit = /** @type {import('../visit').Visit} */ (it);
    const begin = performance.now();
    const elapsed = () => Math.round(performance.now() - begin);
    const first = await visit.stay(limits.stayMs);
    if (!first) return { ms: elapsed(), losses: [] };
    const { outcome } = await visit.connect(limits.slowRefusalMs);
    const second = outcome === 'accepted' ? await visit.stay(limits.stayMs) : undefined;
    return { ms: elapsed(), losses: second ? [first, second] : [first], again: outcome };
  },
  judge: judgeStay,
};
