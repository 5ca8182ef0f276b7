// @ts-check
'use strict';

const { certificateRows } = require('./certificate_rows');
const { chainLinks } = require('./chain_links');
const { verifyRemark, verifyReturnCode } = require('./verify_return_code');
const { hang, hanging, widthOf, wrap } = require('./wrap');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('./chain_links').Link} Link */
/** @typedef {import('./look').Look} Look */

/** A line of nothing else. */
const FINGERPRINT = /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/;
/** It belongs to the step above it. */
const MARGIN = '  ';
/** Columns for labels, if there is room for what they label. */
const LABEL = 9;
const ENOUGH = 36;

/**
 * The chain the gateway presents, from the root down, each certificate below its issuer, and what OpenSSL says of it: the
 * counterpart of `openssl s_client -showcerts`.
 *
 * @param {DiagnosisFacts} facts
 * @param {Look} look
 * @returns {string[]} Lines; none if no certificate was seen.
 */
function chainTree(facts, { paint, symbols, width }) {
  const look = { paint, symbols, width: width - MARGIN.length };
  const { links, besides } = chainLinks(facts);
  const { nameFailure, at = '', verified = false } = facts.certificate ?? {};
  const server = links.length - 1;
  const lines = [
    ...links.flatMap((link, depth) => {
      const rows = certificateRows(link, { at, wrongName: depth === server && nameFailure !== undefined });
      return drawn(link, { depth, last: depth === server, rows, verified }, look);
    }),
    ...besides.flatMap((link) => {
      const rows = certificateRows(link, { at, wrongName: false });
      return drawn(link, { depth: 0, last: true, rows, verified }, look);
    }),
    ...verdictLines(facts, look),
  ];
  return lines.map((line) => (FINGERPRINT.test(line) ? line : MARGIN + line));
}

/**
 * @param {Link} link
 * @param {{ depth: number, last: boolean, rows: import('./certificate_rows').Row[], verified: boolean }} place
 * @param {Look} look
 */
function drawn({ subject, state }, { depth, last, rows, verified }, { paint, symbols, width }) {
  const faulty = rows.some(({ fault }) => fault);
  // Nothing of a chain that is not trusted is ticked off.
  const kind = faulty ? 'problem' : state === 'unknown' ? 'note' : verified ? 'ok' : 'after';
  const sign = symbols[kind];
  const fork = width < 60 ? symbols.narrowFork : symbols.fork;
  const branch = depth === 0 ? '' : ' '.repeat(fork.length * (depth - 1)) + fork;
  // The bar stands below the sign, and leads to the sign of the next.
  const beside = ' '.repeat(branch.length) + (last ? '' : symbols.bar).padEnd(widthOf(sign) + 1);
  const room = width - beside.length;
  const names = wrap(subject || '(no subject)', room).map((line) => paint(line, 'strong'));
  const head = hang(
    names,
    `${branch}${paint(sign, kind === 'note' || kind === 'after' ? undefined : kind)} `,
    beside,
  );
  const body = rows.flatMap((row) => {
    const painted = (/** @type {string} */ line) => (row.fault ? paint(line, 'problem', 'strong') : line);
    const { label, text } = row;
    // A fingerprint is there to be copied: nothing stands beside it where it has no room.
    if (FINGERPRINT.test(text) && widthOf(text) > room - LABEL) {
      return [beside + painted(label ?? ''), painted(text)];
    }
    return hang(rowLines(row, room).map(painted), beside, beside);
  });
  return [...head, ...body];
}

/**
 * @param {import('./certificate_rows').Row} row
 * @param {number} room Columns.
 */
function rowLines({ label, text }, room) {
  if (label === undefined) return wrap(text, room);
  return room - LABEL < ENOUGH
    ? hanging(text, room, `${label} `, '  ')
    : hanging(text, room, label.padEnd(LABEL));
}

/**
 * @param {DiagnosisFacts} facts
 * @param {Look} look
 */
function verdictLines(facts, { paint, width }) {
  const code = verifyReturnCode(facts);
  if (code === undefined) return [];
  const kind = facts.certificate?.verified ? 'ok' : 'problem';
  const remark = verifyRemark(facts, code);
  return [
    ...wrap(code, width).map((line) => paint(line, kind, 'strong')),
    ...(remark === undefined ? [] : wrap(remark, width)),
  ];
}

module.exports = { chainTree };
