// @ts-check
'use strict';

const { parseArgs } = require('node:util');
const { draw, take } = require('../__test__/doctor/exam/set_up');

/** So many at the same time. */
const AT_ONCE = 4;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    count: { type: 'string', default: '60' },
  },
});

/**
 * Broken set-ups that nobody wrote down, each of one true cause and harmless oddities, and whether the doctor names the
 * cause first: `npm run doctor:exam -- --seed 7 --count 60`; `--seeds 500` takes as many seeds, from that one on. The
 * same seed draws the same set-ups. An app tries each, too. Exit code 0: at least 95 % are right, and the app never finds
 * otherwise.
 */
async function main() {
  const [seed, seeds, count] = [values.seed, values.seeds, values.count].map(Number);
  const drawn = Array.from({ length: seeds }, (_, index) =>
    draw(seed + index, count).map((setUp) => ({ seed: seed + index, setUp })),
  ).flat();
  /** @type {{ seed: number, result: import('../__test__/doctor/exam/set_up').Result }[]} */
  const results = [];
  const waiting = drawn.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const { seed: own, setUp } of waiting) results.push({ seed: own, result: await take(setUp) });
    }),
  );
  const missed = results.filter(({ result }) => !result.right);
  for (const { seed: own, result } of missed) {
    const { setUp, expected, found } = result;
    const besides = setUp.oddities.map(({ name }) => name).join('; ');
    console.log(`missed (seed ${own}): ${setUp.name}${besides && `, with ${besides}`}`);
    console.log(`    expected ${expected ?? 'nothing'}, found ${found.join(', ') || 'nothing'}`);
  }
  const disagreed = results.filter(({ result }) => result.disagreement);
  for (const { seed: own, result } of disagreed) {
    console.log(`disagrees (seed ${own}): ${result.setUp.name}: ${result.disagreement}`);
  }
  const right = results.length - missed.length;
  const share = right / results.length;
  console.log(`${right} of ${results.length} named first (${(share * 100).toFixed(1)} %)`);
  console.log(`${disagreed.length} in which an app found otherwise`);
  process.exit(share >= 0.95 && disagreed.length === 0 ? 0 : 1);
}

main();
