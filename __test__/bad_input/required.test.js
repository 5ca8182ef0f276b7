'use strict';

const assert = require('node:assert/strict');
const { inspect } = require('node:util');
const { after, before, test } = require('node:test');
const edge = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, assertTold, connectionStringTo } = require('./telling');

/** Arguments that cannot be left out, stand in the place of others, or are given to what was closed. */

const { Client, Message, ModuleClient, Mqtt } = edge;
const HALF = '\ud800';
const AT = connectionStringTo('nowhere.invalid');

/** @type {import('../../gateway').Gateway} */
let gateway;
let device, edgeModule;

before(async () => {
  const devices = [{ deviceId: 'd1', primaryKey: KEY, modules: [{ moduleId: 'm1' }] }];
  gateway = await startGateway({ chain: await createChain(SMALL), devices });
  const ca = gateway.rootPem;
  device = await edge.connect({ connectionString: gateway.connectionString('d1'), ca });
  edgeModule = await edge.connect({ connectionString: gateway.connectionString('d1/m1'), ca });
});

after(async () => {
  await device?.close();
  await edgeModule?.close();
  await gateway?.close();
});

/** @param {() => any} call @returns {Promise<any>} Why it failed. */
async function failureOf(call) {
  return Promise.resolve()
    .then(call)
    .then(
      () => assert.fail('it was taken'),
      (failure) => failure,
    );
}

const ok = { isSuccess: true, statusCode: 200, statusDescription: '' };
const report = async (patch) => (await device.twin()).report(patch);

/** Of `connect()`, by name: the call, and what the message says. */
const OF_CONNECT = {
  'nothing to report': [() => report(), 'The argument patch is undefined, not an object'],
  'an array to report': [() => report([]), 'The argument patch is an Array, not an object'],
  'a blob without a name': [() => device.uploadToBlob(undefined, 'x'), 'The argument blobName is undefined'],
  'half a character in the name of a blob': [
    () => device.uploadToBlob(HALF, 'x'),
    'argument blobName is "\\ud800"',
  ],
  'an object as the name of a blob': [() => device.getBlobSharedAccessSignature({}), 'blobName is an object'],
  'no correlation id': [() => device.notifyBlobUploadStatus(undefined, ok), 'correlationId is undefined'],
  'no result': [
    () => device.notifyBlobUploadStatus('c'),
    'The argument result is undefined, not an object {',
  ],
  'the arguments of a Client': [() => device.notifyBlobUploadStatus('c', true, 200, ''), 'result is true'],
  'half a result': [
    () => device.notifyBlobUploadStatus('c', { isSuccess: true }),
    'result.statusCode is undefined',
  ],
  'a status as text': [
    () => device.notifyBlobUploadStatus('c', { ...ok, statusCode: '200' }),
    'result.statusCode is "200", not a number',
  ],
  'no output': [() => edgeModule.outputs.send(undefined, 'x'), 'The argument name is undefined'],
  'a message as output': [() => edgeModule.outputs.send({ hot: true }), 'The argument name is an object'],
  'half a character as output': [() => edgeModule.outputs.send(HALF, 'x'), 'The argument name is "\\ud800"'],
  'nobody to call': [() => edgeModule.invokeMethod(), 'The argument target is undefined'],
  'no method to call': [() => edgeModule.invokeMethod('pump'), 'The argument name is undefined'],
  ...Object.fromEntries(
    ['/', 'pump/', '/filter', 'pump/filter/more', HALF].map((target) => [
      `${JSON.stringify(target)} to call`,
      [
        () => edgeModule.invokeMethod(target, 'reboot'),
        `The argument target is ${JSON.stringify(target)}, not`,
      ],
    ]),
  ),
};

for (const [name, [call, names]] of Object.entries(OF_CONNECT)) {
  test(`${name}: refused, and nobody is told to leave it out`, async () => {
    const error = await failureOf(call);
    assertTold(error, { type: 'ArgumentError', code: 'ERR_IOT_OPTION', names: [names], hint: /^Give / });
    assert.doesNotMatch(error.hint, /leave/);
  });
}

const client = () => Client.fromConnectionString(AT, Mqtt);
const moduleClient = () => ModuleClient.fromConnectionString(`${AT};ModuleId=m1`, Mqtt);

