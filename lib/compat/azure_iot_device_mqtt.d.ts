/** The exports of azure-iot-device-mqtt 1.16 under their names there. */

import { Client } from '../../index';

export { Mqtt, MqttWs } from '../../index';

/** `Client.fromConnectionString(connectionString, Mqtt)` */
export function clientFromConnectionString(connectionString: string): Client;
