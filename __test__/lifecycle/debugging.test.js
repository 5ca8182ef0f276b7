'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { before, describe, it } = require('node:test');
const { namespacesOf } = require('../../lib/plumbing/debug_lines');
const happenings = require('../../lib/plumbing/happenings');

/** What happens to a connection can be watched, by people and by programs, and costs nothing while nobody does. */

const KEY = Buffer.from('do not show this to anyone ever!').toString('base64');
const WRONG_KEY = Buffer.from('nor this one, wrong as it may be').toString('base64');

/** Runs the program. @returns {Promise<{ lines: string[], published: any[] }>} */
function run(environment) {
  const env = { PATH: process.env.PATH, KEY, WRONG_KEY, ...environment };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [path.join(__dirname, 'watched_program.js')],
      { env, maxBuffer: 2 ** 24 },
      (error, out, err) => {
        if (error) reject(error);
        else resolve({ lines: err.split('\n').filter(Boolean), published: JSON.parse(out) });
      },
    );
  });
}

/** @param {string} text */
function assertNoSecret(text) {
  for (const key of [KEY, WRONG_KEY]) {
    for (const secret of [key, encodeURIComponent(key), Buffer.from(key, 'base64').toString()])
      assert.ok(!text.includes(secret), 'a key is shown');
  }
  assert.doesNotMatch(text, /SharedAccessSignature sr=|\bsig=/);
}

describe('with everything switched on', () => {
  let everything;
  before(async () => (everything = await run({ DEBUG: '*', NODE_DEBUG: 'edge-downstream' })));

  it('each happening is told on its channel, with its facts', () => {
    const { published } = everything;
    assert.deepEqual(
      [...new Set(published.map(({ name }) => name))].sort(),
      [...happenings.names].filter((name) => name !== 'unsubscribed').sort(),
    );
    const first = (name) => published.find((each) => each.name === name);
    const { gateway, ...rest } = first('connected').facts;
    assert.match(gateway, /^localhost:\d+$/);
    assert.deepEqual(rest, { device: 'd1' });
    assert.deepEqual(
      published
        .filter(({ name }) => name === 'stage')
        .slice(0, 3)
        .map(({ facts }) => facts.stage),
      ['resolve', 'tcp', 'tls'],
    );
    assert.equal(first('lost').code, 'ERR_IOT_CONNECTION_RESET');
    assert.equal(typeof first('waiting').facts.delay, 'number');
    assert.equal(first('waiting').code, 'ERR_IOT_CONNECTION_RESET');
    const filter = 'devices/d1/messages/devicebound/#';
    const of = (name) =>
      published.find(({ name: other, facts }) => other === name && facts.filter === filter);
    assert.deepEqual(of('subscribed').facts, { device: 'd1', gateway, filter });
    assert.deepEqual(of('refused').facts, { device: 'd1', gateway, filter, code: 128 });
    assert.ok(published.some(({ name, code }) => name === 'failed' && code === 'ERR_IOT_NOT_AUTHORIZED'));
    assert.deepEqual([first('retrying').facts.operation, first('retrying').facts.delay], ['sendEvent', 5]);
    const order = published
      .map(({ name }) => name)
      .filter((name) => ['connected', 'lost', 'waiting', 'renewed', 'closed'].includes(name));
    assert.deepEqual(order.slice(0, 6), ['connected', 'lost', 'waiting', 'connected', 'renewed', 'closed']);
  });

  it('each line is one line, in the form of debug and in that of Node', () => {
    const debug = everything.lines.filter((line) =>
      /^\d{4}-\d\d-\d\dT[\d:.]+Z azure-iot-[\w-]+(:\w+){1,2} \S/.test(line),
    );
    const node = everything.lines.filter((line) => /^EDGE-DOWNSTREAM \d+: azure-iot-/.test(line));
    assert.equal(debug.length, node.length);
    assert.equal(debug.length + node.length, everything.lines.length, everything.lines.join('\n'));
    assert.equal(debug.length, everything.published.length);
    assert.ok(
      debug.some((line) =>
        /RetryOperation d1 at localhost:\d+: the next attempt is in \d+ ms, because of NotConnectedError ERR_IOT_/.test(
          line,
        ),
      ),
    );
    assert.doesNotMatch(everything.lines.join('\n'), /\x1b/); // eslint-disable-line no-control-regex
  });

  it('no secret is in a line, nor in anything published by this package', () => {
    assertNoSecret(everything.lines.join('\n'));
    const own = everything.published.filter(({ all }) => !all.includes('cannot sign'));
    assert.ok(own.length > 20);
    for (const { all } of own) assertNoSecret(all);
  });
});

describe('DEBUG', () => {
  it('as support asks for it shows failures only, or one part, or nothing', async () => {
    const namespaces = async (DEBUG) => {
      const { lines } = await run({ DEBUG });
      return [...new Set(lines.map((line) => line.split(' ')[1]))].sort();
    };
    assert.deepEqual(await namespaces('azure*:Errors'), [
      'azure-iot-device-mqtt:Mqtt:Errors',
      'azure-iot-mqtt-base:MqttBase:Errors',
    ]);
    assert.deepEqual(await namespaces('azure-iot-device:*,mqtt*'), ['azure-iot-device:InternalClient']);
    assert.deepEqual(await namespaces('mqttjs*'), []);
    assert.deepEqual(await namespaces(''), []);
  });

  it('is read as the package debug reads it', () => {
    const cases = {
      '*': ['a', 'a:b', 'a:b:c'],
      'a:*': ['a:b', 'a:b:c'],
      'a*,-a:b': ['a', 'a:b:c'],
      'a  b,c': ['a'],
      '-a': [],
      'a:b': ['a:b'],
      'a.b': [],
      '': [],
    };
    for (const [list, expected] of Object.entries(cases)) {
      assert.deepEqual(['a', 'a:b', 'a:b:c'].filter(namespacesOf(list)), expected, list);
    }
  });
});

it('while nobody watches, no text is made', () => {
  const reason = new Error('x');
  Object.defineProperty(reason, 'message', { get: () => assert.fail('the reason was read') });
  for (const name of happenings.names)
    happenings[name].tell({ device: 'd', gateway: 'g' }, { reason, filter: 'f' });
});

it('docs/debugging.md has every channel with its namespace', () => {
  const page = fs.readFileSync(path.join(__dirname, '../../docs/debugging.md'), 'utf8');
  const rows = Array.from(page.matchAll(/^\| `(\w+)` \| `([\w:-]+)` \|/gm), ([, name, namespace]) => [
    name,
    namespace,
  ]);
  assert.deepEqual(
    rows,
    happenings.names.map((name) => [name, happenings[name].namespace]),
  );
});
