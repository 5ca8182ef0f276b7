// @ts-check
'use strict';

const { percentDecode } = require('../encoding/percent');

/**
 * edgeHub's eight templates in one: anchored at the end only, so anything may stand before `devices/`; the property
 * bag may be followed by one slash.
 */
const TELEMETRY = /devices\/([^/]*)(?:\/modules\/([^/]*))?\/messages\/events(?:\/([^/]*)\/?)?$/;

/** System properties, by their names on the wire (SystemProperties.cs). */
const SYSTEM_PROPERTIES = new Map([
  ['$.mid', 'messageId'],
  ['$.cid', 'correlationId'],
  ['$.uid', 'userId'],
  ['$.ct', 'contentType'],
  ['$.ce', 'contentEncoding'],
  ['$.to', 'to'],
  ['$.ctime', 'creationTime'],
  ['$.schema', 'schema'],
  ['$.sub', 'subject'],
  ['$.ifid', 'interfaceId'],
  ['$.on', 'outputName'],
  ['$.exp', 'expiryTime'],
  ['ack', 'ack'],
  ['iothub-operation', 'operation'],
]);

/** A message that edgeHub acknowledges and does not store. */
class DropError extends Error {}

/** No template matches the topic. */
class UnknownTopicError extends DropError {}

/**
 * @typedef {object} Address
 * @property {string} deviceId
 * @property {string | undefined} moduleId
 * @property {Record<string, string>} properties
 * @property {Record<string, string>} systemProperties
 */

/**
 * Reads a telemetry topic with its property bag.
 * @param {string} topic
 * @returns {Address}
 * @throws {UnknownTopicError}
 * @throws {DropError} the bag does not parse
 */
function parseTopic(topic) {
  const match = TELEMETRY.exec(topic);
  if (!match) throw new UnknownTopicError(`topic '${topic}' matches no template`);
  const [, deviceId, moduleId, bag] = match;
  const address = { deviceId, moduleId, properties: {}, systemProperties: {} };
  if (bag) parseBag(bag, address);
  return address;
}

/**
 * Reads `key=value&…` as edgeHub does into the address: user properties named `deviceId` and `moduleId` overwrite the
 * ids of the topic.
 * @param {string} bag
 * @param {Address} address
 */
function parseBag(bag, address) {
  const names = new Set();
  for (const pair of bag.replaceAll('?', '').split('&')) {
    const [rawName, rawValue = '', ...rest] = pair.split('=');
    if (!rawName || rest.length > 0) throw new DropError(`property bag '${bag}' does not parse at '${pair}'`);
    const name = percentDecode(rawName);
    const value = percentDecode(rawValue);
    const folded = name.toLowerCase();
    if (names.has(folded)) throw new DropError(`property '${name}' occurs twice, letter case aside`);
    names.add(folded);
    const systemName = SYSTEM_PROPERTIES.get(name);
    if (systemName) address.systemProperties[systemName] = value;
    else if (name === 'deviceId' || name === 'moduleId') address[name] = value;
    else setProperty(address.properties, name, value);
  }
}

/**
 * Like assignment, also for `__proto__`.
 * @param {Record<string, string>} properties
 * @param {string} name
 * @param {string} value
 */
function setProperty(properties, name, value) {
  if (name !== '__proto__') properties[name] = value;
  else
    Object.defineProperty(properties, name, { value, enumerable: true, configurable: true, writable: true });
}

module.exports = { DropError, SYSTEM_PROPERTIES, UnknownTopicError, parseTopic };
