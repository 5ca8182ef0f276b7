// @ts-check
'use strict';

const querystring = require('node:querystring');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { Properties } = require('../message/properties');
const { warn } = require('../plumbing/warning');

/**
 * The property bag: the last segment of a telemetry or C2D topic, which carries a message's system and application
 * properties as `key=value` pairs joined by `&`, percent-encoded (device-sdk.md §3.5, §3.6).
 */

/** Received keys that are fields of the message; all others are application properties. */
const FIELD_OF_KEY = new Map(
  /** @type {const} */ ([
    ['$.mid', 'messageId'],
    ['$.to', 'to'],
    ['$.exp', 'expiryTimeUtc'],
    ['$.cid', 'correlationId'],
    ['$.uid', 'userId'],
    ['$.ct', 'contentType'],
    ['$.ce', 'contentEncoding'],
  ]),
);
/** What each of them begins with. */
const DOLLAR = '$'.charCodeAt(0);

/** 1 for the characters that stand for themselves. Per message this look-up costs half of a regular expression. */
const PLAIN = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[\w.!~*'()-]/.test(String.fromCharCode(code))),
);

/** Parts that came encoded, and what they mean: names, units and addresses come again and again. @type {Map<string, string>} */
const decoded = new Map();
const MOST_REMEMBERED = 256;
/** Characters. */
const LONGEST_REMEMBERED = 128;

/** Names are compared in pairs up to so many. */
const FEW = 16;

/** The hint of what cannot be written. */
const VALUES = 'Give a name and a text, a number or a boolean; as the expiry, a date that is valid.';

/** Names already warned of. */
const warned = new Set();

/**
 * What stands after the slash of the telemetry topic: the system properties that are set, then the application
 * properties in their order, duplicates included; an output name comes first and adds a slash at the end.
 *
 * What a gateway would acknowledge and then drop is refused.
 *
 * @param {import('../message/message').Message} message
 * @param {string} [outputName]
 * @returns {string} ASCII; empty if there are no properties.
 * @throws {ArgumentError} `ERR_IOT_PROPERTY_NAME_EMPTY`, `ERR_IOT_PROPERTY_NAME_CASE`: two names differ only in case.
 * @throws {TypeError} `ERR_IOT_PROPERTY_VALUE`: a name or value has no text, such as a symbol. Of the expiry a RangeError.
 * @throws {URIError} `ERR_IOT_PROPERTY_NOT_UNICODE`: half a surrogate pair in a name or value.
 */
function encodeSystemAndUser(message, outputName) {
  let bag = outputName ? '%24.on=' + encode(outputName, 'the output name') : '';
  // Written out: a loop over field names would cost more than all the rest of a typical message.
  if (message.messageId) bag = appendSystem(bag, '%24.mid=', message.messageId);
  if (message.correlationId) bag = appendSystem(bag, '%24.cid=', message.correlationId);
  if (message.userId) bag = appendSystem(bag, '%24.uid=', message.userId);
  if (message.to) bag = appendSystem(bag, '%24.to=', message.to);
  if (message.contentType) bag = appendSystem(bag, '%24.ct=', message.contentType);
  if (message.contentEncoding) bag = appendSystem(bag, '%24.ce=', message.contentEncoding);
  if (message.interfaceId) bag = appendSystem(bag, '%24.ifid=', message.interfaceId);
  if (message.expiryTimeUtc) bag = appendSystem(bag, '%24.exp=', isoText(message.expiryTimeUtc));
  const propertyList = message.properties?.propertyList ?? listOf(message.properties);
  if (propertyList.length > 1) refuseNamesThatDifferInCase(propertyList);
  for (let i = 0; i < propertyList.length; i++) {
    const { key, value } = propertyList[i] ?? hole(i);
    if (bag) bag += '&';
    bag += encodeName(key) + '=' + encode(value, key);
  }
  return outputName ? bag + '/' : bag;
}

/**
 * @param {any} properties Of a message that has no property bag: nothing, or an app's own object of names and values.
 * @returns {{ key: string, value: any }[]}
 */
function listOf(properties) {
  return properties === undefined || properties === null ? [] : Properties.of(properties).propertyList;
}

/**
 * Fills a received message from the bag of its topic. What cannot be decoded is taken as it stands.
 *
 * @template {import('../message/message').Message} M
 * @param {string} bag
 * @param {M} message
 * @returns {M} `message`
 */
