// @ts-check
'use strict';

/**
 * What a module's process has in its environment on an IoT Edge device (edgelet-edgeagent).
 * @param {import('../index').Device} child
 * @param {{ hubHostName: string, endpoint: string, workloadUri: string }} gateway
 * @returns {import('../index').ModuleEnvironment}
 */
function environmentOf(
  { deviceId, moduleId = '', generationId = '' },
  { hubHostName, endpoint, workloadUri },
) {
  return {
    IOTEDGE_WORKLOADURI: workloadUri,
    IOTEDGE_DEVICEID: deviceId,
    IOTEDGE_MODULEID: moduleId,
    IOTEDGE_MODULEGENERATIONID: generationId,
    IOTEDGE_IOTHUBHOSTNAME: hubHostName,
    IOTEDGE_GATEWAYHOSTNAME: endpoint,
    IOTEDGE_AUTHSCHEME: 'sasToken',
    IOTEDGE_APIVERSION: '2018-06-28',
  };
}

module.exports = { environmentOf };
