// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { packGateway, packRoot } = require('../../scripts/pack');
const { contents, ROOT, temporaryDirectory } = require('./project');

/** Pages lead to pages that are there, for who reads the repository and for who has the package alone. */

for (const { name, folder, pack } of [
  { name: 'package', folder: '', pack: packRoot },
  { name: "gateway's package", folder: 'gateway', pack: packGateway },
]) {
  test(`every link of a page in the ${name} leads to a file of it, and to one of the repository`, async (t) => {
    const directory = temporaryDirectory();
    t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
    const files = await contents(await pack(directory));
    const pages = files.filter((file) => file.endsWith('.md'));
    const links = pages.flatMap((page) => linksOf(folder, page));
    assert.ok(links.length > 0);
    assert.deepEqual(
      links.filter(
        ({ target }) => !files.includes(target) && !files.some((file) => file.startsWith(`${target}/`)),
      ),
      [],
      'not in the tarball',
    );
    assert.deepEqual(
      links.filter(({ target }) => !fs.existsSync(path.join(ROOT, folder, target))),
      [],
      'not in the repository',
    );
  });
}

/**
 * @param {string} folder Of the package in the repository.
 * @param {string} page
 * @returns {{ page: string, target: string }[]} Its relative links, as names relative to the package.
 */
function linksOf(folder, page) {
  const text = fs.readFileSync(path.join(ROOT, folder, page), 'utf8');
  const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link.replace(/#.*$/, ''));
  return links
    .filter((link) => link !== '' && !/^[a-z]+:/.test(link))
    .map((link) => ({ page, target: path.posix.join(path.posix.dirname(page), link) }));
}
