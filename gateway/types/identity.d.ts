/** A child of the gateway: a device with keys or with X.509, and its modules. */
export interface DeviceOptions {
  /** Without `/`. */
  deviceId: string;
  /** Base64. Default random, 32 bytes. None with `x509`. */
  primaryKey?: string;
  /** Base64. Default random, 32 bytes. None with `x509`. */
  secondaryKey?: string;
  /**
   * The device shows a certificate instead of a token: one with one of these thumbprints, or, with `'ca'`, one of its
   * own name that leads to the gateway's trust bundle.
   */
  x509?: Thumbprints | 'ca';
  modules?: ModuleOptions[];
}

/** A module always has keys: edgeHub refuses modules with X.509. */
export interface ModuleOptions {
  /** Without `/`. */
  moduleId: string;
  /** Base64. Default random, 32 bytes. */
  primaryKey?: string;
  /** Base64. Default random, 32 bytes. */
  secondaryKey?: string;
}

/** SHA-1 or SHA-256 of a certificate in hexadecimal, in any letter case, with or without colons. */
export interface Thumbprints {
  primaryThumbprint: string;
  secondaryThumbprint?: string;
}

/** A device or module as the gateway knows it. It has keys or `x509`. */
export interface Device {
  /** `<deviceId>`, or `<deviceId>/<moduleId>`. */
  clientId: string;
  deviceId: string;
  moduleId?: string;
  /** Of a module; another one each time it is made. */
  generationId?: string;
  enabled: boolean;
  primaryKey?: string;
  secondaryKey?: string;
  /** Thumbprints in lower case, without colons. */
  x509?: Thumbprints | 'ca';
}

/** What a plain MQTT client sends in CONNECT. */
export interface MqttCredentials {
  clientId: string;
  username: string;
  /** A SAS token. */
  password?: string;
}
