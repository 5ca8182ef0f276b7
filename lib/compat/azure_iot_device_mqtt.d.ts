/** The exports of azure-iot-device-mqtt 1.16 under their names there. */

import { Client } from '../../index';

export { Mqtt } from '../../index';

/** @deprecated Not implemented yet: making one throws `ERR_IOT_NOT_IMPLEMENTED`. */
export class MqttWs {
  private constructor();
}

/** `Client.fromConnectionString(connectionString, Mqtt)` */
export function clientFromConnectionString(connectionString: string): Client;
