/** The exports of azure-iot-device-mqtt 1.16 under their names there, as far as there is something behind them. */

import { Client } from '../../index';

export { Mqtt } from '../../index';

/** `Client.fromConnectionString(connectionString, Mqtt)` */
export function clientFromConnectionString(connectionString: string): Client;
