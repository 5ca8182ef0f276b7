// Code for the local gateway, and what the compiler must refuse.

import {
  CHAIN_VARIANTS,
  C2DMessage,
  Chain,
  ChainVariant,
  Faults,
  Gateway,
  GatewayOptions,
  InputMessage,
  Message,
  MethodError,
  ModuleEnvironment,
  createChain,
  createDeviceCertificate,
  startGateway,
} from 'edge-downstream-gateway';

const faults: Faults = {
  accept: (connectionNumber) => (connectionNumber === 1 ? 'refuse' : undefined),
  connack: { code: 3, delayMs: 100 },
  publish: (n, packet, { clientId }) =>
    n === 3 && clientId === 'd' && packet.topic !== '' ? 'cut-before-puback' : undefined,
  secure: ({ connectionNumber }) => (connectionNumber === 1 ? 'drop-early-connect' : undefined),
  suback: 0x80,
  twin: ({ operation }) => (operation === 'get' ? { status: 429 } : 'silent'),
  output: { fragmentBytes: 1 },
};

const options: GatewayOptions = {
  port: 8883,
  webSocketPort: 'same',
  devices: [
    { deviceId: 'd', modules: [{ moduleId: 'm' }] },
    { deviceId: 'x', x509: 'ca' },
  ],
  limits: { maxClients: 10 },
  routes: ['FROM /messages/* INTO BrokeredEndpoint("/modules/m/inputs/in1")'],
  edgeDeviceId: 'd',
  workloadPort: 0,
  strict: true,
  faults,
};

async function useGateway(gateway: Gateway): Promise<void> {
  const { deviceId, body, properties }: Message = (await gateway.waitForMessages(1, { timeoutMs: 1000 }))[0];
  console.log(deviceId, body.toString('utf8'), properties.unit);
  for await (const message of gateway.messages({ signal: AbortSignal.timeout(1000) })) {
    console.log(message.systemProperties.messageId);
  }
  gateway.on('refused', ({ clientId, returnCode, reason }) => console.log(clientId, returnCode, reason));
  gateway.on('telemetry', (message) => console.log(message.receivedAt.getTime()));
  const c2d: C2DMessage = gateway.sendC2D('d', 'on', { properties: { lamp: 'left' } });
  const outcome: 'completed' | 'rejected' = await c2d.settled;
  const version: number = gateway.patchDesired('d', { interval: 10, unit: null });
  console.log(c2d.deadLetter === 'expired', c2d.expiresAt.getTime());
  console.log(outcome, version, gateway.twin('d').desired.$version, gateway.dropped[0]?.reason);
  try {
    const { status, payload } = await gateway.invokeMethod('d/m', 'reboot', { delay: 3 }, { from: 'module' });
    console.log(status + 1, payload);
  } catch (error) {
    if (error instanceof MethodError) console.log(error.status === 504);
  }
  const input: InputMessage = gateway.sendInput('d/m', 'in1', 'go', { from: 'd/n', properties: { a: 'b' } });
  gateway.on('input', ({ status }) => console.log(status === 'expired', input.deliveryCount));
  gateway.on('c2dReturned', ({ message, reason }) => console.log(message.messageId, reason));
  gateway.routes = { up: 'FROM /messages/* INTO $upstream' };
  const environment: ModuleEnvironment = gateway.moduleEnvironment('d/m', { workload: 'unix' });
  console.log(environment.IOTEDGE_WORKLOADURI, gateway.routes.up);
  gateway.rotateKeys('d', { primaryKey: 'a2V5' });
  gateway.faults = {};
  gateway.offline = true;
  gateway.cut('d', 'rst');
  const chain: Chain = await createChain({ variant: 'expired-leaf', host: 'gw.local' });
  await gateway.restart({ downtimeMs: 10, keepSessions: false, chain });
}

async function useCertificates(): Promise<void> {
  for (const variant of Object.keys(CHAIN_VARIANTS) as ChainVariant[]) {
    console.log(variant, CHAIN_VARIANTS[variant].length);
  }
  const { certPem, thumbprintSha256 } = await createDeviceCertificate({ deviceId: 'd' });
  console.log(certPem, thumbprintSha256);
}

export async function useAll(): Promise<void> {
  await using gateway = await startGateway(options);
  await useGateway(gateway);
  await useCertificates();
}

export async function mistakes(gateway: Gateway): Promise<void> {
  // @ts-expect-error An option that there is not.
  await startGateway({ prot: 8883 });
  // @ts-expect-error A fault that there is not.
  gateway.faults = { pingresp: 'late' };
  // @ts-expect-error A variant that there is not.
  await createChain({ variant: 'expired' });
  // @ts-expect-error Read-only.
  gateway.port = 1;
  // @ts-expect-error An event that there is not.
  gateway.on('message', () => {});
  // @ts-expect-error A route without a name, and not in a list.
  gateway.routes = 'FROM /messages/* INTO $upstream';
  // @ts-expect-error A limit that there is not.
  await startGateway({ limits: { maxclients: 1 } });
}
