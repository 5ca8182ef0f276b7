// @ts-check
'use strict';

const { chainTree } = require('./chain_tree');
const { closingLines } = require('./closing');
const { LiveLine } = require('./live_line');
const { lookOf } = require('./look');
const { mannerOf } = require('./manner');
const { printable } = require('./printable');
const { stepLines } = require('./step_lines');
const { waitingText } = require('./waiting');
const { hanging, widthOf, wrap } = require('./wrap');

/** The terminal's last column stays free: some wrap when it is written. */
const FREE = 1;

/**
 * A report for people: each step when it is taken, the chain as a tree, and the verdict. In a terminal, what is going on
 * is drawn in a line that moves; elsewhere each step is one line, and there are no control characters.
 *
 * @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} stream
 * @param {{ color: boolean, env: NodeJS.ProcessEnv }} wishes
 * @returns {import('../command').Presentation}
 */
function terminalPresentation(stream, wishes) {
  const manner = mannerOf(stream, wishes);
  const { replacement } = lookOf(manner).symbols;
  const print = (/** @type {string[]} */ lines) => stream.write(lines.map((line) => `${line}\n`).join(''));
  /** The step that is being taken. @type {{ title: string, stage?: string, begin: number }} */
  let current = { title: '', begin: 0 };
  const line = new LiveLine(stream, farewell);
  let failed = false;
  /** Titles of steps that a failed one made impossible. @type {string[]} */
  const unreached = [];

  /** @param {import('./look').Look} look */
  function notReached({ symbols, width }) {
    if (unreached.length === 0) return [];
    return hanging(`not reached: ${unreached.join(', ')}`, width, `${symbols.skipped} `);
  }

  function farewell() {
    const text = `Interrupted at ${current.title}. What is above was found until then.`;
    return wrap(text, lookOf(manner).width).join('\n');
  }

  /** @param {number} frame */
  function draw(frame) {
    const { symbols, paint } = lookOf(manner);
    const sign = symbols.spinner[frame % symbols.spinner.length];
    const ms = performance.now() - current.begin;
    const width = (manner.columns() || Infinity) - widthOf(sign) - 1 - FREE;
    return `${paint(sign, 'strong')} ${waitingText({ ...current, ms }, width)}`;
  }

  /** @param {import('../../..').DiagnosisProgress} progress */
  function onProgress(progress) {
    if (progress.kind === 'started') {
      current = { title: progress.title, begin: performance.now() };
      if (manner.live) line.show(draw);
    } else if (progress.kind === 'stage') {
      current = { ...current, stage: progress.stage };
    } else {
      line.clear();
      const look = lookOf(manner);
      if (failed && progress.step.status === 'skipped') {
        unreached.push(progress.step.title);
        return;
      }
      print(stepLines(progress, look, { oneLine: !manner.live, failed }));
      failed ||= progress.step.status === 'problem';
      if (progress.step.name === 'certificate') print(chainTree(progress.facts, look));
    }
  }

  return {
    progress: (progress) => onProgress(printable(progress, replacement)),
    end: (diagnosis) => {
      const look = lookOf(manner);
      print([...notReached(look), ...closingLines(printable(diagnosis, replacement), look)]);
    },
    abandon: line.clear,
  };
}

module.exports = { terminalPresentation };
