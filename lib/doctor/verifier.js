// @ts-check
'use strict';

const { verdictInWords, verdictName } = require('../failures/verdict_words');
const native = require('../native/add_on');

/** @typedef {import('../..').LayerFailure} LayerFailure */

/**
 * One TLS handshake as a session makes it.
 *
 * @param {import('../native/binding').NativeProbeRequest} request
 * @returns {Promise<import('../native/binding').NativeProbeResult>}
 */
function probe(request) {
  return new Promise((resolve) => native.probe(request, resolve));
}

/**
 * What a session would say of a chain at another time or under another name. No connection uses it.
 *
 * @param {import('../native/binding').NativeJudgement} judgement
 * @returns {LayerFailure | undefined} Nothing if it would accept.
 */
function judge(judgement) {
  const failure = native.judge(judgement);
  return failure ? layerFailure(failure) : undefined;
}

/**
 * @param {import('../native/binding').NativeFailure} failure
 * @returns {LayerFailure} Without the chain.
 */
function layerFailure({ stage, kind, detail, elapsedMs, code }) {
  const ofCertificate = kind.startsWith('certificate-');
  const verdict = ofCertificate ? verdictName(detail) : undefined;
  const shown = {
    stage,
    kind,
    detail: ofCertificate ? verdictInWords(detail) : detail,
    ...(verdict && { verdict }),
    elapsedMs: Math.round(elapsedMs),
  };
  return code === undefined || code === null ? shown : { ...shown, code };
}

module.exports = { probe, judge, layerFailure };
