// @ts-check
'use strict';

const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { createChain, startGateway } = require('../../gateway');
const { Child } = require('../scene');

const TICK_MS = 10;
/** How long a connection may take to be made anew: the original gives up waiting for acknowledgements after 30 s. */
const RENEWAL_MS = 40_000;
/** How long the messages under way at the end may take. */
const LAST_MS = 20_000;
/** Messages from the cloud that are not completed: at this bound the cloud sends no more. */
const MOST_PENDING = 2000;

/**
 * What becomes of messages in both directions while the token is renewed again and again.
 *
 * @typedef {object} Outcome
 * @property {number} renewals Those that were followed by a connection.
 * @property {number} sent By the app.
 * @property {number} unacknowledged Of these, told to the app neither as sent nor as failed, or as failed.
 * @property {number} acknowledgedTwice
 * @property {number} missing Of those acknowledged to the app, never received by the gateway.
 * @property {number} completed By the device, as the gateway counts messages from the cloud.
 * @property {number} undispatched Of these, never given to the app.
 * @property {number} dispatchedTwice
 * @property {number} outRate Messages a second that were sent.
 * @property {number} backRate Messages a second that were completed.
 * @property {number[]} outGaps Per renewal: the longest time without an acknowledgement, milliseconds.
 * @property {number[]} backGaps The same of messages from the cloud.
 */

/**
 * @param {{ name: string, flags: string[] }} contender
 * @param {{ rate: number, renewals: number, restMs: number }} program
 * @returns {Promise<Outcome>}
 */
async function trial({ flags }, { rate, renewals, restMs }) {
  const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
  const gateway = await startGateway({
    chain,
    keep: 0,
    devices: [{ deviceId: 'd1' }],
  });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-renewal-'));
  const ca = path.join(scratch, 'root.pem');
  fs.writeFileSync(ca, chain.rootPem);
  const received = new Set();
  gateway.on('telemetry', ({ body }) => received.add(Number(String(body))));
  const completed = new Set();
  gateway.on('c2d', ({ body, status }) => status === 'completed' && completed.add(Number(String(body))));
  const job = { connectionString: gateway.connectionString('d1'), ca, rate, renewals, restMs };
  const client = new Child(path.join(__dirname, 'client.js'), [JSON.stringify(job)], flags);
  try {
    const subscribed = once(gateway, 'subscribed');
    await client.answer();
    await subscribed;
    const begin = performance.now();
    client.tell({ begin: true });
    let given = 0;
    const cloud = setInterval(() => {
      const due = Math.floor(((performance.now() - begin) * rate) / 1000);
      while (given < due && given - completed.size < MOST_PENDING) gateway.sendC2D('d1', String(given++));
    }, TICK_MS);
    let connected = 0;
    for (let said = await client.answer(); !said.quiet; said = await client.answer()) {
      const again = once(gateway, 'connected', { signal: AbortSignal.timeout(RENEWAL_MS) });
      connected += await again.then(
        () => 1,
        () => 0,
      );
      process.stderr.write(connected === said.renewing ? '.' : '!');
      client.tell({ renewed: true });
    }
    clearInterval(cloud);
    const seconds = (performance.now() - begin) / 1000;
    for (const end = performance.now() + LAST_MS; completed.size < given; await sleep(50)) {
      if (performance.now() > end) break;
    }
    const { gaps, sent, twice, never, failed, dispatched } = await client.ask({ report: true });
    const seen = new Set(dispatched);
    return {
      renewals: connected,
      sent,
      unacknowledged: never,
      acknowledgedTwice: twice,
      missing: Math.max(0, sent - never - received.size),
      completed: completed.size,
      undispatched: [...completed].filter((n) => !seen.has(n)).length,
      dispatchedTwice: dispatched.length - seen.size,
      outRate: Math.round((sent - failed) / seconds),
      backRate: Math.round(completed.size / seconds),
      outGaps: gaps.map((/** @type {any} */ { out }) => out),
      backGaps: gaps.map((/** @type {any} */ { back }) => back),
    };
  } finally {
    client.stop();
    await gateway.close();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

module.exports = { trial };
