'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { randomOf } = require('../model/random');
const table = require('../vectors/connection_strings.json');
const { readByClient, readByConnect, readByDoctor } = require('./three_readings');

/** `connect()` tries these. The doctor says of them what will go wrong: the device talks to the hub, or is refused. */
const WRONG_BUT_ACCEPTED = ['gateway-missing', 'gateway-is-hub', 'token-audience', 'token-expired'];

/**
 * The doctor calls a string a problem exactly if `connect()` refuses it, and where it does not, both mean one device.
 *
 * @param {string} text
 */
async function assertAgreement(text) {
  const connected = await readByConnect(text);
  const { target, problems } = readByDoctor(text);
  const refused = connected.startsWith('ERR_IOT_');
  const complaints = problems.filter((code) => refused || !WRONG_BUT_ACCEPTED.includes(code));
  assert.equal(complaints.length > 0, refused, `${JSON.stringify(text)}: ${connected}, ${problems}`);
  if (!refused) assert.equal(target, connected, JSON.stringify(text));
}

describe('a connection string', () => {
  for (const { what, text, client, connect, doctor } of table) {
    it(`with ${what} is read by Client, connect() and the doctor as the table says`, async () => {
      assert.equal(await readByClient(text), client, 'Client');
      assert.equal(await readByConnect(text), connect, 'connect()');
      assert.deepEqual(readByDoctor(text), doctor, 'the doctor');
      await assertAgreement(text);
    });
  }

  it('has all that people write in the table', () => {
    assert.ok(table.length >= 40);
    assert.equal(new Set(table.map(({ text }) => text)).size, table.length);
  });
});

describe('connect() and the doctor agree', () => {
  const PIECES = [
    '\n',
    '\r',
    '\t',
    ' ',
    '/',
    ';',
    '=',
    '"',
    "'",
    '*',
    ':8883',
    '.',
    '-',
    '_',
    '%',
    '#',
    'ä',
    '\u00a0',
  ];
  const FIELDS = [
    'HostName=h',
    'DeviceId=d2',
    'x509=true',
    'ModuleId=m',
    'SharedAccessKeyName=n',
    'Colour=blue',
  ];

  /** What files, shells and pages put around the whole. */
  const AROUND = [
    (/** @type {string} */ text) => text,
    (/** @type {string} */ text) => Buffer.from(text).toString('base64'),
    (/** @type {string} */ text) => JSON.stringify({ connectionString: text }),
    (/** @type {string} */ text) => encodeURIComponent(text),
    (/** @type {string} */ text) => `export CONNECTION="${text}"`,
    (/** @type {string} */ text) => `IOTHUB_DEVICE_CONNECTION_STRING=${text}`,
    (/** @type {string} */ text) => `'"${text}"'`,
    (/** @type {string} */ text) => text.replaceAll(';', '\\;'),
    (/** @type {string} */ text) => text.replaceAll(';', '&#59;'),
    (/** @type {string} */ text) => text.replaceAll('=', ': '),
    (/** @type {string} */ text) => text.replaceAll(';', ','),
    (/** @type {string} */ text) => text.split(';')[0],
    (/** @type {string} */ text) => text.split('&')[0],
    (/** @type {string} */ text) => text.replace(/=[^;]*/, '=<value>'),
    (/** @type {string} */ text) => `\u200b${text}`,
    () => '$CONNECTION_STRING',
    () => 'https://hub.azure-devices.net/devices/d1',
  ];

  /** One to three of the changes that hands make. */
  function damaged(random, text) {
    let result = text;
    for (let left = 1 + random.below(3); left > 0; left -= 1) {
      const at = random.below(result.length + 1);
      const change = random.below(5);
      if (change === 0) result = result.slice(0, at) + result.slice(at + 1 + random.below(5));
      else if (change === 1) result = `${result};${random.of(FIELDS)}`;
      else if (change === 2) result += random.of(PIECES);
      else result = result.slice(0, at) + random.of(PIECES) + result.slice(at);
    }
    return random.chance(0.4) ? random.of(AROUND)(result) : result;
  }

  it('on whatever becomes of the strings of the table', async () => {
    const whole = table.filter(({ connect }) => !connect.startsWith('ERR_IOT_'));
    for (let seed = 1; seed <= 6000; seed += 1) {
      const random = randomOf(seed);
      const text = damaged(random, random.of(whole).text);
      if (text.trim() !== '') await assertAgreement(text);
    }
  });
});
