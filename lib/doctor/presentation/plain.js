// @ts-check
'use strict';

/**
 * Lines of text, without colours or movement.
 *
 * @param {{ write(text: string): unknown }} stream
 * @param {{ color: boolean, env: NodeJS.ProcessEnv }} _manner
 * @returns {import('../command').Presentation}
 */
function plainPresentation(stream, _manner) {
  const print = (/** @type {string} */ line) => stream.write(printable(line) + '\n');
  return {
    progress(progress) {
      if (progress.kind !== 'ended') return;
      const { name, title, status, ms, reason } = progress.step;
      print(`${title}: ${status}${status === 'skipped' ? ` (${reason})` : `, ${ms} ms`}`);
      const { certificate } = progress.facts;
      if (name !== 'certificate' || !certificate) return;
      for (const { subject, issuer, names, validTo, daysLeft, key, fingerprint } of certificate.presented) {
        print(`    ${subject}`);
        print(`        issued by ${issuer}; ${[key, ...names].join(', ')}`);
        print(`        until ${validTo} (${daysLeft} days), SHA-256 ${fingerprint}`);
      }
      if (certificate.verifyReturnCode) print(`    ${certificate.verifyReturnCode}`);
    },
    end({ verdict, findings, unknowable }) {
      print(`\n${verdict}`);
      for (const { severity, code, title, explanation, remedy, command } of findings) {
        print(`\n${severity}: ${title} [${code}]`);
        print(`    ${explanation}`);
        print(`    ${remedy}`);
        if (command) print(`    $ ${command}`);
      }
      print('\nWhat cannot be known from this device:');
      for (const { what, command } of unknowable) print(`    ${what}\n    $ ${command}`);
    },
  };
}

/**
 * What a certificate or a file holds must not steer the terminal.
 *
 * @param {string} text
 */
function printable(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, '\uFFFD');
}

module.exports = { plainPresentation };
