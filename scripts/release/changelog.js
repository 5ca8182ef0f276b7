// @ts-check
'use strict';

const { StepFailed } = require('../command');

/** The heading under which changes gather until a release. */
const UNRELEASED = '## Unreleased';

/**
 * @param {string} changelog
 * @param {string} version
 * @param {string} date Such as `2026-11-27`.
 * @returns {string} What has gathered is that of this version now.
 * @throws {StepFailed} Nothing has gathered, or the version has its section already.
 */
function withRelease(changelog, version, date) {
  if (section(changelog, heading(version)) !== undefined) {
    throw new StepFailed(`CHANGELOG.md has a section for ${version} already`);
  }
  if (!section(changelog, (line) => line === UNRELEASED)) {
    throw new StepFailed(`CHANGELOG.md has nothing under "${UNRELEASED}": what would ${version} bring?`);
  }
  return changelog.replace(/^## Unreleased$/m, `${UNRELEASED}\n\n## ${version} - ${date}`);
}

/**
 * @param {string} changelog
 * @param {string} version
 * @returns {string | undefined} What changed with this version, without the heading.
 */
function releaseNotes(changelog, version) {
  return section(changelog, heading(version));
}

/** @param {string} version @returns {(line: string) => boolean} */
function heading(version) {
  return (line) => line.startsWith(`## ${version} - `);
}

/**
 * @param {string} changelog
 * @param {(line: string) => boolean} isHeading
 * @returns {string | undefined}
 */
function section(changelog, isHeading) {
  const lines = changelog.split('\n');
  const start = lines.findIndex(isHeading);
  if (start === -1) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  const end = length === -1 ? lines.length : start + 1 + length;
  return lines
    .slice(start + 1, end)
    .join('\n')
    .trim();
}

module.exports = { releaseNotes, withRelease };
