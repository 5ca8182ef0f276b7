// @ts-check
'use strict';

const { inspect } = require('node:util');
const { requireArguments } = require('../plumbing/argument');
const { sign } = require('../native/add_on');
const { ArgumentError, FormatError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { shownFields } = require('../vocabulary/shown_fields');
const { readNameValueList } = require('../plumbing/name_value_list');

/**
 * A shared access signature, the password of a device with a symmetric key (device-sdk.md §1.5).
 *
 * Its text, `toString()`, is the secret. `util.inspect` and `JSON.stringify` show it without the signature.
 */
class SharedAccessSignature {
  /** @type {string | undefined} */
  #key;

  constructor() {
    // Declarations without a value: only fields that were given exist.
    /** @type {string | undefined} The resource the token is for, percent-encoded. */
    this.sr;
    /** @type {string | undefined} The signature: base64, percent-encoded. */
    this.sig;
    /** @type {string | undefined} The name of the key, percent-encoded; absent for a device's own key. */
    this.skn;
    /** @type {string | number | undefined} When the token expires, in seconds since 1970-01-01 UTC. */
    this.se;
  }

  /**
   * Moves the expiry of a token made by `create`.
   *
   * @param {string | number} expiry In seconds since 1970-01-01 UTC.
   * @returns {string} The new token.
   * @throws {ReferenceError} `expiry` is falsy.
   * @throws {TypeError} The token was parsed, so the key is not known.
   */
  extend(expiry) {
    requireArguments({ expiry });
    if (this.#key === undefined) {
      throw failure(TypeError, 'ERR_IOT_KEY_UNKNOWN', 'A token that was parsed cannot be extended', {
        hint: 'Create a new one: extending needs the key, which a token does not hold.',
      });
    }
    this.se = expiry;
    this.sig = encodeSignature(sign(Buffer.from(this.#key, 'base64'), textToSign(this)));
    return this.toString();
  }

  /** @returns {string} `SharedAccessSignature sr=…&sig=…&skn=…&se=…`, without the fields that are not set. */
  toString() {
    const { sr, sig, skn, se } = this;
    const fields = Object.entries({ sr, sig, skn, se }).filter(([, value]) => value);
    return 'SharedAccessSignature ' + fields.map(([name, value]) => `${name}=${value}`).join('&');
  }

  toJSON() {
    return shownFields(this);
  }

  /**
   * @param {number} _depth
   * @param {import('node:util').InspectOptions} options
   */
  [inspect.custom](_depth, options) {
    return 'SharedAccessSignature ' + inspect(this.toJSON(), options);
  }

  /**
   * Signs a token with a key. The key is decoded as Node's base64 decodes it, as in the original: unreadable
   * characters are ignored. See `shared_access_key.js` for the strict reading.
   *
   * @param {string} resourceUri Percent-encoded by the caller, stands in the token as given.
   * @param {string | null | undefined} keyName
   * @param {string} key Base64.
   * @param {string | number} expiry In seconds since 1970-01-01 UTC.
   * @throws {ReferenceError} `resourceUri`, `key` or `expiry` is falsy.
   */
  static create(resourceUri, keyName, key, expiry) {
    requireArguments({ resourceUri, key, expiry });
    const token = new SharedAccessSignature();
    token.#key = key;
    token.sr = resourceUri;
    if (keyName) token.skn = encodeUriComponentStrict(keyName);
    token.extend(expiry);
    return token;
  }

  /**
   * Makes a token for a device or module whose key only `signingFunction` can use.
   *
   * @param {import('../..').TransportConfig} credentials `host`, `deviceId`, `moduleId` and `sharedAccessKeyName` count.
   * @param {string | number} expiry In seconds since 1970-01-01 UTC.
   * @param {(textToSign: Buffer, signed: (error?: Error | null, signature?: Buffer) => void) => void} signingFunction
   * @param {(error: Error | null, token?: SharedAccessSignature) => void} callback
   * @throws {ReferenceError} An argument is falsy.
   */
  static createWithSigningFunction(credentials, expiry, signingFunction, callback) {
    requireArguments({ credentials, expiry, signingFunction, callback });
    const { host, deviceId, moduleId, sharedAccessKeyName } = credentials;
    const module = moduleId ? `/modules/${moduleId}` : '';
    const token = new SharedAccessSignature();
    token.sr = encodeUriComponentStrict(`${host}/devices/${deviceId}${module}`);
    token.se = expiry;
    if (sharedAccessKeyName) token.skn = encodeUriComponentStrict(sharedAccessKeyName);
    signingFunction(textToSign(token), (error, signature) => {
      if (error) return callback(error);
      token.sig = encodeSignature(/** @type {Buffer} */ (signature));
      callback(null, token);
    });
  }

  /**
   * Reads a token. Values stay percent-encoded.
   *
   * @param {string} source
   * @param {string[]} [requiredFields]
   * @throws {FormatError} `source` is not `SharedAccessSignature`, one white space, fields.
   * @throws {ArgumentError} A required field is absent.
   */
  static parse(source, requiredFields = []) {
    const [scheme, list, ...more] = String(source).split(/\s/);
    if (!scheme.includes('SharedAccessSignature') || list === undefined || more.length > 0) {
      throw failure(FormatError, 'ERR_IOT_TOKEN_MALFORMED', 'The shared access signature is malformed', {
        hint: 'It reads: SharedAccessSignature sr=…&sig=…&se=…, with one space.',
      });
    }
    const fields = readNameValueList(list, '&');
    const missing = requiredFields.find((name) => !(name in fields));
    if (missing) {
      throw failure(
        ArgumentError,
        'ERR_IOT_TOKEN_FIELD_MISSING',
        `The shared access signature has no ${missing}`,
        {
          hint: `It needs the fields ${requiredFields.join(', ')}.`,
        },
      );
    }
    return Object.assign(new SharedAccessSignature(), fields);
  }
}

/** The two functions of the same name in azure-iot-device (device-sdk.md §1.5). */
const deviceSharedAccessSignature = {
  /**
   * Signs a device's token.
   *
   * @param {string} host The hub's.
   * @param {string} deviceId
   * @param {string} key Base64.
   * @param {string | number} expiry In seconds since 1970-01-01 UTC.
   * @throws {ReferenceError} An argument is falsy.
   */
  create(host, deviceId, key, expiry) {
    requireArguments({ host, deviceId });
    const resource = encodeUriComponentStrict(`${host}/devices/${deviceId}`);
    return SharedAccessSignature.create(resource, null, key, expiry);
  },

  /**
   * Reads a device's token.
   *
   * @param {string} source
   * @throws {FormatError} As `SharedAccessSignature.parse`.
   * @throws {ArgumentError} `sr`, `sig` or `se` is absent.
   */
  parse(source) {
    return SharedAccessSignature.parse(source, ['sr', 'sig', 'se']);
  },
};

/** @param {SharedAccessSignature} token */
function textToSign({ sr, se }) {
  return Buffer.from(`${sr}\n${se}`);
}

/** @param {Buffer} signature */
function encodeSignature(signature) {
  return encodeUriComponentStrict(signature.toString('base64'));
}

/**
 * `encodeURIComponent` and also `! ' ( ) *`, these with lower-case hex digits as the original writes them.
 *
 * @param {string} text
 */
function encodeUriComponentStrict(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => '%' + sign.charCodeAt(0).toString(16));
}

/** @returns {number} One hour from now, in seconds since 1970-01-01 UTC, rounded up. */
function anHourFromNow() {
  return Math.ceil(Date.now() / 1000 + 3600);
}

module.exports = {
  SharedAccessSignature,
  deviceSharedAccessSignature,
  encodeUriComponentStrict,
  anHourFromNow,
};
