// The client of this package over a transport of the originals.

import { Mqtt as OriginalMqtt } from 'azure-iot-device-mqtt';
import { Client } from 'edge-downstream';

const client: Client = Client.fromConnectionString('x', OriginalMqtt);
void client.open();
