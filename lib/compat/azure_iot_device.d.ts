/**
 * The exports of azure-iot-device 1.18 under their names there. The classes are those of `edge-downstream`, where every
 * member is described.
 */

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
  EdgedAuthConfig,
  HttpReceiverOptions,
  HttpTransportOptions,
  IotEdgeAuthenticationProvider,
  MethodMessage,
  MethodParams,
  MethodResult,
  ModuleClient,
  MqttTransportOptions,
  TokenRenewalValues,
  Twin,
  TwinProperties,
  UploadOptions,
  UploadParams,
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
