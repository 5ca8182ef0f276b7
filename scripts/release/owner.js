// @ts-check
'use strict';

const owner = require('./owner.json');

/**
 * What only the owner of the project can know; `owner.json` is the one place for it. It goes into the manifests of all
 * packages when they are packed, and nothing is published without it.
 *
 * @typedef {object} Owner
 * @property {string} repository `https://github.com/OWNER/NAME`. npm takes a provenance only for what names its repository.
 * @property {string} contact A mail address: who answers for the packages.
 */

/**
 * @param {Owner} given
 * @returns {string[]} What is not filled in, or cannot be right.
 */
function ownerFaults({ repository, contact }) {
  const faults = [];
  if (!/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/.test(repository) || repository.endsWith('.git')) {
    faults.push(
      `repository in scripts/release/owner.json is ${told(repository)}: it wants https://github.com/OWNER/NAME`,
    );
  }
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(contact)) {
    faults.push(`contact in scripts/release/owner.json is ${told(contact)}: it wants a mail address`);
  }
  return faults;
}

/** @param {string} value */
function told(value) {
  return value ? `"${value}"` : 'empty';
}

/**
 * @param {Owner} given
 * @returns {Record<string, unknown>} What a manifest says of the owner; nothing while that is not filled in.
 */
function ownerFields(given) {
  if (ownerFaults(given).length > 0) return {};
  const { repository, contact } = given;
  return {
    homepage: `${repository}#readme`,
    repository: { type: 'git', url: `git+${repository}.git` },
    bugs: { url: `${repository}/issues`, email: contact },
  };
}

module.exports = { owner, ownerFaults, ownerFields };
