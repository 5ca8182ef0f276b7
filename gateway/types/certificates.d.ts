/** The certificates of a gateway and the key of its server certificate, all PEM. */
export interface Chain {
  /** Common name of the server certificate: the first of `ChainOptions.host`. */
  readonly host: string;
  /** What a device is given to trust: the root, or the self-signed CA of a quick-start gateway. */
  readonly rootPem: string;
  /** The root that the chain leads to: another one than `rootPem` where `rootGiven` says so. */
  readonly actualRootPem: string;
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
export type KeyKind = `rsa-${number}` | 'P-256' | 'P-384' | 'P-521' | 'Ed25519';

/** A chain by name; `CHAIN_VARIANTS` says what each is. Those without a fault come first. */
export type ChainVariant =
  | 'good-dns'
  | 'good-ip'
  | 'quick-start'
  | 'quick-start-with-ca'
  | 'full-chain'
  | 'root-included'
  | 'shuffled'
  | 'no-usage'
  | 'p-256'
  | 'p-384'
  | 'p-521'
  | 'ed25519'
  | 'missing-intermediate'
  | 'wrong-root'
  | 'same-name-root'
  | 'expired-leaf'
  | 'expired-intermediate'
  | 'expired-root'
  | 'not-yet-valid-leaf'
  | 'not-yet-valid-intermediate'
  | 'not-yet-valid-root'
  | 'common-name-only'
  | 'wrong-name'
  | 'ip-as-dns-name'
  | 'leaf-is-ca'
  | 'client-usage'
  | 'version-1'
  | 'rsa-1024'
  | 'sha-1'
  | 'path-length';

/** What differs in one certificate of a chain. What is absent or undefined is as usual. */
export interface CertificateOverrides {
  commonName?: string;
  key?: KeyKind;
  notBefore?: Date;
  notAfter?: Date;
  /** Version 1 has no extensions. Default 3. */
  version?: 1 | 3;
  /** Of the signature on it. Default by the issuer's key; not with an issuer that has an Ed25519 key. */
  digest?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Subject alternative names of the server certificate; `dns:10.0.0.5` is an address as a host name. False: none. */
  names?: string[] | false;
  /** Extended key usages of the server certificate. False: no such extension. Default serverAuth. */
  usages?: Array<'serverAuth' | 'clientAuth'> | false;
  /** CA:TRUE in the server certificate; false for a CA leaves its extensions out. */
  authority?: boolean;
  /** Path length of a CA. Default none; 0 for that of a quick-start gateway. */
  pathLength?: number;
  /** Content of the INTEGER. Default 0 for the server certificate, else random. */
  serialNumber?: Uint8Array;
}

/** Certificates of a chain; `workloadCa` stands between device CA and server, if it is given. */
export type ChainRole = 'server' | 'workloadCa' | 'deviceCa' | 'intermediate' | 'root';

export interface ChainOptions {
  /**
   * Options by name. All others go before it, and its keys are P-256 where nothing else is said. Those that are about
   * IP addresses are for `127.0.0.1` by default.
   */
  variant?: ChainVariant;
  /**
   * Names and IP addresses of the gateway, without scheme and port. The first is the common name; all of them, then
   * `edgeHub`, are the subject alternative names. Default `localhost`.
   */
  host?: string | string[];
  /**
   * Certificates to present, in order. Default server, workloadCa if there is one, deviceCa, intermediate; with
   * `quickStart` only server.
   */
  present?: ChainRole[];
  /** Share all CAs of that chain: a gateway that renewed its server certificate. */
  issuer?: Chain;
  /** Share the root of that chain, with a new intermediate and device CA. */
  root?: Chain;
  /** What devices get as root: another one by mistake, of another name or of the same. Default `actual`. */
  rootGiven?: 'actual' | 'stranger' | 'namesake';
  /**
   * Common name of a new root, so not with `root`, `issuer` or `quickStart`. Default `Azure_IoT_Hub_CA_Cert_Test_Only`:
   * every new root has the same name.
   */
  rootName?: string;
  /**
   * Names the device CA, so not with `issuer`: `<edgeDeviceName>.ca`, or `aziot-edge CA <edgeDeviceName>`. Default `edge`.
   */
  edgeDeviceName?: string;
  /** A gateway without configured certificates: the device CA is self-signed, 90 days, path length 0. */
  quickStart?: boolean;
  /** RSA key size of the CAs in bits. Default 2048; certGen.sh makes 4096. */
  caKeySize?: number;
  /** Key kind of the CAs; goes before `caKeySize`. */
  caKey?: KeyKind;
  /** Key kind of the server certificate. Default `rsa-2048`. */
  serverKey?: KeyKind;
  /**
   * What differs, certificate by certificate. By default all begin `now`, without any back-dating, as edgeHub's
   * does; they last 30 days (the CA of a quick-start gateway 90), the server certificate never longer than its issuer.
   * Only those that this call makes, so with `issuer` only the server certificate.
   */
  certificates?: Partial<Record<ChainRole, CertificateOverrides>>;
  /** The clock of the gateway that makes them. Default this machine's. */
  now?: Date;
}

/**
 * Makes the certificates of a gateway. Keys are new in every call, unless `issuer` or `root` shares those of an
 * earlier chain of this process. RSA keys take some 100 ms each.
 * @throws {RangeError} unknown variant or key kind, a host that is no IP address in a variant about them, a certificate
 *   in `present` that the chain does not have, one in `certificates` that this call does not make, or an option that would
 *   have no effect beside another
 * @throws {TypeError} `issuer` or `root` is not a chain of this process; an unknown option or field of `certificates`, or a
 *   value that it cannot have
 */
export function createChain(options?: ChainOptions): Promise<Chain>;

/** What each variant is, in a line. */
export const CHAIN_VARIANTS: Readonly<Record<ChainVariant, string>>;

export interface DeviceCertificateOptions {
  /** Common name. */
  deviceId: string;
  /** Its device CA signs. Default: the certificate signs itself. */
  issuer?: Chain;
  /** Default `P-256`. */
  key?: KeyKind;
  /** Default now. */
  notBefore?: Date;
  /** Default 30 days later. */
  notAfter?: Date;
  /** CA:TRUE, which edgeHub refuses. Default false. */
  authority?: boolean;
}

/** The certificate of an X.509 device. */
export interface DeviceCertificate {
  /** With the intermediates that a CA-signed device must send. */
  readonly certPem: string;
  /** PKCS#8. */
  readonly keyPem: string;
  /** Upper-case hexadecimal, without colons. */
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
  /** What the gateway must have in its trust bundle; absent if self-signed. */
  readonly caPem: string | undefined;
}

/**
 * Makes the certificate of an X.509 device, with extended key usage clientAuth.
 * @throws {RangeError} unknown key kind
 * @throws {TypeError} `issuer` is not a chain of this process; an unknown option, or a value that it cannot have
 */
export function createDeviceCertificate(options: DeviceCertificateOptions): Promise<DeviceCertificate>;
