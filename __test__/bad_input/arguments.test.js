'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const edge = require('../..');
const { deviceOf, startCloud } = require('../wire/cloud_setting');
const { assertTold, connectionStringTo } = require('./telling');

/** Arguments of operations that cannot be used: told by name and at once, never by a fault from inside. */

/** By name: options of an operation that knows `timeout` and `signal`, and what tells of them. */
const LIMITS = {
  'a typo': [{ timeut: 5 }, 'ERR_IOT_OPTION_UNKNOWN', '"timeut"'],
  'an option of others': [{ messageId: 'x' }, 'ERR_IOT_OPTION_UNKNOWN', '"messageId"'],
  null: [null, 'ERR_IOT_OPTION', 'options is null'],
  'a number': [5, 'ERR_IOT_OPTION', 'options is the number 5'],
  'an array': [[], 'ERR_IOT_OPTION', 'options is an Array'],
  'a timeout in words': [{ timeout: '5 s' }, 'ERR_IOT_OPTION', 'timeout is "5 s"'],
  'a timeout of nothing': [{ timeout: 0 }, 'ERR_IOT_OPTION', 'timeout is 0'],
  'no signal': [{ signal: {} }, 'ERR_IOT_OPTION', 'signal is an object'],
};

/** By name: operations of a device. */
const OPERATIONS = {
  twin: (device, options) => device.twin(options),
  'twin.report': async (device, options) => (await device.twin()).report({ a: 1 }, options),
  getBlobSharedAccessSignature: (device, options) => device.getBlobSharedAccessSignature('x', options),
  notifyBlobUploadStatus: (device, options) =>
    device.notifyBlobUploadStatus('x', { isSuccess: true, statusCode: 1, statusDescription: '' }, options),
  uploadToBlob: (device, options) => device.uploadToBlob('x', 'y', options),
};

for (const [operation, perform] of Object.entries(OPERATIONS)) {
  test(`options of ${operation} that cannot be used`, async (t) => {
    const device = await deviceOf(t, await startCloud(t));
    for (const [name, [options, code, names]] of Object.entries(LIMITS)) {
      const error = await perform(device, options).then(
        () => assert.fail(`${name} was taken`),
        (failure) => failure,
      );
      assertTold(error, { type: 'ArgumentError', code, names: [names] });
    }
  });
}

test('options of sendEvent that cannot be used; it has others of its own', async (t) => {
  const device = await deviceOf(t, await startCloud(t));
  for (const [name, [options, code, names]] of Object.entries(LIMITS)) {
    const sent = device.sendEvent('x', options);
    if (name === 'an option of others') await sent;
    else
      assertTold(await sent.then(assert.fail, (failure) => failure), {
        type: 'ArgumentError',
        code,
        names: [names],
      });
  }
});

const ADDRESS = connectionStringTo('nowhere.invalid');
const clients = {
  'Client with a key': () => edge.Client.fromConnectionString(ADDRESS, edge.Mqtt),
  'Client with a certificate': () =>
    edge.Client.fromConnectionString(ADDRESS.replace(/SharedAccessKey=[^;]+/, 'x509=true'), edge.Mqtt),
  'ModuleClient with a key': () => edge.ModuleClient.fromConnectionString(`${ADDRESS};ModuleId=m`, edge.Mqtt),
};

for (const [name, make] of Object.entries(clients)) {
  test(`${name}: there is no token to replace, a TypeError as by the original`, async () => {
    const expected = { type: 'TypeError', code: 'ERR_IOT_TOKEN_UPDATE', names: ['no token to replace'] };
    for (const token of ['SharedAccessSignature sr=a&sig=b&se=1', 5]) {
      const client = make();
      assertTold(
        await client.updateSharedAccessSignature(token).then(assert.fail, (failure) => failure),
        expected,
      );
      assert.throws(
        () => client.updateSharedAccessSignature(token, assert.fail),
        (error) => {
          assertTold(error, expected);
          return true;
        },
      );
    }
  });
}

test('a callback that is none is told, and not shown', () => {
  const client = clients['Client with a key']();
  for (const callback of [5, 'SharedAccessKey=x', {}, true]) {
    for (const call of [
      () => client.sendEvent(new edge.Message('x'), callback),
      () => client.open(callback),
      () => client.getTwin(callback),
      () => client.setOptions({}, callback),
    ]) {
      assert.throws(call, (error) => {
        assertTold(error, {
          type: 'TypeError',
          code: 'ERR_IOT_ARGUMENT_TYPE',
          names: ['callback', typeof callback],
        });
        return true;
      });
    }
  }
});
