'use strict';

const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const common = require('azure-iot-common');
const originalDevice = require('azure-iot-device').SharedAccessSignature;
const {
  SharedAccessSignature,
  deviceSharedAccessSignature,
  encodeUriComponentStrict,
  anHourFromNow,
} = require('../../lib/authentication/shared_access_signature');
const { outcome } = require('./outcome');

const original = common.SharedAccessSignature;

/** A token of either implementation, comparable: the original has its key as a field. @param {any} token */
function comparable(token) {
  const { _key, ...fields } = token;
  return { fields, text: token.toString() };
}

describe('creating a token', () => {
  const cases = [
    ['h%2Fdevices%2Fd', 'name', 'c2VjcmV0', 1_700_000_000],
    ['h%2Fdevices%2Fd', null, 'c2VjcmV0', 1_700_000_000],
    ['not encoded /', "na'me!", 'c2VjcmV0', '1700000000'],
    ['h', '', 'not base64 at all!', 5],
    ['h', '', '+//+AQ', 5],
    ['', 'n', 'k', 1],
    ['h', 'n', '', 1],
    ['h', 'n', 'k', 0],
    [],
  ];
  for (const args of cases) {
    it(`from ${inspect(args)} works as in the original`, () => {
      assert.deepEqual(
        outcome(() => comparable(SharedAccessSignature.create(...args))),
        outcome(() => comparable(original.create(...args))),
      );
    });
  }

  it('for a device gives the token of device-sdk.md §1.5', () => {
    const text =
      'SharedAccessSignature sr=h.azure-devices.net%2Fdevices%2Fdev%2F1' +
      '&sig=CiISA0illzcK2Sqp7jbzHGOQ2eEC476b3e23xbBsmjk%3D&se=1700000000';
    const args = ['h.azure-devices.net', 'dev/1', 'c2VjcmV0', 1_700_000_000];
    assert.equal(deviceSharedAccessSignature.create(...args).toString(), text);
    assert.equal(originalDevice.create(...args).toString(), text);
  });

  it('for a device needs host, id, key and expiry', () => {
    const whole = ['h', 'd', 'k', 1];
    for (const [index, name] of ['host', 'deviceId', 'key', 'expiry'].entries()) {
      const args = whole.with ? whole.with(index, '') : whole;
      assert.throws(() => deviceSharedAccessSignature.create(...args), {
        name: 'ReferenceError',
        code: 'ERR_IOT_ARGUMENT_MISSING',
        message: `The argument ${name} is empty`,
      });
    }
  });

  it('can be left to somebody who has the key', async () => {
    const credentials = [
      { host: 'h', deviceId: 'd' },
      { host: 'h', deviceId: 'd/1', moduleId: 'm', sharedAccessKeyName: 'n!' },
    ];
    const signing = (data, signed) => signed(null, createHmac('sha256', 'secret').update(data).digest());
    for (const each of credentials) {
      const make = (/** @type {any} */ Class) =>
        new Promise((resolve, reject) => {
          Class.createWithSigningFunction(each, 99, signing, (error, token) => {
            if (error) reject(error);
            else resolve(comparable(token));
          });
        });
      assert.deepEqual(await make(SharedAccessSignature), await make(original));
    }
  });

  it('reports that the other could not sign', () => {
    const failed = new Error('no key');
    let reported;
    SharedAccessSignature.createWithSigningFunction(
      { host: 'h', deviceId: 'd' },
      99,
      (data, signed) => signed(failed),
      (error) => {
        reported = error;
      },
    );
    assert.equal(reported, failed);
    assert.throws(
      () => SharedAccessSignature.createWithSigningFunction({}, 1, undefined, () => {}),
      ReferenceError,
    );
  });
});

describe('extending a token', () => {
  it('signs it anew as the original does', () => {
    const args = ['h', 'n', 'c2VjcmV0', 5];
    const [ours, theirs] = [SharedAccessSignature.create(...args), original.create(...args)];
    assert.equal(ours.extend(900), theirs.extend(900));
    assert.deepEqual(comparable(ours), comparable(theirs));
    assert.throws(() => ours.extend(0), ReferenceError);
  });

  it('needs its key', () => {
    const token = SharedAccessSignature.parse('SharedAccessSignature sr=a&sig=b&se=5');
    assert.throws(() => token.extend(9), TypeError);
  });
});

describe('parsing a token', () => {
  const sources = [
    'SharedAccessSignature sr=a&sig=b%3D&se=5',
    'SharedAccessSignature sr=a&sig=b=c&skn=n&se=5&more=x',
    'SharedAccessSignature sr=a&sig=&se=5',
    'xSharedAccessSignaturey sr=a',
    'SharedAccessSignature\tsr=a',
    'SharedAccessSignature  sr=a',
    'SharedAccessSignature sr=a b',
    'SharedAccessSignature ',
    'SharedAccessSignature',
    'Bearer sr=a',
    '',
    undefined,
  ];
  for (const source of sources) {
    it(`${inspect(source)} works as in the original`, () => {
      assert.deepEqual(
        outcome(() => comparable(SharedAccessSignature.parse(source))),
        outcome(() => comparable(original.parse(source))),
      );
      assert.deepEqual(
        outcome(() => comparable(SharedAccessSignature.parse(source, ['sr', 'se']))),
        outcome(() => comparable(original.parse(source, ['sr', 'se']))),
      );
      assert.deepEqual(
        outcome(() => comparable(deviceSharedAccessSignature.parse(source))),
        outcome(() => comparable(originalDevice.parse(source))),
      );
    });
  }

  it('gives an instance', () => {
    assert.ok(SharedAccessSignature.parse('SharedAccessSignature sr=a') instanceof SharedAccessSignature);
  });

  it('names what is wrong, never the token', () => {
    const check = (/** @type {string} */ source, /** @type {string} */ code, /** @type {RegExp} */ text) =>
      assert.throws(
        () => deviceSharedAccessSignature.parse(source),
        (error) => {
          assert.equal(error.code, code);
          assert.match(error.message, text);
          assert.ok(error.hint);
          assert.doesNotMatch(inspect(error), /c2lnbmVk/);
          return true;
        },
      );
    check('Bearer sig=c2lnbmVk', 'ERR_IOT_TOKEN_MALFORMED', /malformed/);
    check('SharedAccessSignature sig=c2lnbmVk&se=5', 'ERR_IOT_TOKEN_FIELD_MISSING', /sr/);
  });
});

describe('a token', () => {
  const token = SharedAccessSignature.create('h%2Fd', 'n', 'c2VjcmV0', 5);

  it('shows neither signature nor key when printed or written as JSON', () => {
    const shown = [
      inspect(token),
      inspect({ token }),
      inspect(token, { showHidden: true }),
      JSON.stringify({ token }),
    ];
    for (const text of shown) {
      assert.match(text, /h%2Fd/);
      assert.ok(!text.includes(token.sig.slice(0, 10)));
      assert.doesNotMatch(text, /c2VjcmV0/);
    }
  });

  it('is its text', () => {
    assert.equal(`${token}`, `SharedAccessSignature sr=h%2Fd&sig=${token.sig}&skn=n&se=5`);
  });
});

it('strict encoding is that of the original', () => {
  for (const text of ["a!'()*/é ~", '', '😀']) {
    assert.equal(encodeUriComponentStrict(text), common.encodeUriComponentStrict(text));
  }
});

it('an hour from now is 3600 s away', () => {
  const distance = anHourFromNow() - Date.now() / 1000;
  assert.ok(distance > 3599 && distance <= 3601);
  assert.ok(Number.isInteger(anHourFromNow()));
});
