'use strict';

/**
 * A device that reaches a phase of its life and then comes to an end: `node program.js <phase> <ending>`. Its settings
 * come by environment. It says `ready` when the phase is reached.
 *
 * Phases: `tls` and `connack` (while connecting), `connected`, `sending` (at full speed).
 * Endings: `wait` (for a signal), `exit`, `throw`. `worker-exit`, `worker-throw` and `worker-terminate` happen to a
 * worker thread; the main thread says `worker ended`, and goes on until its stdin ends.
 */

const { Worker, isMainThread, parentPort } = require('node:worker_threads');

const [phase, ending] = process.argv.slice(2);
const WINDOW = 1000;
const ENOUGH = 5000;

if (isMainThread && ending.startsWith('worker-')) overseeWorker();
else reachPhase();

function overseeWorker() {
  const worker = new Worker(__filename, { argv: [phase, ending] });
  worker.on('message', (said) => {
    console.log(said);
    if (ending === 'worker-terminate') worker.terminate();
  });
  worker.on('error', (error) => console.log(`worker threw ${error.message}`));
  worker.on('exit', (code) => console.log(`worker ended ${code}`));
  process.stdin.resume();
}

function reachPhase() {
  const { Client, Message, Mqtt } = require('../..');
  const client = Client.fromConnectionString(process.env.CONNECTION_STRING, Mqtt);
  client.setOptions({ ca: process.env.CA });
  if (phase === 'tls' || phase === 'connack') {
    client.on('state', ({ stage }) => {
      if (stage === phase) ready();
    });
    client.open(() => console.log('This gateway should not have answered'));
    return;
  }
  client.open((error) => {
    if (error) throw error;
    if (phase === 'connected') ready();
    else sendForEver(client, Message);
  });
}

/** Keeps a window full, and is ready in the middle of it, inside a callback. */
function sendForEver(client, Message) {
  let acknowledged = 0;
  const send = () => {
    client.sendEvent(new Message('x'.repeat(256)), () => {
      acknowledged += 1;
      send();
      if (acknowledged === ENOUGH) ready();
    });
  };
  for (let i = 0; i < WINDOW; i++) send();
}

function ready() {
  if (isMainThread) console.log('ready');
  else parentPort.postMessage('ready');
  if (ending.endsWith('exit')) process.exit(7);
  if (ending.endsWith('throw')) throw new Error('as planned');
}
