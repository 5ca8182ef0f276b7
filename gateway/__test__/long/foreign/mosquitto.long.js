// @ts-check
'use strict';

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { test } = require('node:test');
const { ifAllIsThere, program } = require('./preparation');
const { MANY, VALUE } = require('./scenario');
const { surroundingsFor } = require('./surroundings');

/** Each of these programs does one thing and ends, so that there is no scenario for all. */

const C2D = 'devices/pump/messages/devicebound/#';
const DESIRED = '$iothub/twin/PATCH/properties/desired/#';
const METHODS = '$iothub/methods/POST/#';
/** How long one of them may take, restarts of the gateway included. */
const PATIENCE = ['-W', '60'];

/**
 * @param {import('node:test').TestContext} t
 */
async function clientsFor(t) {
  const from = 'Debian: apt-get install mosquitto-clients';
  const paths = Object.fromEntries(
    ['pub', 'sub', 'rr'].map((name) => [name, program(`mosquitto_${name}`, from)]),
  );
  const { gateway, facts } = await surroundingsFor(t);
  const { GATEWAY, CA_FILE, CLIENT_ID, MQTT_USERNAME, MQTT_PASSWORD } = facts('pump');
  const who = ['-i', CLIENT_ID, '-u', MQTT_USERNAME, '-P', MQTT_PASSWORD];
  const where = ['-h', GATEWAY, '-p', '8883', '--cafile', CA_FILE, '-V', 'mqttv311', '-q', '1'];
  /**
   * @param {'pub' | 'sub' | 'rr'} name
   * @param {string[]} words
   * @param {string} [input]
   * @returns {Promise<string>} what it printed
   */
  const run = async (name, words, input = '') => {
    const child = spawn(paths[name], [...where, ...who, ...words]);
    t.after(() => child.kill('SIGKILL'));
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.stdin.end(input);
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`mosquitto_${name} ended with ${code}: ${errors}`);
    return output;
  };
  return { gateway, run };
}

/** @param {Record<string, string>} properties */
const bag = (properties) => new URLSearchParams(properties).toString().replaceAll('+', '%20');

test('mosquitto_pub: telemetry with properties, and 2 000 messages', (t) =>
  ifAllIsThere(t, async () => {
    const { gateway, run } = await clientsFor(t);
    const topic = `devices/pump/messages/events/${bag({ '$.ct': 'text/plain', note: VALUE })}`;
    await run('pub', ['-t', topic, '-m', 'hello']);
    const [first] = await gateway.waitForMessages(1);
    assert.strictEqual(first.body.toString(), 'hello');
    assert.deepStrictEqual(first.properties, { note: VALUE });
    assert.strictEqual(first.systemProperties.contentType, 'text/plain');
    const bodies = Array.from({ length: MANY }, (_, n) => `{"n":${n}}`);
    await run('pub', ['-t', topic, '-l'], bodies.join('\n') + '\n');
    const messages = await gateway.waitForMessages(MANY);
    assert.deepStrictEqual(
      messages.map(({ body }) => body.toString()),
      bodies,
    );
    assert.deepStrictEqual(gateway.dropped, []);
  }));

test('mosquitto_sub: messages from the cloud, desired properties and method calls', (t) =>
  ifAllIsThere(t, async () => {
    const { gateway, run } = await clientsFor(t);
    // The end of a connection without close_notify, which is how a gateway goes, ends mosquitto_sub, too.
    for (const body of ['hello', 'good morning']) {
      const heard = run('sub', [...PATIENCE, '-t', C2D, '-C', '1', '-F', '%t %p']);
      await once(gateway, 'subscribed');
      const message = gateway.sendC2D('pump', body, { properties: { note: VALUE } });
      assert.strictEqual(await message.settled, 'completed');
      const [topic, ...text] = (await heard).trim().split(' ');
      assert.strictEqual(text.join(' '), body);
      assert.ok(topic.includes(bag({ note: VALUE })), topic);
      await gateway.restart({ downtimeMs: 100 });
    }

    const change = run('sub', [...PATIENCE, '-t', DESIRED, '-C', '1', '-F', '%t %p']);
    await once(gateway, 'subscribed');
    gateway.patchDesired('pump', { interval: 5 });
    assert.strictEqual(
      (await change).trim(),
      `${DESIRED.replace('#', '')}?$version=2 {"interval":5,"$version":2}`,
    );

    // The answer would have to come on the same connection, which none of these programs can do.
    const call = run('sub', [...PATIENCE, '-t', METHODS, '-C', '1', '-F', '%t %p']);
    await once(gateway, 'subscribed');
    const unanswered = gateway.invokeMethod(
      'pump',
      'reboot',
      { delay: 3 },
      { responseTimeoutMs: 1000, rid: 'r' },
    );
    await assert.rejects(unanswered, { status: 504 });
    assert.strictEqual((await call).trim(), '$iothub/methods/POST/reboot/?$rid=r {"delay":3}');
  }));

test('mosquitto_rr: the twin, and a report', (t) =>
  ifAllIsThere(t, async () => {
    const { gateway, run } = await clientsFor(t);
    // It takes no filter but the topic itself.
    const reported = '$iothub/twin/res/204/?$rid=1';
    const report = ['-t', '$iothub/twin/PATCH/properties/reported/?$rid=1', '-m', '{"level":7}'];
    const response = await run('rr', [...PATIENCE, '-e', reported, '-F', '%t', ...report]);
    assert.strictEqual(response.trim(), reported);
    const get = ['-t', '$iothub/twin/GET/?$rid=2', '-m', '{}'];
    const twin = await run('rr', [...PATIENCE, '-e', '$iothub/twin/res/200/?$rid=2', ...get]);
    assert.deepStrictEqual(JSON.parse(twin), gateway.twin('pump'));
    assert.strictEqual(gateway.twin('pump').reported.level, 7);
  }));
