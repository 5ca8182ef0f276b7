// @ts-check
'use strict';

const { strictProviderOf } = require('../authentication/strict_provider');
const { KNOWN_FIELDS, NEXT_FIELD } = require('../identity/connection_string');
const { LONGEST, parseConnectionString } = require('../identity/strict_connection_string');
const { withoutKeys } = require('../vocabulary/failure');
const { otherThing, unwrapped } = require('./whole_reading');

/** @typedef {import('../..').ConnectionStringFault} Fault */

const SECRETS = ['SharedAccessKey', 'SharedAccessSignature'];

/**
 * @param {string} source
 * @returns {{ code: string, message: string, hint: string } | undefined} Why `connect()` would refuse it; `undefined`: it
 *   would not.
 */
function refusalOf(source) {
  try {
    strictProviderOf(source);
    return undefined;
  } catch (error) {
    const { code, message, hint } = /** @type {any} */ (error);
    if (code === undefined) throw error;
    return { code, message, hint };
  }
}

/**
 * Reads a connection string for diagnosis. What `connect()` accepts has no faults here either; what it would refuse is
 * noted and, where the meaning is plain, corrected, so that the examination can go on. Faults show names of fields, never
 * values.
 *
 * @param {string} source
 * @param {boolean} accepted `connect()` accepts it.
 * @returns {{ fields: Record<string, string>, faults: Fault[] }}
 */
function readConnectionString(source, accepted) {
  if (accepted) {
    return { fields: /** @type {Record<string, string>} */ (parseConnectionString(source)), faults: [] };
  }
  if (source.length > LONGEST) {
    const detail = `a text of ${source.length} characters`;
    const suggestion = 'Give that alone, not what it stands in.';
    return { fields: {}, faults: [{ kind: 'connection-string-other', detail, suggestion }] };
  }
  const { text: inside, faults } = unwrapped(source);
  const other = otherThing(inside);
  if (other) return { fields: {}, faults: [other] };
  /** @type {Record<string, string>} */
  const fields = {};
  const { text, quoted } = unquoted(inside);
  if (quoted) faults.push({ kind: 'connection-string-space', where: 'whole', detail: 'quotes' });
  let position = 0;
  for (const element of elementsOf(quoted ? text : inside)) {
    if (!element.trim()) continue;
    position += 1;
    const [first, ...swallowed] = element.trimStart().split(NEXT_FIELD);
    if (swallowed.length > 0) {
      faults.push({ kind: 'connection-string-separator', where: nameOf(swallowed[0]) });
    }
    readElement(element.slice(0, element.search(/\S/)) + first, position, fields, faults);
    for (const each of swallowed) readElement(each, position, fields, faults);
  }
  const cut = cutOf(text, fields);
  // What was cut off is not missing otherwise.
  return { fields, faults: cut ? [cut] : together(faults) };
}

/**
 * @param {string} text
 * @returns {string[]} At semicolons; lines of `name: value`, as in YAML, are elements, too.
 */
function elementsOf(text) {
  const inLines = !text.includes(';') && /^\s*[A-Za-z]+\s*:[^\n]*\n/.test(text);
  return text.split(inLines ? '\n' : ';');
}

/**
 * The same at several fields is one fault.
 *
 * @param {Fault[]} faults
 */
function together(faults) {
  /** @type {Fault[]} */
  const found = [];
  for (const fault of faults) {
    const same = found.find((each) => TOGETHER.includes(fault.kind) && isAlike(each, fault));
    if (same === undefined) found.push({ ...fault });
    else same.where = `${same.where} and ${fault.where}`;
  }
  return found;
}

const TOGETHER = [
  'connection-string-space',
  'connection-string-malformed',
  'connection-string-field-duplicate',
];

/**
 * @param {Fault} one
 * @param {Fault} other
 */
function isAlike(one, other) {
  // Without more about it, an element that is malformed is told by its place.
  const plain = one.kind !== 'connection-string-malformed' || one.detail !== undefined;
  return plain && one.kind === other.kind && one.detail === other.detail;
}

/**
 * A shell ends a command at a semicolon and at an ampersand, and a word at a blank.
 *
 * @param {string} text
 * @param {Record<string, string>} fields
 * @returns {Fault | undefined}
 */
function cutOf(text, fields) {
  const { HostName, DeviceId, SharedAccessSignature: token } = fields;
  const names = Object.keys(fields);
  if (!text.includes(';') && names.length === 1 && (HostName || DeviceId)) {
    return { kind: 'connection-string-cut', where: names[0], detail: 'the first semicolon' };
  }
  if (token === undefined || /[&;]sig=/i.test(token)) return undefined;
  if (/^SharedAccessSignature$/.test(token)) {
    return { kind: 'connection-string-cut', where: 'SharedAccessSignature', detail: 'the blank' };
  }
  const [, rest] = /^SharedAccessSignature\s+s[re]=([^&]*)$/.exec(token) ?? [];
  if (!rest) return undefined;
  return { kind: 'connection-string-cut', where: 'SharedAccessSignature', detail: 'the first &' };
}

