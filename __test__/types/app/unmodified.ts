// Code for the original SDK, in strict mode. `types.test.js` compiles it against this package and, with the prefix
// taken from the names of the modules, against the originals.

import {
  Client,
  ConnectionString,
  DeviceMethodRequest,
  DeviceMethodResponse,
  DeviceTransport,
  EdgedAuthConfig,
  Message,
  MethodMessage,
  SharedAccessKeyAuthenticationProvider,
  SharedAccessSignature,
  Twin,
  TwinProperties,
} from 'edge-downstream/azure-iot-device';
import { Mqtt as Protocol, clientFromConnectionString } from 'edge-downstream/azure-iot-device-mqtt';
import {
  ConnectionString as AnyConnectionString,
  Message as Same,
  Receiver,
  TransportConfig,
  errors,
  results,
} from 'edge-downstream/azure-iot-common';
import {
  ExponentialBackOffWithJitter,
  NoRetry,
  RetryPolicy,
  encodeUriComponentStrict,
} from 'edge-downstream/azure-iot-common';

const connectionString = process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '';
const client: Client = Client.fromConnectionString(connectionString, Protocol);
const deviceId: string | undefined = ConnectionString.parse(connectionString).DeviceId;
const host: string | undefined = AnyConnectionString.parse(connectionString, ['HostName']).HostName;

function printResultFor(operation: string) {
  return (error?: Error, result?: results.MessageEnqueued): void => {
    if (error) console.log(operation, error.toString());
    if (result) console.log(operation, result.constructor.name);
  };
}

client.on('error', (error: Error) => console.error(error.message));
client.on('disconnect', () => client.removeAllListeners());
client.on('message', (received: Message) => {
  console.log(received.messageId, received.data.toString(), received.properties.getValue('key'));
  client.complete(received, printResultFor('completed'));
});

client.setOptions({ ca: 'PEM', keepalive: 60, productInfo: 'x', modelId: 'dtmi:a;1' }, (error?: Error) => {
  if (error) throw error;
});
client.open((error?: Error, result?: results.Connected) => {
  const message: Same = new Message(JSON.stringify({ temperature: 21 }));
  message.properties.add('alert', 'false');
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  client.sendEvent(message, printResultFor('send'));
  console.log(error instanceof errors.UnauthorizedError, result);
});

class Patient implements RetryPolicy {
  nextRetryTimeout(retryCount: number, throttled: boolean): number {
    return throttled ? 60_000 : retryCount * 1000;
  }
  shouldRetry(error: Error): boolean {
    return error.name !== 'UnauthorizedError';
  }
}

/** Signs elsewhere. */
class Signer extends SharedAccessKeyAuthenticationProvider {
  protected _sign(
    resourceUri: string,
    expiry: number,
    callback: (error: Error, token?: string) => void,
  ): void {
    const { deviceId }: TransportConfig = this._credentials;
    const valid: number = this._tokenValidTimeInSeconds;
    setTimeout(() => callback(null as any, resourceUri + expiry + deviceId + valid), 1);
  }
}

function types(
  receiver: Receiver,
  method: MethodMessage,
  properties: TwinProperties,
  edge: EdgedAuthConfig,
): void {
  receiver.on('message', (message: Same) => console.log(message.data));
  console.log(method.methods.methodName, method.body.length, properties.desired.x, edge.workloadUri);
}

function onReboot(request: DeviceMethodRequest, response: DeviceMethodResponse): void {
  response.send(202, { after: request.payload.seconds }, (error?: Error) =>
    console.log(error, request.requestId),
  );
}

client.onDeviceMethod('reboot', onReboot);
client.getTwin((error?: Error, twin?: Twin) => {
  if (error || !twin) return;
  twin.on('properties.desired.interval', (interval: number) => console.log(interval));
  twin.properties.reported.update({ firmware: '1.0' }, (failed: any) => console.log(failed));
});

async function run(): Promise<void> {
  const twin: Twin = await client.getTwin();
  console.log(twin.properties.desired.$version);
  const signer = new Signer({ host: 'h', deviceId: 'd' }, 3600, 900);
  const signing: Client = Client.fromAuthenticationProvider(signer, Protocol);
  const transport: DeviceTransport = new Protocol(signer);
  console.log(signing, transport, types, client._transport === transport);
  client.setRetryPolicy(new Patient());
  client.setRetryPolicy(new NoRetry());
  client.setRetryPolicy(new ExponentialBackOffWithJitter(true));
  const opened: results.Connected = await client.open();
  const enqueued: results.MessageEnqueued = await client.sendEvent(new Message(Buffer.from('x')));
  await client.close();
  const token: string = SharedAccessSignature.create('h', 'd', 'key', 5).toString();
  clientFromConnectionString(connectionString).close();
  console.log(opened, enqueued, deviceId, host, token, encodeUriComponentStrict('a/b'));
}

void run();
