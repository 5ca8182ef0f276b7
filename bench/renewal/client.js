// @ts-check
'use strict';

// The same file for the original and for edge-downstream: there it runs under `node -r edge-downstream/register`.

const fs = require('node:fs');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

/**
 * @typedef {object} Job
 * @property {string} connectionString
 * @property {string} ca Path of the root.
 * @property {number} rate Messages a second.
 * @property {number} renewals
 * @property {number} restMs Between a renewal that is done and the next.
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2]);
const TICK_MS = 10;
/** How long what is under way at the end may take. */
const LAST_MS = 20_000;

/** Messages that are neither acknowledged nor failed: at this bound the app sends no more. */
const MOST_PENDING = 10_000;

/** How often each message was acknowledged, by its number. @type {number[]} */
const acknowledged = [];
/** Numbers of messages from the cloud, in the order of their coming. @type {number[]} */
const dispatched = [];
let failed = 0;
let settled = 0;

/** The longest time without one, since it was last asked for. */
class Silence {
  #last = performance.now();
  #longest = 0;

  broken() {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  take() {
    this.broken();
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }
}

const out = new Silence();
const back = new Silence();

/** @param {any} client @returns {() => Promise<void>} Ends it, when all is settled. */
function pump(client) {
  const begin = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begin) * job.rate) / 1000);
    while (acknowledged.length < due && acknowledged.length - settled < MOST_PENDING) {
      const n = acknowledged.push(0) - 1;
      client.sendEvent(new Message(String(n)), (/** @type {any} */ error) => {
        settled += 1;
        if (error) failed += 1;
        else {
          acknowledged[n] += 1;
          out.broken();
        }
      });
    }
  }, TICK_MS);
  return async () => {
    clearInterval(timer);
    for (const end = performance.now() + LAST_MS; settled < acknowledged.length; await sleep(50)) {
      if (performance.now() > end) return;
    }
  };
}

async function main() {
  const ca = fs.readFileSync(job.ca, 'utf8');
  const client = Client.fromConnectionString(job.connectionString, Mqtt);
  client.on('error', () => {});
  await client.setOptions({ ca });
  await client.open();
  client.on('message', (message) => {
    dispatched.push(Number(String(message.data)));
    back.broken();
    client.complete(message, () => {});
  });
  const told = () => once(process, 'message');
  process.send?.({ open: true });
  await told();
  const end = pump(client);
  await sleep(job.restMs);
  const gaps = [];
  for (let round = 1; round <= job.renewals; round += 1) {
    out.take();
    back.take();
    const renewed = told();
    process.send?.({ renewing: round });
    const values = { tokenValidTimeInSeconds: 3600 + round, tokenRenewalMarginInSeconds: 900 };
    client.setOptions({ ca, tokenRenewal: values }).catch(() => {});
    await renewed;
    await sleep(job.restMs);
    gaps.push({ out: out.take(), back: back.take() });
  }
  await end();
  const asked = told();
  process.send?.({ quiet: true });
  await asked;
  const twice = acknowledged.filter((times) => times > 1).length;
  const never = acknowledged.filter((times) => times === 0).length;
  process.send?.({ gaps, sent: acknowledged.length, twice, never, failed, dispatched });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
