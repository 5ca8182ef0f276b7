// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { X509Certificate, createHash, randomBytes } = require('node:crypto');
const { createChain } = require('../certificates/chain');
const { isRecord } = require('../control/values');
const { UsageError } = require('./usage_error');

/**
 * @typedef {import('../index').Chain} Chain
 * @typedef {{ primaryKey: string, secondaryKey: string }} Keys base64
 */

const CHAIN = 'chain.json';
const HUB_CHAIN = 'hub-chain.json';
const KEYS = 'keys.json';
const ROOT = 'root.ca.cert.pem';

/** Modes of files. */
const OWNER_ONLY = 0o600;
const ALL_MAY_READ = 0o644;

/** A chain is used again only while it has as much to live. Milliseconds. */
const AMPLE = 24 * 3600 * 1000;

/** Hexadecimal digits of a digest that tell one root from another. */
const DIGITS = 8;

/**
 * The directory in which certificates and keys outlive a run, so that a device that was set up once still connects. Several
 * gateways may have it at a time.
 */
class Keeping {
  #directory;

  /**
   * @param {string} directory made if it is missing
   * @throws {UsageError}
   */
  constructor(directory) {
    this.#directory = directory;
    let owner;
    try {
      fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
      fs.accessSync(directory, fs.constants.W_OK);
      owner = fs.statSync(directory).uid;
    } catch (error) {
      throw unusable(directory, error);
    }
    const self = process.getuid?.() ?? owner;
    if (owner !== self && owner !== 0)
      throw new UsageError(
        `--directory: '${directory}' belongs to another user, who could replace the keys in it`,
      );
  }

  /**
   * The chain that an earlier run had for the same names, if it lives long enough, else a new one.
   * @param {string[]} hosts
   * @param {{ hub?: boolean }} [options] of a hub, whose certificate has these names alone
   * @returns {Promise<Chain>}
   */
  async chain(hosts, { hub = false } = {}) {
    const file = hub ? HUB_CHAIN : CHAIN;
    const name = hosts.join(' ');
    const known = this.#read(file).get(name);
    if (isUsable(known)) return known;
    const chain = await createChain({
      host: hosts,
      ...(hub && { certificates: { server: { names: hosts } } }),
    });
    const usable = [...this.#read(file)].filter(([, each]) => isUsable(each));
    this.#write(file, JSON.stringify(Object.fromEntries([...usable, [name, chain]])));
    return chain;
  }

  /**
   * Keys for these ids: those of an earlier run, else new ones.
   * @param {string[]} clientIds
   * @returns {Record<string, Keys>}
   */
  keys(clientIds) {
    const kept = this.#read(KEYS);
    const keys = clientIds.map((id) => {
      const known = kept.get(id);
      return /** @type {const} */ ([id, areKeys(known) ? known : newKeys()]);
    });
    this.#writeKeys([...kept, ...keys]);
    return Object.fromEntries(keys);
  }

  /**
   * From now on these are the keys of a device or module.
   * @param {string} clientId
   * @param {Keys} keys
   */
  keep(clientId, keys) {
    this.#writeKeys([...this.#read(KEYS), [clientId, keys]]);
  }

  /**
   * @param {Array<readonly [string, Keys]>} keys by client id; of two the last counts
   */
  #writeKeys(keys) {
    this.#write(KEYS, JSON.stringify(Object.fromEntries(keys), null, 2));
  }

  /**
   * In `root.ca.cert.pem`, unless that is the root of another chain that is kept: the gateway that has it may be running.
   * @param {string} rootPem
   * @returns {string} path of the file
   */
  writeRoot(rootPem) {
    const kept = [CHAIN, HUB_CHAIN].flatMap((file) => [...this.#read(file).values()]);
    const there = this.#text(ROOT);
    const isFree = there === rootPem || !kept.some((chain) => chain?.rootPem === there);
    const digest = createHash('sha256').update(rootPem).digest('hex').slice(0, DIGITS);
    return this.#write(isFree ? ROOT : `${digest}.${ROOT}`, rootPem, ALL_MAY_READ);
  }

  /**
   * @param {string} name
   * @returns {Map<string, any>} empty if there is none, or a damaged one: a new one serves as well
   */
  #read(name) {
    try {
      // Whoever could read it until now, can do so no longer.
      fs.chmodSync(path.join(this.#directory, name), OWNER_ONLY);
      const content = JSON.parse(this.#text(name) ?? '');
      return new Map(isRecord(content) ? Object.entries(content) : []);
    } catch {
      return new Map();
    }
  }

  /**
   * @param {string} name
   * @returns {string | undefined} undefined if there is none
   */
  #text(name) {
    try {
      return fs.readFileSync(path.join(this.#directory, name), 'utf8');
    } catch {
      return undefined;
    }
  }

  /**
   * Puts a new file in the place of one that there is, as the mode of that one would stay.
   * @param {string} name
   * @param {string} text
   * @param {number} [mode] default: the owner alone, as there are keys in it
   */
  #write(name, text, mode = OWNER_ONLY) {
    const file = path.join(this.#directory, name);
    const fresh = `${file}.${process.pid}`;
    try {
      fs.rmSync(fresh, { force: true });
      fs.writeFileSync(fresh, text, { mode, flag: 'wx' });
      fs.chmodSync(fresh, mode);
      fs.renameSync(fresh, file);
    } catch (error) {
      fs.rmSync(fresh, { force: true });
      throw unusable(file, error);
    }
    return file;
  }
}

/**
 * @param {any} chain
 * @returns {chain is Chain}
 */
function isUsable(chain) {
  try {
    const pems = [chain.rootPem, chain.intermediatePem, chain.deviceCaPem, chain.serverPem];
    const ends = pems.map((pem) => Date.parse(new X509Certificate(pem).validTo));
    return Math.min(...ends) > Date.now() + AMPLE;
  } catch {
    return false;
  }
}

/**
 * @param {any} keys
 * @returns {keys is Keys}
 */
function areKeys(keys) {
  return typeof keys?.primaryKey === 'string' && typeof keys?.secondaryKey === 'string';
}

/** @returns {Keys} as long as those that IoT Hub makes */
function newKeys() {
  const key = () => randomBytes(32).toString('base64');
  return { primaryKey: key(), secondaryKey: key() };
}

/**
 * @param {string} file
 * @param {unknown} error
 */
function unusable(file, error) {
  return new UsageError(`--directory: '${file}' cannot be written: ${/** @type {Error} */ (error).message}`);
}

module.exports = { Keeping };
