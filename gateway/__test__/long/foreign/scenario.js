// @ts-check
'use strict';

const assert = require('node:assert');

/**
 * @typedef {import('../../..').Gateway} Gateway
 * @typedef {import('./foreign_program').ForeignProgram} ForeignProgram
 */

const MANY = 2000;
/** How long a client may take to come back. Milliseconds. */
const RETURN_MS = 90_000;

/** What a property may be: all that has to be escaped in a topic. */
const VALUE = 'ä b&c=d/e?f+g#h%20';

/**
 * What each client must get done, whoever made it: telemetry with properties, a message from the cloud, its twin, a
 * change of desired properties, a method, all of it once more after a restart of the gateway, and 2 000 messages.
 * @param {Gateway} gateway
 * @param {string} clientId `d`, or `d/m`: a module has messages to its inputs instead of those from the cloud
 * @param {ForeignProgram} program
 */
async function play(gateway, clientId, program) {
  await program.hears('connected');
  for (const round of [1, 2]) {
    await telemetry(gateway, clientId, program);
    await message(gateway, clientId, program, `hello ${round}`);
    await twin(gateway, clientId, program, round);
    await method(gateway, clientId, program);
    if (round === 1) {
      await gateway.restart({ downtimeMs: 500 });
      await isBack(gateway, clientId);
    }
  }
  await many(gateway, program);
  assert.deepStrictEqual(gateway.dropped, []);
  assert.strictEqual(await program.quit(), 0);
}

/**
 * Waits until a client has come back by itself, with its subscriptions.
 * @param {Gateway} gateway
 * @param {string} clientId
 */
async function isBack(gateway, clientId) {
  for (const end = Date.now() + RETURN_MS; Date.now() < end;) {
    const subscriptions =
      gateway.connections().find((each) => each.clientId === clientId)?.subscriptions ?? [];
    const kinds = ['$iothub/methods/POST/', '$iothub/twin/PATCH/properties/desired/'];
    if (kinds.every((kind) => subscriptions.some((filter) => filter.startsWith(kind)))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`'${clientId}' did not come back: ${JSON.stringify(gateway.connections())}`);
}

/**
 * @param {Gateway} gateway
 * @param {string} clientId
 * @param {ForeignProgram} program
 */
async function telemetry(gateway, clientId, program) {
  program.tell('telemetry 1');
  const [message] = await gateway.waitForMessages(1, { timeoutMs: 60_000 });
  await program.hears('sent');
  assert.strictEqual(message.clientId, clientId);
  assert.deepStrictEqual(JSON.parse(message.body.toString()), { n: 0 });
  assert.strictEqual(message.properties.note, VALUE);
  assert.strictEqual(message.properties.n, '0');
  assert.strictEqual(message.systemProperties.contentType, 'application/json');
  assert.strictEqual(message.systemProperties.contentEncoding, 'utf-8');
}

/**
 * @param {Gateway} gateway
 * @param {string} clientId
 * @param {ForeignProgram} program
 * @param {string} body
 */
async function message(gateway, clientId, program, body) {
  const options = { properties: { note: VALUE }, messageId: body };
  const isModule = clientId.includes('/');
  const message = isModule
    ? gateway.sendInput(clientId, 'in1', body, options)
    : gateway.sendC2D(clientId, body, options);
  const heard = await program.hears('c2d');
  assert.strictEqual(heard.body, body);
  if (isModule) assert.strictEqual(heard.input, 'in1');
  assert.strictEqual(heard.properties.note, VALUE);
  assert.strictEqual(await message.settled, 'completed');
}

/**
 * @param {Gateway} gateway
 * @param {string} clientId
 * @param {ForeignProgram} program
 * @param {number} round
 */
async function twin(gateway, clientId, program, round) {
  program.forget('desired');
  const version = gateway.patchDesired(clientId, { interval: round, nested: { value: VALUE } });
  const { patch } = await program.hears('desired');
  assert.deepStrictEqual(patch, { interval: round, nested: { value: VALUE }, $version: version });
  program.tell(`report ${JSON.stringify({ interval: round, seen: VALUE })}`);
  const { status } = await program.hears('reported');
  assert.strictEqual(status, 204);
  const { reported } = gateway.twin(clientId);
  assert.strictEqual(reported.interval, round);
  assert.strictEqual(reported.seen, VALUE);
  program.tell('twin');
  assert.deepStrictEqual((await program.hears('twin')).twin, gateway.twin(clientId));
}

/**
 * @param {Gateway} gateway
 * @param {string} clientId
 * @param {ForeignProgram} program
 */
async function method(gateway, clientId, program) {
  const payload = { delay: 3, note: VALUE };
  const options = { connectTimeoutMs: 30_000 };
  assert.deepStrictEqual(await gateway.invokeMethod(clientId, 'reboot', payload, options), {
    status: 207,
    payload: { echo: payload },
  });
  assert.strictEqual((await program.hears('method')).name, 'reboot');
}

/**
 * @param {Gateway} gateway
 * @param {ForeignProgram} program
 */
async function many(gateway, program) {
  program.tell(`telemetry ${MANY}`);
  const messages = await gateway.waitForMessages(MANY, { timeoutMs: 180_000 });
  assert.strictEqual((await program.hears('sent')).count, MANY);
  const numbers = messages.map(({ properties }) => Number(properties.n)).sort((a, b) => a - b);
  assert.deepStrictEqual(
    numbers,
    Array.from({ length: MANY }, (_, n) => n),
  );
}

module.exports = { MANY, VALUE, play };
