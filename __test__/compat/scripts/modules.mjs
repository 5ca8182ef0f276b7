// An ESM app, as it must be written for the originals: by default imports.

import fs from 'node:fs';
import device from 'azure-iot-device';
import { Client } from 'azure-iot-device';
import common from 'azure-iot-common';
import { Mqtt, clientFromConnectionString } from 'azure-iot-device-mqtt';

console.log(device.Client === Client, device.Message === common.Message, typeof clientFromConnectionString);
const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
await client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') });
console.log((await client.open()) instanceof common.results.Connected);
const message = new device.Message('from a module');
message.properties.add('module', 'yes');
console.log((await client.sendEvent(message)).constructor.name);
console.log((await client.close()).constructor.name);
