'use strict';

const addOn = require('../../lib/native/add_on');
const { BellTwin, NativeTwin } = require('./native');
// Before anything of the facade is loaded that makes sessions.
addOn.NativeBell = BellTwin;
addOn.NativeSession = NativeTwin;
addOn.readCertificates = remembered(addOn.readCertificates);

const { Calls } = require('./calls');
const { ClientApp } = require('./client_app');
const { DeviceApp } = require('./device_app');
const { MANNERS } = require('./gateway');
const { World } = require('./world');

/** How many things happen, at most. */
const STEPS = 40;
/** Longer than everything that is limited: operations, attempts, grace times. Milliseconds. */
const LONG_MS = 600_000;

/**
 * One random program, to its end and past it.
 *
 * @param {number} seed
 * @returns {Promise<{ faults: string[], steps: string[] }>} What was wrong, and what was done, for people.
 */
async function runSchedule(seed) {
  const world = new World(seed);
  NativeTwin.world = world;
  const steps = [];
  const calls = new Calls(world);
  try {
    const App = world.random.chance(0.6) ? ClientApp : DeviceApp;
    const app = new App(world, calls, seed % 4 === 0 ? 'module' : 'device');
    await world.clock.settle();
    const count = 1 + world.random.below(STEPS);
    for (let i = 0; i < count; i += 1) {
      step(world, app, steps);
      await pass(world, calls, world.random.time(200_000));
    }
    await end(world, calls, app, steps);
  } catch (error) {
    calls.faults.push(`an exception: ${error.stack}`);
  } finally {
    world.release();
  }
  calls.faults.push(...world.gateway.faults, ...world.surfaced.map((error) => `surfaced: ${error?.stack}`));
  return { faults: calls.faults, steps };
}

/** One thing, or two at the same moment. */
function step(world, app, steps) {
  const { random, gateway, clock } = world;
  const all = {
    ...app.steps,
    'the gateway behaves otherwise': () => (gateway.manner = random.of(MANNERS)),
    'the gateway accepts': () => (gateway.manner = 'accept'),
    'a reset': () => gateway.cut('reset'),
    'an end': () => gateway.cut('closed'),
    'a line that is silent': () => gateway.cut('silent'),
    'a rival comes, or goes': () => (gateway.rival = !gateway.rival),
    'a message from the cloud': () => gateway.send('hello'),
    'desired properties change': () => gateway.change(),
    'many changes of desired properties': () => {
      for (let i = 0; i < 20; i += 1) gateway.change();
    },
    'a method is called': () => gateway.call(),
    'a close as an attempt ends': () => world.atEndOfAttempt(() => app.close()),
    'a close and an open as an attempt ends': () =>
      world.atEndOfAttempt(() => {
        app.close();
        app.open();
      }),
    'a break': () => random.chance(0.2) && world.twin?.break(),
  };
  for (let left = random.chance(0.4) ? 2 : 1; left > 0; left -= 1) {
    const name = random.of(Object.keys(all));
    steps.push(`${clock.now} ms: ${name}`);
    all[name]();
  }
}

/** Lets time pass. */
async function pass(world, calls, ms) {
  const until = world.clock.now + ms;
  await world.clock.settle();
  for (;;) {
    if (calls.faults.length > 0) return;
    const held = world.clock.alive > 0;
    if (!held && world.gateway.connections.size > 0) calls.faults.push('a connection that nobody owns');
    if (!held && calls.pending.length > 0) {
      calls.faults.push(
        `the process would end, with ${calls.pending.map((call) => calls.name(call)).join(', ')} pending`,
      );
    }
    if (!(await world.clock.step(until))) return;
  }
}

/** The app closes, opens once more, sends, and closes for good: then nothing lives. */
async function end(world, calls, app, steps) {
  steps.push(`${world.clock.now} ms: the end`);
  world.gateway.manner = 'accept';
  world.gateway.rival = false;
  world.disarm();
  app.calm();
  app.close();
  await pass(world, calls, LONG_MS);
  world.gateway.cloud.calm = true;
  app.open();
  app.send();
  await pass(world, calls, 100_000);
  world.gateway.change();
  world.gateway.call();
  await pass(world, calls, 50_000);
  app.checkTwin();
  app.close();
  await pass(world, calls, LONG_MS);
  const { gateway, clock } = world;
  const { faults } = calls;
  if (faults.length > 0) return;
  for (const call of calls.pending) faults.push(`${calls.name(call)} was never told`);
  if (gateway.connections.size > 0) faults.push('a connection stands at the end');
  if (world.twins.some((twin) => !twin.idle)) faults.push('a native session is busy at the end');
  if (clock.pending > 0)
    faults.push(`${clock.pending} timers at the end, ${clock.alive} of them keep the process alive`);
  if (gateway.unmarked.length > 0) faults.push(`received again without DUP: ${gateway.unmarked}`);
  if (gateway.received.some((number, place) => place > 0 && number < gateway.received[place - 1]))
    faults.push(`received out of order: ${gateway.received}`);
  if (gateway.expired > app.excuses) faults.push(`${gateway.expired} connections outlived their token`);
}

/** Every connection reads the same root: a quarter of the time, if it does so each time. */
function remembered(read) {
  const known = new Map();
  return (bytes) => {
    const text = bytes.toString('latin1');
    if (!known.has(text)) known.set(text, read(bytes));
    return known.get(text);
  };
}

module.exports = { runSchedule };
