// Code for this package, and what the compiler must refuse.

import { EventEmitter } from 'node:events';
import {
  Acknowledgement,
  Client,
  ConnectOptions,
  Device,
  DeviceStats,
  DeviceTransport,
  Message,
  Mqtt,
  NoRetry,
  Properties,
  RetryOperation,
  SharedAccessKeyAuthenticationProvider,
  SharedAccessSignatureAuthenticationProvider,
  connect,
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
  // @ts-expect-error Later releases bring twins.
  client.getTwin();
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
