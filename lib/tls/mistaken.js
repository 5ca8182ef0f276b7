// @ts-check
'use strict';

/**
 * What people give in the place of a root certificate, told by its label, its first bytes or its look. Nothing of it is
 * ever shown: it may be a key.
 *
 * @typedef {{ what: string, hint: string, isPath?: boolean }} Mistaken
 */

const PKCS7_HINT = 'Take the certificates out of it: openssl pkcs7 -print_certs -in <file> -out root.pem';

/** @type {Mistaken} */
const REQUEST = {
  what: 'a certificate request',
  hint: 'A request only asks for a certificate. Give the root certificate: -----BEGIN CERTIFICATE-----.',
};
/** @type {Mistaken} */
const PKCS7 = { what: 'a PKCS#7 bundle (.p7b)', hint: `${PKCS7_HINT}.` };
/** @type {Mistaken} */
const PKCS12 = {
  what: 'a PKCS#12 file (.p12, .pfx)',
  hint: 'Take the certificates out of it, without a key: openssl pkcs12 -nokeys -in <file> -out root.pem.',
};
/** @type {Mistaken} */
const PUBLIC_KEY = {
  what: 'a public key',
  hint: 'A key alone says nothing of its owner. Give the root certificate: -----BEGIN CERTIFICATE-----.',
};
/** @type {Mistaken} */
const REVOCATIONS = {
  what: 'a list of revoked certificates (CRL)',
  hint: 'Give the root certificate: -----BEGIN CERTIFICATE-----.',
};

