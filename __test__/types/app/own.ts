// Code for this package, and what the compiler must refuse.

import { EventEmitter } from 'node:events';
import {
  Acknowledgement,
  Client,
  ConnectOptions,
  Device,
  DeviceMethodRequest,
  DeviceMethodResponse,
  DeviceStats,
  DeviceTransport,
  DeviceTwin,
  InputMessage,
  IotEdgeAuthenticationProvider,
  Message,
  MethodResult,
  Module,
  ModuleClient,
  Mqtt,
  MqttWs,
  NoRetry,
  Properties,
  ReportAnswer,
  RetryOperation,
  SharedAccessKeyAuthenticationProvider,
  SharedAccessSignatureAuthenticationProvider,
  Twin,
  connect,
  diagnose,
  endpoint,
  errors,
  results,
} from 'edge-downstream';
import 'edge-downstream/register';

const options: ConnectOptions = {
  connectionString: 'HostName=h;DeviceId=d;SharedAccessKey=k;GatewayHostName=gw',
  ca: ['/etc/root.pem', Buffer.from('')],
  keepAlive: 60,
  retry: 'forever',
  timeouts: { connectMs: 1000, tlsMs: 1000, connackMs: 1000 },
  whenFull: 'refuse',
  transport: Mqtt,
  tokenRenewal: { tokenValidTimeInSeconds: 3600, tokenRenewalMarginInSeconds: 900 },
};

const unset: string | undefined = process.env['NOT_SET'];

async function giveNothing(client: Client): Promise<void> {
  const device = await connect({
    connectionString: '',
    ca: unset,
    cert: unset,
    key: unset,
    passphrase: unset,
    proxy: unset,
    keepAlive: undefined,
    retry: undefined,
    timeouts: { connectMs: undefined, tlsMs: undefined, connackMs: undefined },
    whenFull: undefined,
    productInfo: unset,
    modelId: unset,
    transport: undefined,
    tokenRenewal: undefined,
  });
  const limits = { timeout: undefined, signal: undefined };
  await device.sendEvent('x', { ...limits, properties: undefined, messageId: unset, contentType: unset });
  await (await device.twin(limits)).report({ a: 1 }, limits);
  await device.uploadToBlob('x', 'y', { ...limits, onProgress: undefined });
  const module = await connect({ environment: true, ca: unset });
  await module.invokeMethod('pump', 'set', 1, { responseTimeout: undefined, connectTimeout: undefined });
  await client.setOptions({
    ca: unset,
    keepalive: undefined,
    mqtt: { forceDisconnect: undefined },
    http: undefined,
  });
  await diagnose({ connectionString: unset, ca: unset, protocol: undefined, timeout: undefined });
}

async function useDevice(): Promise<void> {
  const device: Device = await connect(options);
  const sent: Acknowledgement = await device.sendEvent(
    { temperature: 21 },
    { properties: { alert: false }, timeout: 5 },
  );
  const id: string = sent.id;
  const ms: number = sent.latencyMs;
  await device.sendEvent('text', { signal: new AbortController().signal, properties: new Properties() });
  for await (const message of device.messages()) {
    const body: Buffer = message.getBytes();
    device.complete(message);
    console.log(body, id, ms);
    break;
  }
  const stats: DeviceStats = device.stats();
  console.log(stats.latencyMs.p99.toFixed(1), stats.queued + stats.inFlight + stats.held + stats.reconnects);
  device.on('state', ({ state, delay, reason }) => console.log(state, delay?.toFixed(), reason?.message));
  device.on('disconnect', (error) => console.log(error.message));
  await device.close();
  await device[Symbol.asyncDispose]();

  // @ts-expect-error There is no such option.
  await connect({ connectionString: '', keepalive: 60 });
  // @ts-expect-error The connection string is needed.
  await connect({ ca: 'x' });
  // @ts-expect-error Retrying is told by a policy or one of two words.
  await connect({ connectionString: '', retry: 'sometimes' });
  // @ts-expect-error A timeout is a number.
  await device.sendEvent('x', { timeout: '5' });
  // @ts-expect-error The event has one argument, an Error.
  device.on('disconnect', (result: results.Disconnected) => console.log(result));
}

