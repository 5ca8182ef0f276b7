// @ts-check
'use strict';

const http = require('node:http');
const { isoTime } = require('../certificate');
const { judgeClock } = require('../judgement/clock');

/** Where a gateway may have a web server. An API proxy answers plain HTTP on 443, too, if only by an error. */
const WEB_PORTS = [80, 443];

/**
 * Contract edge-gateway.md §10.2, row 15. The other witness, the dates of the gateway's certificate, was heard before.
 *
 * @type {import('../steps').Step<'clock'>}
 */
module.exports = {
  name: 'clock',
  title: 'Clock',
  async gather({ facts, limits, now, webPorts = WEB_PORTS }) {
    // Through a proxy there is none.
    const address = facts.tls?.address ?? facts.name?.addresses[0];
    const heard = address
      ? await Promise.all(webPorts.map((port) => askTime(address, port, limits.strangerMs, now)))
      : [];
    const witness = heard.find((each) => each !== undefined);
    return { now: isoTime(new Date(Math.floor(now() / 1000) * 1000)), ...witness };
  },
  judge: judgeClock,
};

/**
 * @param {string} address
 * @param {number} port
 * @param {number} limitMs
 * @param {() => number} now
 * @returns {Promise<{ witness: { source: string, time: string }, aheadMs: number } | undefined>}
 */
function askTime(address, port, limitMs, now) {
  return new Promise((resolve) => {
    const request = http.request({ host: address, port, method: 'HEAD', path: '/', agent: false });
    const timer = setTimeout(() => request.destroy(), limitMs);
    request.once('response', ({ headers }) => {
      const time = Date.parse(headers.date ?? '');
      const source = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
      resolve(
        Number.isNaN(time)
          ? undefined
          : { witness: { source, time: isoTime(new Date(time)) }, aheadMs: Math.round(now() - time) },
      );
      request.destroy();
    });
    request.on('error', () => {});
    request.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    request.end();
  });
}
