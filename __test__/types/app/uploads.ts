// Uploads, as code for this package has them, and what the compiler must refuse.

import { Readable } from 'node:stream';
import { Client, Device, Mqtt, UploadParams, UploadedBlob } from 'edge-downstream';
import { Hub, startHub } from 'edge-downstream-gateway';

async function ofClient(client: Client, stream: Readable): Promise<void> {
  client.uploadToBlob('a', stream, 1, (error?: Error | null) => console.log(error));
  await client.uploadToBlob('a', stream, 1, undefined, { onProgress: (bytes) => bytes.toFixed() });
  const { sasToken, correlationId }: UploadParams = await client.getBlobSharedAccessSignature('a');
  client.getBlobSharedAccessSignature('a', (_, params) => console.log(params?.hostName, sasToken));
  await client.notifyBlobUploadStatus(correlationId, true, 201, 'Created');
  client.notifyBlobUploadStatus(correlationId, true, 201, 'Created', (error) => console.log(error));
  // @ts-expect-error A path is no stream.
  await client.uploadToBlob('a', '/tmp/a', 1);
}

async function ofDevice(device: Device): Promise<void> {
  const { blobName, correlationId }: UploadedBlob = await device.uploadToBlob('a', 'text', {
    signal: AbortSignal.timeout(1),
  });
  const result = { isSuccess: false, statusCode: 0, statusDescription: blobName };
  await device.notifyBlobUploadStatus(correlationId, result, { timeout: 1000 });
  // @ts-expect-error A result has three parts.
  await device.notifyBlobUploadStatus(correlationId, { isSuccess: true });
  // @ts-expect-error There is no such option.
  await device.uploadToBlob('a', 'text', { progress: true });
}

async function atHub(): Promise<void> {
  const hub: Hub = await startHub({ devices: [{ deviceId: 'd1' }], limits: { blobBytes: 1 } });
  hub.on('uploadEnded', ({ blobName, notification }) => console.log(blobName, notification?.isSuccess));
  hub.faults = { request: ({ path }) => (path.startsWith('/uploads') ? { status: 429 } : undefined) };
  console.log(hub.blob('uploads/d1/a')?.content.length);
  // @ts-expect-error Only gateways can be away from the cloud.
  await startHub({ offline: true });
}

void ofClient(Client.fromConnectionString('x', Mqtt), Readable.from([]));
void [ofDevice, atHub];