async function useClient(client: Client): Promise<void> {
  client.on('message', (message) => console.log(message.messageId.length));
  client.once('disconnect', (result) => console.log(result.transportObj));
  client.on('connect', () => console.log('connected'));
  client.on('mine', (anything, goes) => console.log(anything, goes));
  const emitter: EventEmitter = client;
  const enqueued: results.MessageEnqueued = await client.sendEvent(new Message('x'));
  client.sendEvent(new Message([1, 2]), (error: Error | null | undefined) => console.log(error));
  await client.sendEvent('text');
  await client.sendEvent(new Message(Float32Array.of(21.5)));
  client
    .updateSharedAccessSignature('x')
    .then((result) => console.log(result.needToReconnect, enqueued, emitter));

  // @ts-expect-error The event has a Message.
  client.on('message', (message: string) => console.log(message));
  // @ts-expect-error `connect` has no arguments.
  client.on('connect', (result: results.Connected) => console.log(result));
  // @ts-expect-error A message is needed.
  client.sendEvent();
  // @ts-expect-error A reading is no message.
  client.sendEvent({ temperature: 21 });
  // @ts-expect-error With a callback nothing is returned to wait for.
  client.open(() => {}).then(() => {});
  // @ts-expect-error Not a transport.
  Client.fromConnectionString('x', Date);
  // @ts-expect-error A path is no stream.
  client.uploadToBlob('a.txt', '/tmp/a.txt', 1);
}

interface Settings {
  interval: number;
  lamp: { colour: string; levels: number[] };
}
interface Status {
  firmware: string;
  battery: { percent: number };
}

async function useTwinOfDevice(device: Device): Promise<void> {
  const twin: DeviceTwin<Settings, Status> = await device.twin<Settings, Status>({ timeout: 1000 });
  const interval: number | undefined = twin.desired.interval;
  const version: number | undefined = twin.desired.$version;
  const answer: ReportAnswer = await twin.report({ battery: { percent: 5 }, firmware: null });
  for await (const change of twin) {
    const colour: string | null | undefined = change.lamp?.colour;
    console.log(colour, change.$version, interval, version, answer.version);
  }
  const untyped = await device.twin();
  await untyped.report({ anything: { goes: true } });
  console.log(untyped.desired.whatever.goes);

  // @ts-expect-error What is reported has a shape.
  await twin.report({ battery: { percent: 'full' } });
  // @ts-expect-error The device does not decide what is desired.
  twin.desired.interval = 5;
}

function useMethodsOfDevice(device: Device): void {
  device.onMethod<{ seconds: number }, { at: string }>('reboot', async ({ seconds }, call) =>
    seconds > 0 ? { at: call.id } : call.reply(400, 'seconds'),
  );
  device.onMethod('untyped', (payload) => payload.anything);
  device.onUnknownMethod();
  device.onUnknownMethod((_payload, call) => call.reply(404));
  const gone: boolean = device.offMethod('reboot');
  console.log(gone);

  // @ts-expect-error The result has a shape.
  device.onMethod<unknown, { at: string }>('reboot', () => ({ at: 5 }));
  // @ts-expect-error A handler is a function.
  device.onMethod('reboot', 'now');
}

async function useTwinOfClient(client: Client): Promise<void> {
  const twin: Twin = await client.getTwin();
  twin.on('properties.desired', (patch) => console.log(patch.interval));
  twin.on('properties.desired.lamp.colour', (colour) => console.log(colour));
  twin.on('error', (error) => console.log(error.message));
  const { version }: ReportAnswer = await twin.properties.reported.update({ firmware: '1.0' });
  twin.properties.reported.update({ firmware: '1.0' }, (error) => console.log(error?.message, version));
  client.onDeviceMethod('reboot', async (request: DeviceMethodRequest, response: DeviceMethodResponse) => {
    await response.send(200, { after: request.payload.seconds });
  });
  client.onUnknownDeviceMethod();
  client.offDeviceMethod('reboot');

  // @ts-expect-error Properties come by name.
  await twin.properties.reported.update('firmware');
}

