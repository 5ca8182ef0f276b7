// @ts-check
'use strict';

const { isoTime } = require('./certificate');

/** More seconds than that since 1970 are milliseconds. */
const MOST_SECONDS = 1e11;
const LATEST_MS = 8.64e15;

/**
 * Reads a token as edgeHub does (contract edge-gateway.md §2.3), without its signature.
 *
 * @param {string} token
 * @returns {{ audience?: string, expires?: string, faults: string[] }} `faults`: codes of findings.
 */
function readToken(token) {
  const [, text] = /^SharedAccessSignature\s+(.*)$/s.exec(token) ?? [];
  if (text === undefined) return { faults: ['token-malformed'] };
  const fields = new Map(
    text.split('&').map((field) => {
      const at = field.indexOf('=');
      return [field.slice(0, Math.max(at, 0)).toLowerCase(), field.slice(at + 1)];
    }),
  );
  const faults = [];
  const sig = fields.get('sig');
  const audience = decoded(fields.get('sr'));
  const seconds = Number(fields.get('se'));
  if (!sig || !audience || !/^\d+$/.test(fields.get('se') ?? '')) faults.push('token-malformed');
  // A raw = cuts the rest off, a raw + becomes a space.
  if (sig && /[=+]/.test(sig)) faults.push('token-encoding');
  if (seconds > MOST_SECONDS) faults.push('token-milliseconds');
  const ms = seconds > MOST_SECONDS ? seconds : seconds * 1000;
  const expires = ms > 0 && ms <= LATEST_MS ? isoTime(new Date(ms)) : undefined;
  return { ...(audience && { audience }), ...(expires && { expires }), faults };
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
