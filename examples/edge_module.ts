/**
 * A module: temperatures above a threshold, which the cloud sets, go from its input on to its output. On IoT Edge it finds what
 * it needs in its environment; elsewhere as in `module.js`. Ctrl+C ends it.
 */

import { connect } from 'edge-downstream';

interface Desired {
  threshold: number;
}
interface Reported {
  passedOn: number;
}

async function main(): Promise<void> {
  const module = await connect({ environment: true, retry: 'forever' });
  process.once('SIGINT', () => void module.close());
  const twin = await module.twin<Desired, Reported>();
  let passedOn = 0;

  // What is acted upon is acknowledged: when the next one is asked for.
  for await (const { input, data, properties } of module.inputs) {
    if (input !== 'temperatures') continue;
    const reading: { temperature: number } = JSON.parse(data.toString());
    if (reading.temperature <= (twin.desired.threshold ?? 25)) continue;
    await module.outputs.send('alerts', reading, { properties });
    passedOn += 1;
    await twin.report({ passedOn });
    console.log(`${reading.temperature} °C was passed on`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