/** By label of a PEM section. @type {[RegExp, Mistaken][]} */
const LABELS = [
  [/CERTIFICATE REQUEST$/, REQUEST],
  [/^(PKCS ?#?7|CMS)\b/, PKCS7],
  [/^X509 CRL$/, REVOCATIONS],
  [/^PGP /, { what: 'something of PGP', hint: 'Give the root certificate of the gateway, which is PEM.' }],
  [/PUBLIC KEY$/, PUBLIC_KEY],
];

/** @type {Mistaken} */
const PATH = {
  isPath: true,
  what: 'a path',
  hint: 'Give the path itself as text, or the content of the file that it names.',
};

/** By the look of a text. @type {[RegExp, Mistaken][]} */
const TEXTS = [
  [/^\s*$/, { what: 'nothing: it is empty', hint: 'Give the root certificate of the gateway.' }],
  [
    /SharedAccess(Key|Signature)/,
    { what: 'a connection string', hint: 'Give the root certificate of the gateway.' },
  ],
  [
    /^\s*(<!doctype|<html|<\?xml)/i,
    { what: 'a web page', hint: 'A download ended at a page, perhaps to log in. Get the file itself.' },
  ],
  [/^\s*[^\r\n]{1,4096}\.(pem|crt|cer|der)\s*$/i, PATH],
  [/^\s*(ssh-|ecdsa-sha2-)/, { ...PUBLIC_KEY, what: 'a public key of SSH' }],
  [
    /^\s*Certificate:\s+Data:/,
    {
      what: 'a description of one',
      hint: 'Give the file it was made of: openssl x509 -in <file> -out root.pem.',
    },
  ],
  [
    /^\s*30[\s:]?82([\s:]?[0-9a-f]{2})+\s*$/i,
    { what: 'hexadecimal digits', hint: "Give the bytes that they mean: Buffer.from(digits, 'hex')." },
  ],
];

/** The first bytes of files that hold many. @type {[number[], Mistaken][]} */
const MAGIC = [
  [
    [0xfe, 0xed, 0xfe, 0xed],
    { what: 'a key store of Java', hint: 'Export the root: keytool -exportcert -rfc.' },
  ],
  [
    [0x50, 0x4b, 0x03, 0x04],
    { what: 'a ZIP archive', hint: 'Unpack it, and give the root certificate in it.' },
  ],
  [[0x1f, 0x8b], { what: 'a compressed file', hint: 'Unpack it, and give the root certificate in it.' }],
];

/** DER of the identifiers `data` and `signedData` of PKCS#7. */
const DATA = Buffer.from('06092a864886f70d010701', 'hex');
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
/** UTCTime and GeneralizedTime. */
const TIMES = [0x17, 0x18];

/**
 * @param {Uint8Array} bytes In which no certificate was found.
 * @returns {Mistaken | undefined} What they are instead.
 */
function recognise(bytes) {
  const magic = MAGIC.find(([start]) => start.every((byte, index) => bytes[index] === byte));
  return magic?.[1] ?? recogniseDer(Buffer.from(bytes)) ?? recogniseText(textOf(bytes));
}

/** @param {Uint8Array} bytes UTF-8 or UTF-16, with or without a mark. */
function textOf(bytes) {
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/[\0\ufeff\ufffd]/g, '');
}

/** @param {string} text */
function recogniseText(text) {
  const [, label] = /-----BEGIN ([^-]{1,64})-----/.exec(text) ?? [];
  if (label !== undefined) return LABELS.find(([pattern]) => pattern.test(label.trim()))?.[1];
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? recogniseBase64(text);
}

/** @param {string} text */
function recogniseBase64(text) {
  const digits = text.replace(/\s/g, '');
  if (digits.length < 64 || !/^[A-Za-z0-9+/_-]+=*$/.test(digits)) return undefined;
  const inside = Buffer.from(digits, 'base64');
  if (/-----BEGIN [^-]*PRIVATE KEY-----/.test(inside.toString('latin1'))) {
    return {
      what: 'base64 of a private key',
      hint: 'Give the root certificate; the private key stays where it was made.',
    };
  }
  if (inside.includes('-----BEGIN ')) {
    return { what: 'base64 of a PEM', hint: "Decode it, once: Buffer.from(text, 'base64')." };
  }
  if (inside[0] !== SEQUENCE) return undefined;
  return {
    what: 'base64 without the lines BEGIN and END around it',
    hint: 'Put -----BEGIN CERTIFICATE----- before and -----END CERTIFICATE----- behind it, if it is one.',
  };
}

/** @param {Buffer} bytes */
function recogniseDer(bytes) {
  const outer = elementAt(bytes, 0);
  if (outer?.tag !== SEQUENCE) return undefined;
  const first = elementAt(bytes, outer.start);
  if (first === undefined) return undefined;
  const head = bytes.subarray(outer.start, outer.start + 64);
  if (head.indexOf(SIGNED_DATA) === 0) return PKCS7;
  if (first.tag === INTEGER && bytes[first.start] === 3 && head.includes(DATA)) return PKCS12;
  if (first.tag !== SEQUENCE) return undefined;
  const tags = tagsAt(bytes, first.start, 4);
  const [next] = tagsAt(bytes, first.end, 1);
  if (tags[0] === OBJECT_IDENTIFIER && next === BIT_STRING) return PUBLIC_KEY;
  // What follows the version: name and key; algorithm, issuer and a time; of a certificate neither.
  const [one, two, three] = tags[0] === INTEGER ? tags.slice(1) : tags;
  if (one !== SEQUENCE || two !== SEQUENCE) return undefined;
  if (TIMES.includes(three)) return REVOCATIONS;
  return tags[0] === INTEGER && isKeyAt(bytes, first.start) ? REQUEST : undefined;
}

/**
 * @param {Buffer} bytes
 * @param {number} start Of three elements.
 * @returns {boolean} The third is a public key.
 */
function isKeyAt(bytes, start) {
  let at = start;
  for (let left = 2; left > 0; left -= 1) at = elementAt(bytes, at)?.end ?? bytes.length;
  const key = elementAt(bytes, at);
  return key !== undefined && tagsAt(bytes, key.start, 2).join() === [SEQUENCE, BIT_STRING].join();
}

/**
 * @param {Buffer} bytes
 * @param {number} start
 * @param {number} count
 * @returns {number[]} Of so many elements in a row, as far as they are there.
 */
function tagsAt(bytes, start, count) {
  const tags = [];
  for (let at = start; tags.length < count;) {
    const element = elementAt(bytes, at);
    if (element === undefined) break;
    tags.push(element.tag);
    at = element.end;
  }
  return tags;
}

/**
 * @param {Buffer} bytes DER, or BER without a length.
 * @param {number} at
 * @returns {{ tag: number, start: number, end: number } | undefined}
 */
function elementAt(bytes, at) {
  const [tag, first] = bytes.subarray(at, at + 2);
  if (first === undefined) return undefined;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const digits = first & 0x7f;
  const start = at + 2 + digits;
  if (digits === 0) return { tag, start, end: bytes.length };
  if (digits > 4 || start > bytes.length) return undefined;
  return { tag, start, end: start + bytes.readUIntBE(at + 2, digits) };
}

module.exports = { recognise };
