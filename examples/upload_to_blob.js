'use strict';

/**
 * A device that uploads a file to the blob storage of the hub, written for azure-iot-device. It needs no connection, and no
 * gateway is asked: the hub itself is, and the storage account that is set up there for file upload.
 *
 *     npm install @azure/storage-blob
 *     export IOTHUB_DEVICE_CONNECTION_STRING='HostName=…;DeviceId=…;SharedAccessKey=…'
 *     export PATH_TO_EDGE_CA_CERT=/path/to/root.pem     # only if the hub, or a proxy, has a root of its own
 *     node -r edge-downstream/register examples/upload_to_blob.js <file> [<name of the blob>]
 */

const fs = require('node:fs');
const path = require('node:path');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const { IOTHUB_DEVICE_CONNECTION_STRING, PATH_TO_EDGE_CA_CERT } = process.env;
const [file, blobName = path.basename(file ?? '')] = process.argv.slice(2);

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  if (error.hint) console.error(error.hint);
  process.exitCode = 1;
});

async function main() {
  if (file === undefined) throw new Error('Give the path of a file.');
  const { size } = fs.statSync(file);
  const client = Client.fromConnectionString(IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
  if (PATH_TO_EDGE_CA_CERT) await client.setOptions({ ca: PATH_TO_EDGE_CA_CERT });
  const onProgress = (bytes) => console.log(`${Math.round((100 * bytes) / size)} %`);
  await client.uploadToBlob(blobName, fs.createReadStream(file), size, undefined, { onProgress });
  console.log(`Uploaded ${size} bytes as ${blobName}`);
}
