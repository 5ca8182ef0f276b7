/** A child of the gateway. Keys are base64. */
export interface DeviceOptions {
  deviceId: string;
  /** Default random, 32 bytes. */
  primaryKey?: string;
  /** Default random, 32 bytes. */
  secondaryKey?: string;
}

export interface Device {
  deviceId: string;
  primaryKey: string;
  secondaryKey: string;
  enabled: boolean;
}
