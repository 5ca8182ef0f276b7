// @ts-check
'use strict';

const assert = require('node:assert');
const { Checks } = require('./check');

/** @typedef {import('./world').World} World */

const ACCEPTED = '20020000';
const REFUSED_5 = '20020005 closed';

const checks = new Checks();

/** Seconds since 1970. */
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

/** @type {Record<string, (world: World) => string>} */
const GOOD = {
  'in any order of fields': (world) => {
    const [scheme, fields] = world.token().split(' ');
    return `${scheme} ${fields.split('&').reverse().join('&')}`;
  },
  'with names of fields in capitals': (world) =>
    world.token().replace('sr=', 'SR=').replace('sig=', 'SIG=').replace('se=', 'Se='),
  'with empty fields': (world) => `${world.token().replace(' ', ' &&').replace('&se', '&&se')}&`,
  'with a policy name, which is ignored': (world) => `${world.token()}&skn=whatever`,
  'with a fraction of a second': (world) => world.token({ expiry: `${inAnHour()}.25` }),
  'with an exponent': (world) => world.token({ expiry: '1.9e9' }),
  'expired for less than five minutes': (world) => world.token({ expiry: inAnHour() - 3600 - 240 }),
  'with an audience in another case': (world) =>
    world.token({ resource: `${world.hubHostName}/devices/${world.id}`.toUpperCase() }),
  'with an audience that is not encoded': (world) =>
    world.token({ encodedResource: `${world.hubHostName}/devices/${world.id}` }),
  'with an audience encoded twice': (world) =>
    world.token({
      encodedResource: encodeURIComponent(encodeURIComponent(`${world.hubHostName}/devices/${world.id}`)),
    }),
  'with another word before the id': (world) =>
    world.token({ resource: `${world.hubHostName}/foo/${world.id}` }),
};
for (const [name, token] of Object.entries(GOOD)) {
  checks.add('C6', `a token ${name}: CONNACK 0`, async (world) => {
    assert.strictEqual(await world.answer({ password: Buffer.from(token(world)) }), ACCEPTED);
  });
}

/** @type {Record<string, (world: World) => string>} */
const BAD = {
  'with a field twice': (world) => `${world.token()}&se=${inAnHour()}`,
  'with a field without a value': (world) => `${world.token()}&skn`,
  'with a newline behind it': (world) => `${world.token()}\n`,
  'with two spaces': (world) => world.token().replace(' ', '  '),
  'with its scheme in lower case': (world) => world.token().toLowerCase(),
  'with an expiry in milliseconds': (world) => world.token({ expiry: inAnHour() * 1000 }),
  'expired for more than five minutes': (world) => world.token({ expiry: inAnHour() - 3600 - 360 }),
  'with a signature that is not encoded': (world) =>
    world.token({ encodeSignature: (signature) => signature }),
  'of another device': (world) => world.token({ resource: `${world.hubHostName}/devices/${world.id}2` }),
  'of a module': (world) => world.token({ resource: `${world.hubHostName}/devices/${world.id}/modules/m` }),
  'of another host': (world) => world.token({ resource: `10.0.0.5/devices/${world.id}` }),
  'of the hub': (world) => world.token({ resource: world.hubHostName }),
};
for (const [name, token] of Object.entries(BAD)) {
  checks.add('C6', `a token ${name}: CONNACK 5`, async (world) => {
    assert.strictEqual(await world.answer({ password: Buffer.from(token(world)) }), REFUSED_5);
  });
}

checks.add('C6', 'a token signed with another key: CONNACK 5', async (world) => {
  const signature = Buffer.alloc(32, 1).toString('base64');
  const password = Buffer.from(world.token({ encodeSignature: () => encodeURIComponent(signature) }));
  assert.strictEqual(await world.answer({ password }), REFUSED_5);
});

module.exports = checks.all;
