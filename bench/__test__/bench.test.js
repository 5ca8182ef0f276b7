// @ts-check
'use strict';

// The bench's own judgement; the measuring itself is not something a unit test can vouch for.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');
const { contenders, OURS } = require('../contenders');
const { figures, metrics } = require('../figures');
const { parseOptions, UsageError } = require('../options');
const { figureTable, verdictTable } = require('../report');
const { Samples } = require('../samples');
const { targets } = require('../targets');
const { judge } = require('../verdicts');

/** @param {number} ours @param {number} theirs */
function throughput(ours, theirs) {
  const samples = new Samples();
  samples.add('sink-1000', OURS, { messagesPerSecond: ours });
  samples.add('sink-1000', 'azure', { messagesPerSecond: theirs });
  return samples;
}

const tenfold = {
  text: 'throughput',
  figure: 'sink-1000',
  metric: 'messagesPerSecond',
  against: 'azure',
  atLeast: 10,
};

test('every target names a figure, a metric and a client that are measured', () => {
  for (const { figure, metric, against, atLeast, atMost } of targets) {
    assert.ok(
      figures.some(({ id }) => id === figure),
      figure,
    );
    assert.ok(metrics[metric], metric);
    assert.ok(against === undefined || contenders.some(({ id }) => id === against), against);
    assert.ok((atLeast === undefined) !== (atMost === undefined));
  }
});

test('a target is met at its bound, missed below it, and open where nothing was measured', () => {
  assert.equal(judge(throughput(1000, 100), [tenfold])[0].met, true);
  assert.equal(judge(throughput(999, 100), [tenfold])[0].met, false);
  assert.equal(judge(new Samples(), [tenfold])[0].met, undefined);
});

test('the median judges, not the mean', () => {
  const samples = throughput(1000, 100);
  for (const outlier of [1, 1100]) samples.add('sink-1000', OURS, { messagesPerSecond: outlier });
  assert.equal(judge(samples, [tenfold])[0].reached, 10);
});

test('a ratio is rounded towards the worse', () => {
  assert.match(verdictTable(judge(throughput(9996, 1000), [tenfold])), /≥ 10×\s+9\.99×\s+MISSED/);
  const less = { ...tenfold, atLeast: undefined, atMost: 1 / 10 };
  assert.match(verdictTable(judge(throughput(100, 1234), [less])), /≤ 1\/10\s+1\/12\.3\s+met/);
});

test('the table shows our figure, theirs and the ratio', () => {
  const shown = figureTable(throughput(1200, 100), figures.slice(2, 3), contenders.slice(0, 2));
  assert.match(shown, /sink, window 1000\n\s+messages\/s\s+1,200\s+100\s+12×/);
});

test('options: what is left out means everything, five times', () => {
  const options = parseOptions([]);
  assert.deepEqual([options.runs, options.counts, options.figures], [5, true, figures]);
  assert.deepEqual([parseOptions(['--quick']).runs, parseOptions(['--quick']).counts], [1, false]);
  assert.equal(parseOptions(['--runs', '4']).counts, false);
  const only = parseOptions(['--only', 'size', '--only', 'sink-1,cold-start']);
  assert.deepEqual(
    only.figures.map(({ id }) => id),
    ['sink-1', 'cold-start', 'size'],
  );
});

test('a wrong option says what is wrong with it', () => {
  /** @type {[string[], RegExp][]} */
  const cases = [
    [['--only', 'sink'], /--only knows no 'sink'; it takes sink-1, /],
    [['--clients', 'paho'], /--clients knows no 'paho'; it takes ours, /],
    [['--runs', 'many'], /--runs takes a whole number from 1 to 1000, not 'many'/],
    [['--runs', '0'], /not '0'/],
    [['--quick', '--runs', '3'], /not both/],
    [['--fast'], /--fast/],
    [['fast'], /fast/],
  ];
  for (const [args, message] of cases) {
    assert.throws(
      () => parseOptions(args),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  }
});

test('the command explains itself and ends with 2 on a wrong option', () => {
  const command = path.join(__dirname, '..', 'run.js');
  const wrong = spawnSync(process.execPath, [command, '--fast'], { encoding: 'utf8' });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--fast[\s\S]*--quick/);
  const help = spawnSync(process.execPath, [command, '--help'], { encoding: 'utf8' });
  assert.equal(help.status, 0);
  assert.match(help.stdout, /Exit code/);
});
