// @ts-check
'use strict';

const { createChain, startGateway } = require('..');

/**
 * A gateway in a process of its own, for tests of its memory and of how long it is held. It is told by messages what to
 * do, and answers each.
 *
 *     node --expose-gc watched_gateway.js '<options of startGateway as JSON>'
 */

/** How often the watch looks. Milliseconds. */
const TICK_MS = 1;

/**
 * How long the event loop was held between two looks: no longer than the time that passed, whatever it waited for, and no
 * longer than the CPU that was used, whatever else the machine did. Some short turns may fall between two looks, so it is
 * never less than the longest turn.
 */
class Watch {
  #cpu = process.cpuUsage();
  #time = performance.now();
  #longest = 0;

  constructor() {
    setInterval(() => this.#look(), TICK_MS).unref();
  }

  #look() {
    const { user, system } = process.cpuUsage(this.#cpu);
    const passed = performance.now() - this.#time;
    this.#cpu = process.cpuUsage();
    this.#time = performance.now();
    this.#longest = Math.max(this.#longest, Math.min(passed, (user + system) / 1000));
  }

  /** Milliseconds of the longest turn since the last reset. */
  reset() {
    this.#look();
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }
}

async function main() {
  const chain = await createChain({ variant: 'p-256' });
  const devices = [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }, { deviceId: 'd2' }];
  const gateway = await startGateway({ chain, devices, ...JSON.parse(process.argv[2] ?? '{}') });
  const watch = new Watch();
  /** @type {Record<string, (argument: any) => unknown>} */
  const actions = {
    state: () => {
      globalThis.gc?.();
      const { received, connections } = gateway.counts;
      const open = gateway.connections().length;
      return { received, connections, open, stored: gateway.upstream.stored, ...process.memoryUsage() };
    },
    longestTurn: () => watch.reset(),
    call: ({ id, options }) =>
      gateway.invokeMethod(id, 'm', 1, options).then(
        ({ status }) => ({ status }),
        ({ message }) => ({ message }),
      ),
    send: ({ id, body }) => void gateway.sendC2D(id, body),
    online: (online) => void (gateway.offline = !online),
  };
  process.on('message', async ({ ask, what, argument }) => {
    process.send?.({ ask, answer: await actions[what](argument) });
  });
  process.send?.({
    host: gateway.host,
    port: gateway.port,
    webSocketPort: gateway.webSocketPort,
    rootPem: gateway.rootPem,
    hubHostName: gateway.hubHostName,
    connectionStrings: Object.fromEntries(
      gateway.devices().map(({ clientId }) => [clientId, gateway.connectionString(clientId)]),
    ),
  });
  process.once('disconnect', () => gateway.close());
}

main();
