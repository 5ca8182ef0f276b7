/** The certificates of a gateway and the key of its server certificate, all PEM. */
export interface Chain {
  /** Common name of the server certificate: the first of `ChainOptions.host`. */
  readonly host: string;
  /** What a device must trust: the root, or the self-signed CA of a quick-start gateway. */
  readonly rootPem: string;
  /** Absent for a quick-start gateway. */
  readonly intermediatePem: string | undefined;
  readonly deviceCaPem: string;
  readonly serverPem: string;
  /** PKCS#8. */
  readonly serverKeyPem: string;
  /** The certificates that the gateway presents in the handshake, in order. */
  readonly chainPem: string;
}

/** `rsa-<bits>` signs with SHA-256, a curve with the digest of its strength. */
export type KeyKind = `rsa-${number}` | 'P-256' | 'P-384' | 'P-521';

export interface ChainOptions {
  /**
   * Names and IP addresses of the gateway. The first is the common name; all of them, then `edgeHub`, are the
   * subject alternative names. Default `localhost`.
   */
  host?: string | string[];
  /** Certificates to present, in order. Default server, deviceCa, intermediate; with `quickStart` only server. */
  present?: Array<'server' | 'deviceCa' | 'intermediate' | 'root'>;
  /** Share all CAs of that chain: a gateway that renewed its server certificate. */
  issuer?: Chain;
  /** Share the root of that chain, with a new intermediate and device CA. */
  root?: Chain;
  /** Common name of a new root. Default `Azure_IoT_Hub_CA_Cert_Test_Only`, so every new root has the same name. */
  rootName?: string;
  /** Names the device CA: `<edgeDeviceName>.ca`, or `aziot-edge CA <edgeDeviceName>`. Default `edge`. */
  edgeDeviceName?: string;
  /** A gateway without configured certificates: the device CA is self-signed, 90 days, path length 0. */
  quickStart?: boolean;
  /** RSA key size of the CAs in bits. Default 2048; certGen.sh makes 4096. */
  caKeySize?: number;
  /** Key kind of the CAs; goes before `caKeySize`. */
  caKey?: KeyKind;
  /** Key kind of the server certificate. Default `rsa-2048`. */
  serverKey?: KeyKind;
  /** Default now, without any back-dating, as edgeHub's certificate. */
  serverNotBefore?: Date;
  /** Default 30 days after `serverNotBefore`, or when the device CA expires, whichever comes first. */
  serverNotAfter?: Date;
}

/**
 * Makes the certificates of a gateway (contract edge-gateway.md §6.2–§6.5). Keys are new in every call, unless
 * `issuer` or `root` shares those of an earlier chain of this process. RSA keys take some 100 ms each.
 * @throws {RangeError} unknown key kind, or a certificate in `present` that the chain does not have
 * @throws {TypeError} `issuer` or `root` is not a chain of this process
 */
export function createChain(options?: ChainOptions): Promise<Chain>;
