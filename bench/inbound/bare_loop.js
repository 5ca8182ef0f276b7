// @ts-check
'use strict';

// An event loop that is kept as busy as a flood keeps it, by nothing: 10 ms of work a round, for two seconds. What its timer is
// late by is the machine's doing.

const { Lateness } = require('./lateness');

const TURN_MS = 10;
const lateness = new Lateness();
const end = performance.now() + 2000;

function turn() {
  const now = performance.now();
  while (performance.now() < now + TURN_MS);
  if (now < end) setImmediate(turn);
  else console.log(JSON.stringify({ timerLateMs: lateness.most }));
}
setImmediate(turn);
