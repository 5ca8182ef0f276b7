// @ts-check
'use strict';

const { NativeBell } = require('../native/add_on');
const { atOnce } = require('../turns/turns');

/** @typedef {{ wake(): void }} Listener */

/**
 * Who is told when the native session of a number has something to tell. Not held by this: one that has anything to tell is
 * held by the transports' list of live ones, or by its clock.
 *
 * @type {Map<number, WeakRef<Listener>>}
 */
const listeners = new Map();
const gone = new FinalizationRegistry((/** @type {number} */ number) => listeners.delete(number));

/** One for all sessions of this thread, made with the first. @type {NativeBell | undefined} */
let bell;
let last = 0;

/** @returns {{ bell: NativeBell, number: number }} What a native session rings, and by which number. */
function nextBell() {
  bell ??= new NativeBell((numbers) => {
    atOnce(() => {
      if (typeof numbers === 'number') wake(numbers);
      else numbers.forEach(wake);
    });
  });
  last += 1;
  return { bell, number: last };
}

/** @param {number} number */
function wake(number) {
  listeners.get(number)?.deref()?.wake();
}

/**
 * @param {number} number
 * @param {Listener} listener
 */
function listen(number, listener) {
  listeners.set(number, new WeakRef(listener));
  gone.register(listener, number);
}

module.exports = { listen, nextBell };