/**
 * @param {string} element
 * @param {number} position From 1.
 * @param {Record<string, string>} fields Receives the field.
 * @param {Fault[]} faults
 */
function readElement(element, position, fields, faults) {
  const colon = COLON.exec(element);
  if (colon) {
    const [known] = KNOWN_FIELDS.filter((each) => plain(each) === plain(colon[1]));
    faults.push({ kind: 'connection-string-malformed', where: known, detail: 'a colon' });
    const { text } = unquoted(colon[2]);
    fields[known] ??= SECRETS.includes(known) ? text : shown(text).text;
    return;
  }
  const at = element.indexOf('=');
  const written = element.slice(0, Math.max(at, 0)).trim();
  const value = element.slice(at + 1);
  const known = KNOWN_FIELDS.find((each) => plain(each) === plain(written));
  if (!written || !value.trim()) {
    faults.push({ kind: 'connection-string-malformed', where: known ?? `element ${position}` });
    return;
  }
  if (known === undefined) {
    faults.push({
      kind: 'connection-string-field-unknown',
      // A piece of a key may stand where a name should, so only what looks like a name is shown.
      where: /^[A-Za-z]{1,24}$/.test(written) ? written : `element ${position}`,
    });
    return;
  }
  if (written !== known) {
    faults.push({ kind: 'connection-string-field-misspelt', where: written, suggestion: known });
  }
  const clean = unquoted(value);
  if (clean.quoted || value !== value.trim() || /^\s|\s$/.test(element.slice(0, at))) {
    const detail = clean.quoted ? 'quotes' : 'white space';
    faults.push({ kind: 'connection-string-space', where: known, detail });
  }
  if (Object.hasOwn(fields, known)) faults.push({ kind: 'connection-string-field-duplicate', where: known });
  const kept = placeholderIn(clean.text);
  if (kept !== undefined) {
    // In brackets there may be a key, after all.
    const detail = SECRETS.includes(known) && !/^.[a-z _-]{1,24}.$/i.test(kept) ? '' : kept;
    faults.push({ kind: 'connection-string-placeholder', where: known, detail });
    return;
  }
  const { text, hidden } = SECRETS.includes(known) ? { text: clean.text, hidden: false } : shown(clean.text);
  if (hidden) faults.push({ kind: 'connection-string-separator', where: 'what may be a secret' });
  fields[known] = text;
}

/** A field as YAML and people write it. */
const COLON = new RegExp(`^\\s*(${KNOWN_FIELDS.join('|')})\\s*:\\s*(?!\\s)([^=]*=*)$`, 'i');

/**
 * Where documentation has a word in brackets, or a tool hid a value, nobody put the value in.
 *
 * @param {string} value
 * @returns {string | undefined} The placeholder, which is no secret; empty if it is a row of signs.
 */
function placeholderIn(value) {
  const [, bracketed] =
    /(<[\w .:-]{0,40}>|\{\{?[\w .:-]{1,40}\}?\}|\[[A-Za-z][A-Za-z _-]{2,40}\])/.exec(value) ?? [];
  if (bracketed !== undefined) return bracketed;
  return /^(?:[*•]{3,}|\.{3}|…|x{4,}|<redacted>)=*$/i.test(value) ? '' : undefined;
}

/**
 * Of a value that is shown, only what is none of a secret: a damaged string may have its key or token anywhere.
 *
 * @param {string} value
 */
function shown(value) {
  const [before] = value.split(/(?<![^\w.-])[^\w.-]*(?:SharedAccess|\bsig=|\bsr=)/i);
  const text = withoutKeys(before);
  return { text: text === '…' ? '<hidden>' : text, hidden: text !== value };
}

/** @param {string} element Begins with a field. */
function nameOf(element) {
  return element.slice(0, element.indexOf('='));
}

/** @param {string} name */
function plain(name) {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/**
 * Without white space and quotes around it, single, double or typographic.
 *
 * @param {string} text
 */
function unquoted(text) {
  const trimmed = text.trim();
  const inside = trimmed.replace(/^["'“”„‘’]+|(?<!["'“”„‘’])["'“”„‘’]+$/g, '');
  return { text: inside.trim(), quoted: inside !== trimmed };
}

module.exports = { readConnectionString, refusalOf };
