/** JSON values by name. In a patch null deletes. */
export type TwinProperties = Record<string, unknown>;

/** A twin as a GET reads it: properties and, unless the gateway does not know it, `$version`. */
export interface Twin {
  desired: TwinProperties & { $version?: number };
  reported: TwinProperties & { $version?: number };
}

/** A twin GET was served; a device without a subscription to responses does not hear of it. */
export interface TwinGet {
  /** `deviceId`, or `deviceId/moduleId`. */
  id: string;
  rid: string;
  twin: Twin;
  /** `cache` and `nothing`, an empty twin, while the cloud is out of reach. */
  source: 'hub' | 'cache' | 'nothing';
}

/** A device reported. */
export interface ReportedUpdate {
  id: string;
  /** Undefined: the device wants no response. */
  rid: string | undefined;
  /** Of the response: 204 accepted, else 400 or 500, or of a fault. */
  status: number;
  /** If it was accepted. */
  patch?: TwinProperties;
  /** Of the hub's reported properties with it, if it was accepted; undefined as well if the hub refuses it in silence. */
  version?: number;
  /** Why not. */
  reason?: string;
}

/** The hub does not take what a device reported, and the device is not told: it was answered with 204. */
export interface ReportRefusal {
  id: string;
  reason: string;
}

/** A desired patch was sent to a device. */
export interface DesiredUpdate {
  id: string;
  version: number;
  /** As sent, with `$version`. */
  patch: TwinProperties;
}

export interface DesiredOptions {
  /** Default the present one plus 1; a higher one skips versions. */
  version?: number;
}
