// @ts-check
'use strict';

const { widthOf } = require('./wrap');

/** What the step `connect` is at. @type {Record<string, string>} */
const STAGES = {
  resolve: 'looking up the name',
  tcp: 'TCP',
  tls: 'TLS',
  connack: 'waiting for the answer',
};

/** From then on somebody may wonder. */
const LONG_MS = 2000;

/**
 * What is going on, in one line that does not wrap: a terminal cannot draw over a line that did.
 *
 * @param {{ title: string, stage?: string, ms: number }} step
 * @param {number} width Columns.
 */
function waitingText({ title, stage, ms }, width) {
  const doing = stage === undefined ? undefined : STAGES[stage];
  const plain = doing === undefined ? title : `${title}: ${doing}`;
  const seconds = `${Math.floor(ms / 1000)} s`;
  const texts = ms < 1000 ? [plain, title] : [`${plain}, ${seconds}`, `${title}, ${seconds}`, title];
  if (stage === 'connack' && ms >= LONG_MS) {
    texts.unshift(
      `${plain}, ${seconds}. A gateway that does not know the device can take up to 100 s to say so`,
      `${title}, ${seconds}: a gateway that does not know the device can take 100 s`,
      `${title}, ${seconds} (a refusal can take 100 s)`,
      `${title}, ${seconds} of up to 100 s`,
    );
  }
  return texts.find((text) => widthOf(text) <= width) ?? title.slice(0, Math.max(0, width));
}

module.exports = { waitingText };
