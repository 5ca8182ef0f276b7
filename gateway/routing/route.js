// @ts-check
'use strict';

const { inspect } = require('node:util');

/**
 * Where a route leads: to the cloud, or to an input of a module of the edge device.
 * @typedef {{ moduleId: string, input: string } | 'upstream'} Sink
 *
 * @typedef {object} Route
 * @property {string} source what a message's source begins with, in lower case and with a slash at its end
 * @property {Sink} sink
 */

/** As edgeHub's grammar has it (Route.g4): words without regard to case, strings in either quotes. */
const ROUTE =
  /^\s*(?:SELECT\s*\*\s*)?FROM\s*(?<source>\/\S*?)\s+(?<condition>WHERE\s.*?\s)?\s*INTO\s+(?<sink>\S.*?)\s*$/is;

/** A function with one string (EndpointFactory.cs). */
const BROKERED = /^BrokeredEndpoint\s*\(\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')\s*\)$/i;

const FORM = `FROM /messages/modules/<module>/outputs/<output> INTO $upstream, or INTO BrokeredEndpoint("/modules/<module>/inputs/<input>")`;

/**
 * @param {string} name
 * @param {unknown} text
 * @returns {Route}
 * @throws {TypeError} names the route and what it cannot have
 */
function parseRoute(name, text) {
  const groups = typeof text === 'string' ? ROUTE.exec(text)?.groups : undefined;
  if (!groups) throw new TypeError(`route '${name}' cannot be ${inspect(text)}; it is as in ${FORM}`);
  if (groups.condition) {
    throw new TypeError(
      `route '${name}' has the condition '${groups.condition.trim()}': WHERE is not modelled`,
    );
  }
  return { source: sourceOf(name, groups.source), sink: sinkOf(name, groups.sink) };
}

/**
 * A star at the end stands for whatever follows.
 * @param {string} name
 * @param {string} text
 */
function sourceOf(name, text) {
  const source = `${text.replace(/\*+$/, '').replace(/\/+$/, '')}/`.toLowerCase();
  if (source === '/twinchangenotifications/') {
    throw new TypeError(`route '${name}' is for twin change notifications, which are not modelled`);
  }
  return source;
}

/**
 * @param {string} name
 * @param {string} text
 * @returns {Sink}
 */
function sinkOf(name, text) {
  if (text.toLowerCase() === '$upstream') return 'upstream';
  const { double, single = double } = BROKERED.exec(text)?.groups ?? {};
  const items = single?.trim().replace(/^\//, '').replace(/\/$/, '').split('/') ?? [];
  const [, moduleId, , input] = items;
  if (items.length === 4 && moduleId && input) return { moduleId, input };
  throw new TypeError(`route '${name}' cannot lead into ${text}; it is as in ${FORM}`);
}

/**
 * What a message comes from, as routes name it.
 * @param {{ moduleId: string | undefined, systemProperties: Record<string, string> }} message
 */
function sourceOfMessage({ moduleId, systemProperties: { outputName } }) {
  if (moduleId === undefined) return '/messages/';
  const output = outputName === undefined ? '' : `outputs/${outputName}/`;
  return `/messages/modules/${moduleId}/${output}`.toLowerCase();
}

module.exports = { parseRoute, sourceOfMessage };