async function useModule(): Promise<void> {
  const fromEnvironment: Module = await connect({ environment: true, retry: 'forever' });
  const module = await connect<Module>({ connectionString: 'x', ca: 'y' });
  const { id }: Acknowledgement = await module.outputs.send(
    'alerts',
    { hot: true },
    { properties: { k: 1 } },
  );
  for await (const message of module.inputs) {
    const received: InputMessage = message;
    const input: string = message.input;
    console.log(input, received.data, id);
    module.inputs.complete(message);
  }
  const { status, payload }: MethodResult = await module.invokeMethod('pump', 'set', 1, {
    responseTimeout: 5000,
  });
  console.log(status, payload, fromEnvironment.stats().held);
  module.onMethod<{ seconds: number }>('reset', ({ seconds }, call) => call.reply(200, seconds));
  module.on('state', ({ state }) => console.log(state));

  // @ts-expect-error The cloud sends messages to devices only.
  module.messages();
  // @ts-expect-error An output has a name.
  await module.outputs.send({ hot: true });
  // @ts-expect-error Who connects is said once.
  await connect({ environment: true, connectionString: 'x' });
}

async function useModuleClient(): Promise<void> {
  ModuleClient.fromEnvironment(Mqtt, (error, client) =>
    console.log(error?.message, client?.listenerCount('connect')),
  );
  const client: ModuleClient = await ModuleClient.fromEnvironment(MqttWs);
  client.on('inputMessage', (input, message) => {
    const name: string = input;
    client.complete(message, (error) => console.log(name, error?.message));
  });
  const result: results.MessageEnqueued = await client.sendOutputEvent('out', new Message('x'));
  client.sendOutputEvent('out', 'text', (error?: Error) => console.log(error, result));
  client.onMethod('reset', (request, response) => response.send(200, request.payload));
  client.offMethod('reset');
  const { status }: MethodResult = await client.invokeMethod('pump', { methodName: 'set', payload: null });
  client.invokeMethod('edge', 'filter', { methodName: 'set' }, (error, answer) =>
    console.log(error?.message, answer?.payload, status),
  );
  const provider = new IotEdgeAuthenticationProvider({
    workloadUri: 'unix:///workload.sock',
    deviceId: 'd',
    moduleId: 'm',
    iothubHostName: 'h',
    authScheme: 'sasToken',
    generationId: '1',
  });
  provider.getTrustBundle((error, pem) => console.log(error?.message, pem?.length));
  ModuleClient.fromAuthenticationProvider(provider, Mqtt).setRetryPolicy(new NoRetry());

  // @ts-expect-error The name of the input comes first.
  client.on('inputMessage', (message: Message) => console.log(message.data));
  // @ts-expect-error A call names a method.
  await client.invokeMethod('pump', { payload: 1 });
}

class Fake extends EventEmitter implements DeviceTransport {
  connect(callback?: (error?: Error, result?: results.Connected) => void): void {
    callback?.(undefined, new results.Connected());
  }
  disconnect(callback?: (error?: Error) => void): void {
    callback?.();
  }
  sendEvent(message: Message, callback?: (error?: Error, result?: results.MessageEnqueued) => void): void {
    callback?.(undefined, new results.MessageEnqueued(message));
  }
}

void useDevice().catch((error: unknown) => {
  if (error instanceof errors.NotConnectedError) {
    const code: string | undefined = error.code;
    const delivery: 'not sent' | 'unknown' | undefined = error.delivery;
    console.log(code, error.hint, error.cause, delivery, error.message);
  }
});
void [giveNothing, useTwinOfDevice, useMethodsOfDevice, useTwinOfClient, useModule, useModuleClient];
void useClient(new Client(new Fake()));
void useClient(Client.fromConnectionString('x', Mqtt));
void useClient(
  Client.fromAuthenticationProvider(SharedAccessKeyAuthenticationProvider.fromConnectionString('x'), Mqtt),
);
void useClient(
  Client.fromAuthenticationProvider(
    SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature('x'),
    Fake,
  ),
);
new RetryOperation('x', new NoRetry(), 1000).retry(
  (callback) => callback(null, 1),
  (error, result) => console.log(error, result),
);
console.log(endpoint.devicePath('d'));
