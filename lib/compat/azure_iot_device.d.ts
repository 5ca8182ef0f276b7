/**
 * The exports of azure-iot-device 1.18 under their names there. The classes are those of `edge-downstream`, where every
 * member is described; those at the end are not implemented yet.
 */

import { Callback } from '../../index';

export {
  Client,
  ConnectionString,
  DeviceMethodRequest,
  DeviceMethodResponse,
  Message,
  SharedAccessSignature,
  SharedAccessSignatureAuthenticationProvider,
  SharedAccessKeyAuthenticationProvider,
  X509AuthenticationProvider,
  AmqpTransportOptions,
  DeviceClientOptions,
  DeviceTransport,
  HttpReceiverOptions,
  HttpTransportOptions,
  MethodMessage,
  MqttTransportOptions,
  TokenRenewalValues,
  Twin,
  TwinProperties,
} from '../../index';

/**
 * How the client introduces itself: `edge-downstream/<version> (node v20.20.2; Debian 12; x64)`, then `productInfo`.
 * Never fails.
 *
 * @throws {TypeError} `productInfo` is no text.
 */
export function getUserAgentString(productInfo: string, callback: (userAgent?: string) => void): void;
export function getUserAgentString(callback: (userAgent?: string) => void): void;
export function getUserAgentString(productInfo?: string): Promise<string>;

// Not implemented yet. Making or calling one throws `ERR_IOT_NOT_IMPLEMENTED`, with a hint what to do without.

/** @deprecated Not implemented yet. */
export class ModuleClient {
  private constructor();
  static fromConnectionString(connectionString: string, Transport: any): never;
  static fromSharedAccessSignature(sharedAccessSignature: string, Transport: any): never;
  static fromAuthenticationProvider(authenticationProvider: any, Transport: any): never;
  static fromEnvironment(Transport: any, callback: Callback<ModuleClient>): void;
  static fromEnvironment(Transport: any): Promise<never>;
}
/** What an IoT Edge module authenticates with. */
export interface EdgedAuthConfig {
  workloadUri: string;
  deviceId: string;
  moduleId: string;
  iothubHostName: string;
  authScheme: string;
  gatewayHostName?: string;
  generationId: string;
}
/** @deprecated Not implemented yet. */
export class IotEdgeAuthenticationProvider {
  private constructor();
}
