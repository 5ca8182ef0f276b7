// The client of this package over transports of the originals, and their providers under it.

import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt as OriginalMqtt, MqttWs as OriginalMqttWs } from 'azure-iot-device-mqtt';
import { SharedAccessKeyAuthenticationProvider as OriginalProvider } from 'azure-iot-device';
import { Client, DeviceTransport, Mqtt } from 'edge-downstream';

const client: Client = Client.fromConnectionString('x', OriginalMqtt);
void client.open();
for (const Transport of [Amqp, AmqpWs, OriginalMqttWs]) {
  Client.fromConnectionString('x', Transport);
  Client.fromSharedAccessSignature('x', Transport);
}
// Declared as a namespace by azure-iot-device-http, and a class all the same.
Client.fromConnectionString('x', Http);
Client.fromSharedAccessSignature('x', Http);
Client.fromAuthenticationProvider(OriginalProvider.fromConnectionString('x'), Http);
Client.fromAuthenticationProvider(OriginalProvider.fromConnectionString('x'), Mqtt);

declare const amqp: Amqp;
declare const http: Http.Http;
const transports: DeviceTransport[] = [amqp, http];
for (const transport of transports) new Client(transport);
