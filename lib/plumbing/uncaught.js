// @ts-check
'use strict';

const { afterTurn } = require('../turns/turns');

/**
 * Runs code of the app. What it throws surfaces as an uncaught exception, as it would from any event listener, but
 * only after the caller has served everybody else.
 *
 * @param {(...args: any[]) => unknown} appCode
 * @param {...any} args
 */
function guarded(appCode, ...args) {
  try {
    appCode(...args);
  } catch (error) {
    surface(error);
  }
}

/** @param {unknown} error */
function surface(error) {
  afterTurn(() => {
    throw error;
  });
}

module.exports = { guarded, surface };
