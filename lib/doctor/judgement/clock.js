// @ts-check
'use strict';

const { finding } = require('../causes');
const { MODULE } = require('./certificate_name');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */

/** Before this package was: no clock that is right says less. */
const EARLIEST = '2024-01-01T00:00:00Z';
/** The grace a gateway gives tokens (contract edge-gateway.md §2.3). */
const GRACE_MS = 300_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const SET = 'Set the clock of this device, best by NTP. Without a battery it starts anywhere at power-on.';

/**
 * A clock is wrong beyond doubt before this program was made, and where a web server of the gateway differs; and it is
 * behind if it says less than the gateway's own certificate: edgeHub's begins at the moment it is made.
 *
 * @param {DiagnosisFacts} facts
 */
function judgeClock(facts) {
  const { now, witness, aheadMs = 0 } = /** @type {import('../../..').ClockFacts} */ (facts.clock);
  const evidence = { now, ...(witness && { witness: witness.source, time: witness.time }) };
  const tell = (/** @type {string} */ code, /** @type {string} */ title, explanation = CONSEQUENCES) => [
    finding(code, { title, explanation, remedy: SET, command: 'timedatectl', evidence }),
  ];
  const source = witness && `${witness.source} says ${witness.time}`;
  const minutes = Math.round(Math.abs(aheadMs) / MINUTE_MS);
  if (source && Math.abs(aheadMs) > GRACE_MS) {
    const direction = aheadMs > 0 ? 'ahead' : 'behind';
    const title = `The clock of this device is ${minutes} minutes ${direction}: it says ${now}, and ${source}`;
    return tell(matters(facts, aheadMs) ? `clock-${direction}` : 'clock-differs', title);
  }
  if (Date.parse(now) < Date.parse(EARLIEST)) {
    return tell('clock-behind', `The clock of this device is wrong: it says ${now}`);
  }
  const ahead = yearsAhead(facts, now);
  if (ahead) {
    return tell(
      'clock-ahead',
      `The clock of this device is probably ahead: it says ${now}, by which the gateway's certificate expired ${ahead} days ago`,
      `No gateway serves so long with a certificate that has expired. ${CONSEQUENCES}`,
    );
  }
  const made = madeAt(facts);
  if (made !== undefined && Date.parse(now) < Date.parse(made)) {
    return tell(
      'clock-behind',
      `The clock of this device is behind: it says ${now}, but the gateway's certificate was made at ${made}`,
      `edgeHub's certificate begins at the moment it is made, by the clock of the gateway. ${CONSEQUENCES}`,
    );
  }
  return [];
}

const CONSEQUENCES =
  'Certificates seem expired or not yet valid by a wrong clock, and tokens made by it are refused by the gateway.';

/** A gateway replaces its certificate every 30 days; one that was forgotten is noticed before this. */
const FORGOTTEN_DAYS = 365;

/**
 * @param {DiagnosisFacts} facts
 * @param {string} now
 * @returns {number | undefined} For so many days the certificate of the gateway would have expired, if so many are no
 *   neglect.
 */
function yearsAhead({ certificate }, now) {
  const [server] = certificate?.presented ?? [];
  const days = server ? Math.floor((Date.parse(now) - Date.parse(server.validTo)) / DAY_MS) : 0;
  return days > FORGOTTEN_DAYS ? days : undefined;
}

/**
 * A token made by a clock that is behind has expired when it is made; one that is ahead makes certificates expire.
 *
 * @param {DiagnosisFacts} facts
 * @param {number} aheadMs
 */
function matters({ certificate }, aheadMs) {
  const HOUR_MS = 3_600_000;
  return (certificate !== undefined && !certificate.verified) || aheadMs < -HOUR_MS;
}

/**
 * @param {DiagnosisFacts} facts
 * @returns {string | undefined} When edgeHub made its certificate, or the root was made.
 */
function madeAt({ certificate, ca }) {
  const { presented = [], root } = certificate ?? {};
  const anchor = root === undefined ? undefined : ca?.roots[root];
  const [server] = presented;
  const own = server?.names.includes(`DNS:${MODULE}`) ? [server.validFrom] : [];
  return [...own, ...(anchor ? [anchor.validFrom] : [])].sort().at(-1);
}

module.exports = { judgeClock };