function decode(bag, message) {
  const { length } = bag;
  // Without an array of pairs, and a look-up only for what may be a field, it takes two thirds of the time.
  for (let start = 0, end; start < length; start = end + 1) {
    end = bag.indexOf('&', start);
    if (end < 0) end = length;
    if (end === start) continue;
    const pair = bag.slice(start, end);
    const at = pair.indexOf('=');
    const key = decodePart(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : decodePart(pair.slice(at + 1));
    const field = key.charCodeAt(0) === DOLLAR ? FIELD_OF_KEY.get(/** @type {'$.mid'} */ (key)) : undefined;
    if (field) message[field] = value;
    else message.properties.add(key, value);
  }
  return message;
}

/**
 * @param {string} bag
 * @param {string} key Encoded, with `=`.
 * @param {any} value What is no text goes the way of the `querystring` module: numbers and booleans as text, arrays
 *   with the key repeated, the rest empty.
 */
function appendSystem(bag, key, value) {
  if (bag) bag += '&';
  if (typeof value === 'string') return bag + key + encode(value, key);
  try {
    return bag + querystring.stringify({ [nameOnTheWire(key)]: value });
  } catch (cause) {
    throw unusable(key, quote(value), cause);
  }
}

/** @param {string} key `%24.mid=` gives `$.mid`, other names are returned as they are. */
function nameOnTheWire(key) {
  return String(key).replace(/^%24(.*)=$/, '$$$1');
}

/** @param {any} time */
function isoText(time) {
  if (!(time instanceof Date)) return time;
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  const message = 'The message property "$.exp" is a Date without a time';
  throw failure(RangeError, 'ERR_IOT_PROPERTY_VALUE', message, { hint: VALUES, delivery: 'not sent' });
}

/** @param {any} key */
function encodeName(key) {
  if (key === 'dt-subject') return '%24.sub';
  if (key === 'deviceId' || key === 'moduleId') warnOfIdentity(key);
  const name = encode(key, key);
  if (name) return name;
  throw failure(ArgumentError, 'ERR_IOT_PROPERTY_NAME_EMPTY', 'A message property has an empty name', {
    hint: 'A gateway acknowledges such a message and drops it. Give the property a name.',
    delivery: 'not sent',
  });
}

/**
 * @param {any} value
 * @param {string} name Of the property, for the error; of a system property the encoded key.
 * @returns {string}
 */
function encode(value, name) {
  if (typeof value === 'string' && isPlain(value)) return value;
  try {
    return encodeURIComponent(value);
  } catch (cause) {
    throw unusable(name, quote(value), cause);
  }
}

/**
 * @param {any} name Of the property; of a system property the encoded key.
 * @param {string} value For people.
 * @param {unknown} cause What its conversion to text threw.
 * @returns {unknown} Why it cannot be sent; an error of the app's own as it is.
 */
function unusable(name, value, cause) {
  const shown = quote(nameOnTheWire(name));
  if (cause instanceof URIError) {
    const message = `The message property ${shown} is not valid Unicode: it contains half a surrogate pair`;
    return failure(URIError, 'ERR_IOT_PROPERTY_NOT_UNICODE', message, {
      hint: 'A text was probably cut in the middle of a character such as an emoji.',
      delivery: 'not sent',
      cause,
    });
  }
  if (!(cause instanceof TypeError)) return cause;
  const message = `The message property ${shown} is ${value}, which has no text`;
  return failure(TypeError, 'ERR_IOT_PROPERTY_VALUE', message, { hint: VALUES, delivery: 'not sent', cause });
}

/**
 * @param {number} at
 * @returns {never}
 */
function hole(at) {
  const message = `The message property at propertyList[${at}] is missing`;
  throw failure(TypeError, 'ERR_IOT_PROPERTY_VALUE', message, { hint: VALUES, delivery: 'not sent' });
}

/** @param {string} text */
function isPlain(text) {
  // Beyond the table a look-up gives undefined.
  for (let i = 0; i < text.length; i++) if (PLAIN[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/**
 * An exact duplicate is not refused: the original sends it, and what a gateway makes of it is not known.
 *
 * @param {{ key: any }[]} propertyList
 */
function refuseNamesThatDifferInCase(propertyList) {
  const twins = propertyList.length <= FEW ? twinsAmongFew(propertyList) : twinsAmong(propertyList);
  if (twins === undefined) return;
  const message = `Two message properties differ only in case: ${quote(twins[0])} and ${quote(twins[1])}`;
  throw failure(ArgumentError, 'ERR_IOT_PROPERTY_NAME_CASE', message, {
    hint: 'A gateway acknowledges such a message and drops it. Rename one.',
    delivery: 'not sent',
  });
}

/**
 * By their lengths, which mostly differ: nothing is made of any name.
 *
 * @param {{ key: any }[]} propertyList
 * @returns {[earlier: string, later: string] | undefined}
 */
function twinsAmongFew(propertyList) {
  for (let i = 1; i < propertyList.length; i++) {
    const name = String(propertyList[i]?.key);
    for (let j = 0; j < i; j++) {
      const earlier = String(propertyList[j]?.key);
      if (earlier.length !== name.length || earlier === name) continue;
      if (earlier.toLowerCase() === name.toLowerCase()) return [earlier, name];
    }
  }
  return undefined;
}

/**
 * The same of however many.
 *
 * @param {{ key: any }[]} propertyList
 * @returns {[earlier: string, later: string] | undefined}
 */
function twinsAmong(propertyList) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  for (const pair of propertyList) {
    const name = String(pair?.key);
    const plain = name.toLowerCase();
    const earlier = seen.get(plain);
    if (earlier !== undefined && earlier !== name) return [earlier, name];
    seen.set(plain, name);
  }
  return undefined;
}

/**
 * Gateways mistake these names for a part of the topic (edge-gateway.md §3.1), the hub itself does not: no error.
 *
 * @param {string} name
 */
function warnOfIdentity(name) {
  if (warned.has(name)) return;
  warned.add(name);
  warn(
    'WARN_IOT_PROPERTY_IDENTITY',
    `A gateway takes the message property ${quote(name)} for the identity of the sender`,
    'The message is attributed to that id and the property is lost. Use another name.',
  );
}

/** @param {string} part */
function decodePart(part) {
  if (!part.includes('%')) return part;
  const known = decoded.get(part);
  if (known !== undefined) return known;
  const text = decodedOr(part);
  if (part.length > LONGEST_REMEMBERED) return text;
  if (decoded.size >= MOST_REMEMBERED) decoded.clear();
  // By a copy: a part of a text keeps the whole of it.
  decoded.set(Buffer.from(part).toString(), text);
  return text;
}

/** @param {string} part */
function decodedOr(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

module.exports = { encodeSystemAndUser, decode };
