// @ts-check
'use strict';

/**
 * What is measured. A figure is one situation; each gives several metrics.
 *
 * @typedef {object} MessageFigure
 * @property {'messages'} kind
 * @property {string} id
 * @property {string} title
 * @property {'sink' | 'mosquitto'} server
 * @property {number} window
 * @property {number} messages
 *
 * @typedef {{ kind: 'cold-start', id: string, title: string, server: 'sink' }} StartFigure
 * @typedef {{ kind: 'size', id: string, title: string, server?: undefined }} SizeFigure
 * @typedef {MessageFigure | StartFigure | SizeFigure} Figure
 */

/**
 * @param {'sink' | 'mosquitto'} server
 * @param {number} window
 * @param {number} messages
 * @returns {MessageFigure}
 */
function messageFigure(server, window, messages) {
  const name = server === 'sink' ? 'sink' : 'Mosquitto';
  return {
    kind: 'messages',
    id: `${server}-${window}`,
    title: `${name}, window ${window}`,
    server,
    window,
    messages,
  };
}

/** @type {Figure[]} */
const figures = [
  messageFigure('sink', 1, 10_000),
  messageFigure('sink', 100, 100_000),
  messageFigure('sink', 1000, 100_000),
  messageFigure('mosquitto', 1, 10_000),
  messageFigure('mosquitto', 100, 100_000),
  messageFigure('mosquitto', 1000, 100_000),
  { kind: 'cold-start', id: 'cold-start', title: 'cold start', server: 'sink' },
  { kind: 'size', id: 'size', title: 'installed' },
];

/** @param {number} digits */
const decimals = (digits) => (/** @type {number} */ value) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const inMegabytes = (/** @type {number} */ bytes) => decimals(1)(bytes / 1e6);

/**
 * How a metric is called and written.
 *
 * @type {Record<string, { label: string, format: (value: number) => string }>}
 */
const metrics = {
  messagesPerSecond: { label: 'messages/s', format: decimals(0) },
  cpuMicrosPerMessage: { label: 'CPU, µs a message', format: decimals(2) },
  rssAboveIdleBytes: { label: 'memory above idle, MB', format: inMegabytes },
  rssBytes: { label: 'memory, MB', format: inMegabytes },
  millisecondsAboveNode: { label: 'above bare Node, ms', format: decimals(1) },
  installedBytes: { label: 'MB', format: inMegabytes },
  packages: { label: 'packages', format: decimals(0) },
  otherDependencies: { label: 'other dependencies', format: decimals(0) },
};

module.exports = { figures, metrics };
