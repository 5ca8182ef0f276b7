// @ts-check
'use strict';

/**
 * What was given as a connection string, before its fields are read: the wrappings that shells, files and web pages put
 * around one are taken off, and what is none is told by its look. Nothing of it is shown: it may be a secret.
 */

/** @typedef {import('../..').ConnectionStringFault} Fault */

/**
 * A wrapping, and what is inside; `undefined` where there is none. Each tells what the remedy is.
 *
 * @typedef {object} Wrapping
 * @property {string} what
 * @property {string} remedy
 * @property {(text: string) => string | undefined} open
 */

const BEGIN = /^\s*(?:["'“”„‘’]+\s*)?(?:HostName|DeviceId|SharedAccessKey|GatewayHostName)\s*[=:]/i;
/** Byte order mark, zero width, no-break: nobody sees them. */
const INVISIBLE = /[\u00a0\u00ad\u200b-\u200f\u2060\ufeff]/g;

/** @type {readonly Wrapping[]} */
const WRAPPINGS = Object.freeze([
  {
    what: 'invisible characters in it, as web pages and chats put there',
    remedy: 'Copy it from the hub itself, or type the places where they are anew.',
    open: (text) => (text.trim().search(INVISIBLE) === -1 ? undefined : text.replace(INVISIBLE, '')),
  },
  {
    what: 'the name of a variable before it',
    remedy:
      'Leave away what stands before HostName=, quotes too; docker -e and .env files want the name once.',
    open: (text) =>
      match(
        text,
        /^\s*(?:(?:export |set |setx |ENV |\$env:|-e )\s*)?(?!HostName\b)[A-Za-z_]\w*\s*[=:]\s*(.*)$/is,
      ),
  },
  {
    what: 'JSON around it',
    remedy: 'Take the text inside: az … --output tsv prints it alone.',
    open: (text) =>
      /^\s*[[{]/.test(text) ? match(text, /"((?:HostName|DeviceId)=(?:[^"\\]|\\.)*)"/i) : undefined,
  },
  {
    what: 'base64 around it, as secrets of Kubernetes have',
    remedy: 'Decode it once: base64 -d.',
    open: (text) =>
      /^[\s"']*[A-Za-z0-9+/_\s-]{24,}=*[\s"']*$/.test(text)
        ? Buffer.from(text.replace(/["']/g, ''), 'base64').toString('utf8')
        : undefined,
  },
  {
    what: 'percent-encoding in place of = and ;',
    remedy: 'Decode it once: decodeURIComponent(text).',
    open: (text) => (/^[^=;]*HostName%3D/i.test(text) ? decoded(text) : undefined),
  },
  {
    what: 'signs of HTML in it, such as &amp; or &quot;',
    remedy: 'Copy it as text, not as the source of a page.',
    open: (text) =>
      /&(?:amp|quot|#\d+|lt|gt);/i.test(text)
        ? text
            .replace(/&quot;|&#34;|&#39;/gi, '')
            .replace(/&#59;/g, ';')
            .replace(/&#61;/g, '=')
            .replace(/&amp;|&#38;/gi, '&')
        : undefined,
  },
  {
    what: 'backslashes before its signs',
    remedy: 'Leave them away; in single quotes no sign needs one.',
    open: (text) => (/\\[;=&"' ]/.test(text) ? text.replace(/\\([;=&"' ])/g, '$1') : undefined),
  },
]);

/**
 * @param {string} source
 * @returns {{ text: string, faults: Fault[] }} What is inside, and what was around it.
 */
function unwrapped(source) {
  /** @type {Fault[]} */
  const faults = [];
  let text = source;
  for (const { what, remedy, open } of WRAPPINGS) {
    const inside = open(text);
    if (inside === undefined || !BEGIN.test(inside)) continue;
    text = inside;
    faults.push({ kind: 'connection-string-wrapped', detail: what, suggestion: remedy });
  }
  return { text, faults };
}

/** By its look. @type {readonly [pattern: RegExp, what: string, remedy: string][]} */
const OTHERS = Object.freeze([
  [
    /^Endpoint=sb:/i,
    'the connection string of an Event Hub',
    'Take the one of the device: IoT Hub, Devices, the device, Primary connection string.',
  ],
  [
    /^(?:DefaultEndpointsProtocol|AccountName|BlobEndpoint)=/i,
    'the connection string of a storage account',
    'Take the one of the device: IoT Hub, Devices, the device, Primary connection string.',
  ],
  [
    /^\s*SharedAccessSignature\s+s[re]/,
    'a token alone',
    'Put it behind the names: HostName=<hub>;DeviceId=<device>;SharedAccessSignature=<token>;GatewayHostName=<gateway>.',
  ],
  [
    /-----BEGIN /,
    'a certificate or a key in PEM',
    'Give the connection string here, and the root certificate by --ca, or as ca.',
  ],
  [/^\s*\w+:\/\//, 'a URL', 'Give the connection string, or the path of a file that holds it.'],
  [
    /^\s*["']?(?:\$\(|\$\{?\w|%\w+%|`|process\.env)/,
    'the name of a variable or a command, whose value was not put in its place',
    'A shell does that outside of single quotes only, and a .env file does not: give the value.',
  ],
  [
    /^\s*(?:[<{[].*[>}\]]|\.{3}|…|x{3,})\s*$/is,
    'a placeholder',
    'Put the connection string of the device in its place.',
  ],
  [/^\s*~|^\s*[./\\]*[\w. -]+[/\\]|\.(?:txt|env|json|conf)\s*$/i, 'a path', 'Give what the file holds.'],
  [
    /^\s*[A-Za-z0-9+/]{42,88}={0,2}\s*$/,
    'what looks like a key alone',
    'Put it behind the names: HostName=<hub>;DeviceId=<device>;SharedAccessKey=<key>;GatewayHostName=<gateway>.',
  ],
  [
    /^\s*[\w-]+(?:\.[\w-]+)*(?::\d+)?\s*$/,
    'a single name',
    'Give the whole: HostName=<hub>;DeviceId=<device>;SharedAccessKey=<key>;GatewayHostName=<gateway>.',
  ],
]);

/**
 * @param {string} text
 * @returns {Fault | undefined} What it is instead of a connection string.
 */
function otherThing(text) {
  if (BEGIN.test(text)) return undefined;
  const found = OTHERS.find(([pattern]) => pattern.test(text));
  return found && { kind: 'connection-string-other', detail: found[1], suggestion: found[2] };
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function match(text, pattern) {
  return pattern.exec(text)?.[1];
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

module.exports = { otherThing, unwrapped };
