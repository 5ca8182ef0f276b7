'use strict';

/**
 * What a call comes to, comparable between two implementations: the value, or the class of the error.
 *
 * @param {() => unknown} call
 */
function outcome(call) {
  try {
    return { value: call() };
  } catch (error) {
    return { thrown: /** @type {Error} */ (error).name };
  }
}

module.exports = { outcome };