/** By name: the call, the class of the error, its code's end, and what the message says. */
const OF_CLIENTS = {
  'a message in the place of the output': [
    () => moduleClient().sendOutputEvent(new Message('x'), 'out'),
    ['TypeError', 'TYPE', 'The argument outputName is no text but an object'],
  ],
  'an object as the name of a blob': [
    () => client().uploadToBlob({}, Buffer.from('x'), 1),
    ['TypeError', 'TYPE', 'The argument blobName is no text'],
  ],
  'a number as the name of a blob': [
    () => client().getBlobSharedAccessSignature(5),
    ['TypeError', 'TYPE', 'The argument blobName is no text'],
  ],
  'no class as transport': [
    () => Client.fromConnectionString(AT),
    ['TypeError', 'TYPE', 'The argument Transport is no constructor but undefined'],
  ],
  'the name of a transport': [
    () => ModuleClient.fromConnectionString(AT, 'mqtt'),
    ['TypeError', 'TYPE', 'The argument Transport is no constructor but a string'],
  ],
  'a connection string as transport': [
    () => new Client(AT),
    ['TypeError', 'TYPE', 'The argument transport is no transport but a string'],
  ],
  'a class as transport': [
    () => new Client(Mqtt),
    ['TypeError', 'TYPE', 'The argument transport is no transport but the class'],
  ],
  'an object as transport': [
    () => new ModuleClient({}),
    ['TypeError', 'TYPE', 'The argument transport is no transport but an object'],
  ],
  'no callback for the trust bundle': [
    () => edgeProvider().getTrustBundle(),
    ['ReferenceError', 'MISSING', 'The argument callback is undefined'],
  ],
  'no function for the trust bundle': [
    () => edgeProvider().getTrustBundle(5),
    ['TypeError', 'TYPE', 'The argument callback is no function but the number 5'],
  ],
  'a method of nobody': [
    () => moduleClient().invokeMethod('pump', 'filter'),
    ['ReferenceError', 'MISSING', 'The argument methodParams is undefined'],
  ],
  'a token that is none to replace it': [
    () => tokenProvider().updateSharedAccessSignature(),
    ['ReferenceError', 'MISSING', 'The argument sharedAccessSignature is undefined'],
  ],
  ...Object.fromEntries(
    ['SharedAccessKey', 'SharedAccessSignature', 'X509'].flatMap((kind) => {
      const Provider = edge[`${kind}AuthenticationProvider`];
      return [
        [
          `no credentials for a provider by ${kind}`,
          [() => new Provider(), ['ReferenceError', 'MISSING', 'The argument credentials is undefined']],
        ],
        [
          `a connection string for a provider by ${kind}`,
          [
            () => new Provider(AT),
            ['TypeError', 'TYPE', 'The argument credentials is no object but a string'],
          ],
        ],
      ];
    }),
  ),
};

for (const [name, [call, [type, code, names]]] of Object.entries(OF_CLIENTS)) {
  test(`${name}: told by name, and not shown`, async () => {
    assertTold(await failureOf(call), { type, code: `ERR_IOT_ARGUMENT_${code}`, names: [names] });
  });
}

function edgeProvider() {
  const ids = {
    deviceId: 'd1',
    moduleId: 'm1',
    generationId: '1',
    iothubHostName: 'h',
    authScheme: 'sasToken',
  };
  return new edge.IotEdgeAuthenticationProvider({ workloadUri: 'unix:///none', ...ids });
}

function tokenProvider() {
  const token = 'SharedAccessSignature sr=h%2Fdevices%2Fd1&sig=eA%3D%3D&se=1';
  return edge.SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(token);
}

test('a payload that JSON cannot say is told as such', async () => {
  const error = await failureOf(() =>
    moduleClient().invokeMethod('pump', { methodName: 'reboot', payload: 5n }),
  );
  assertTold(error, {
    type: 'ArgumentError',
    code: 'ERR_IOT_BODY',
    names: ['"reboot"', 'BigInt'],
    cause: /BigInt/,
  });
});

test('nothing to complete, a ReferenceError as by a Client', async () => {
  for (const call of [
    () => device.complete(),
    () => edgeModule.inputs.complete(),
    () => client().complete(),
  ]) {
    const error = await failureOf(call);
    assertTold(error, { type: 'ReferenceError', code: 'ERR_IOT_ARGUMENT_MISSING', names: ['message'] });
  }
});

test('a method has one handler: the hint names what takes it away, whatever the interface', () => {
  for (const [target, method] of [
    [device, 'onMethod'],
    [client(), 'onDeviceMethod'],
    [moduleClient(), 'onMethod'],
  ]) {
    target[method]('reboot', () => {});
    const off = method.replace('on', 'off');
    assert.throws(() => target[method]('reboot', () => {}), {
      code: 'ERR_IOT_METHOD_TAKEN',
      hint: new RegExp(`\\b${off}\\(name\\)`),
    });
    assert.equal(target[off]('reboot'), true);
    assert.throws(() => target[method]('reboot', 5), {
      code: 'ERR_IOT_ARGUMENT_TYPE',
      hint: /^Give the name of a method, and a function/,
    });
    target.close?.();
  }
});

test('a device that was closed gives no twin; what it knew can still be read', async () => {
  gateway.addDevice({ deviceId: 'd2' });
  gateway.patchDesired('d2', { interval: 5 });
  const connectionString = gateway.connectionString('d2');
  const closed = await edge.connect({ connectionString, ca: gateway.rootPem });
  const twin = await closed.twin();
  await closed.close();
  const error = await failureOf(() => closed.twin());
  assertTold(error, { type: 'NotConnectedError', code: 'ERR_IOT_CLIENT_CLOSED', names: ['closed'] });
  assert.match(inspect(twin), /^DeviceTwin \{\s+desired: \{.*interval: 5/s);
  assert.equal(JSON.parse(JSON.stringify(twin)).desired.interval, 5);
});

test('who listens for events of a Client is told what there is in their place', async () => {
  const warnings = [];
  const take = (/** @type {any} */ warning) => warnings.push(warning);
  process.on('warning', take);
  try {
    device.on('message', () => {});
    device.prependOnceListener('message', () => {});
    device.on('state', () => {});
    device.removeAllListeners();
    edgeModule.once('inputMessage', () => {});
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', take);
  }
  const told = warnings.map(({ code, message, detail }) => `${code} ${message} ${detail}`);
  assert.equal(told.length, 2, told.join('\n'));
  assert.match(told[0], /^WARN_IOT_EVENT .*"message".*device\.messages\(\)/);
  assert.match(told[1], /^WARN_IOT_EVENT .*"inputMessage".*module\.inputs/);
});
