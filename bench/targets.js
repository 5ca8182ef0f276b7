// @ts-check
'use strict';

/**
 * What this package promises to reach, the only place where it is written down for the bench. A target with
 * `against` is a ratio, ours to theirs; one without is an absolute number.
 *
 * @typedef {object} Target
 * @property {string} text
 * @property {string} figure
 * @property {string} metric
 * @property {string} [against]
 * @property {number} [atLeast]
 * @property {number} [atMost]
 */

/** @type {Target[]} */
const targets = [
  ...messages('sink-1000', 'throughput', 'messagesPerSecond', [
    { against: 'azure', atLeast: 10 },
    { against: 'mqttjs', atLeast: 4 },
    { against: 'awscrt', atLeast: 4 },
  ]),
  ...messages('sink-1000', 'CPU per message', 'cpuMicrosPerMessage', [
    { against: 'azure', atMost: 1 / 10 },
    { against: 'mqttjs', atMost: 1 / 3 },
  ]),
  ...messages('mosquitto-100', 'throughput', 'messagesPerSecond', [{ against: 'azure', atLeast: 2 }]),
  ...messages('mosquitto-100', 'CPU per message', 'cpuMicrosPerMessage', [
    { against: 'azure', atMost: 1 / 3 },
  ]),
  // Where a target names no server it holds at both.
  ...['sink-1', 'mosquitto-1'].flatMap((figure) =>
    messages(figure, 'throughput', 'messagesPerSecond', [
      { against: 'azure', atLeast: 1.7 },
      { against: 'mqttjs', atLeast: 1.5 },
      { against: 'awscrt', atLeast: 1.2 },
    ]),
  ),
  ...['sink-1000', 'mosquitto-1000'].flatMap((figure) =>
    messages(figure, 'memory above idle', 'rssAboveIdleBytes', [{ against: 'azure', atMost: 1 / 5 }]),
  ),
  {
    text: 'cold start above bare Node',
    figure: 'cold-start',
    metric: 'millisecondsAboveNode',
    against: 'azure',
    atMost: 1 / 8,
  },
  { text: 'installed', figure: 'size', metric: 'installedBytes', atMost: 5.5e6 },
  { text: 'installed packages', figure: 'size', metric: 'packages', atMost: 2 },
  { text: 'other runtime dependencies', figure: 'size', metric: 'otherDependencies', atMost: 0 },
];

/**
 * @param {string} figure
 * @param {string} what
 * @param {string} metric
 * @param {Pick<Target, 'against' | 'atLeast' | 'atMost'>[]} bounds
 * @returns {Target[]}
 */
function messages(figure, what, metric, bounds) {
  const [server, window] = figure.split('-');
  return bounds.map((bound) => ({ text: `${what}, window ${window}, ${server}`, figure, metric, ...bound }));
}

module.exports = { targets };
