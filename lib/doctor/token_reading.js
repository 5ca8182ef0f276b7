// @ts-check
'use strict';

const { fieldsOf, formFaultsOf } = require('../failures/token');
const { isoTime } = require('./certificate');

const LATEST_MS = 8.64e15;

/**
 * Reads a token as edgeHub does (contract edge-gateway.md §2.3), without its signature.
 *
 * @param {string} token
 * @returns {{ audience?: string, expires?: string, faults: string[] }} `faults`: codes of findings.
 */
function readToken(token) {
  const faults = formFaultsOf(token);
  const { sr, se } = fieldsOf(token) ?? {};
  const audience = decoded(sr);
  const ms = Number(se) * (faults.includes('milliseconds') ? 1 : 1000);
  const expires = ms > 0 && ms <= LATEST_MS ? isoTime(new Date(ms)) : undefined;
  return {
    ...(audience && { audience }),
    ...(expires && { expires }),
    faults: faults.map((fault) => `token-${fault}`),
  };
}

/** @param {string | undefined} text */
function decoded(text) {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return undefined;
  }
}

module.exports = { readToken };
