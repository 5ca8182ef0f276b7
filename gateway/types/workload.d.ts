/**
 * The environment of a module's process, from which `ModuleClient.fromEnvironment` of every SDK makes its client. Without
 * `IOTEDGE_GATEWAYHOSTNAME`'s port an SDK takes 8883, or 443 for WebSocket.
 */
export interface ModuleEnvironment {
  /** Of the workload API: `unix:///…/workload.sock`, or `http://127.0.0.1:<port>/`. */
  IOTEDGE_WORKLOADURI: string;
  IOTEDGE_DEVICEID: string;
  IOTEDGE_MODULEID: string;
  IOTEDGE_MODULEGENERATIONID: string;
  IOTEDGE_IOTHUBHOSTNAME: string;
  IOTEDGE_GATEWAYHOSTNAME: string;
  IOTEDGE_AUTHSCHEME: string;
  IOTEDGE_APIVERSION: string;
}

/** A request to the workload API was answered. */
export interface WorkloadRequest {
  method: string;
  path: string;
  status: number;
}
