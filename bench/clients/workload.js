// @ts-check
'use strict';

/**
 * What every client program does, so that they differ in the client alone: `window` sends outstanding, each
 * acknowledgement followed by the next send, a warm-up first. The job comes as JSON in the first argument, the
 * measurements go as JSON to standard output.
 *
 * @typedef {object} Job
 * @property {number} port
 * @property {string} ca path of the root certificate
 * @property {string} deviceId
 * @property {number} window sends outstanding at any time
 * @property {boolean} [webSocket] over WebSocket, where the client has it
 * @property {number} warmUp messages that are sent first and not counted
 * @property {number} messages messages that are counted
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2]);

const host = 'localhost';

/**
 * 256 bytes of JSON as text, as Microsoft's samples send it. Not a Buffer: azure-iot-device writes each message as
 * JSON for its debug log, on or off, and a Buffer makes it half as fast: a comparison with that would flatter us.
 */
const reading = { windSpeed: 12.61, temperature: 24.18, humidity: 66.4, note: '' };
const body = JSON.stringify({ ...reading, note: 'x'.repeat(256 - JSON.stringify(reading).length) });

const property = { name: 'alert', value: 'false' };

/** The topic `azure-iot-device` makes of device and property; clients without one of their own are given it. */
const topic = `devices/${job.deviceId}/messages/events/${property.name}=${property.value}`;

/**
 * Keeps `window` sends outstanding until `count` are acknowledged.
 *
 * @param {(acknowledged: (error?: Error | null) => void) => void} send
 * @param {number} count
 * @param {() => void} done
 */
function pump(send, count, done) {
  if (count === 0) return done();
  let sent = 0;
  let acknowledged = 0;
  const next = () => {
    sent += 1;
    send(settle);
  };
  /** @param {Error | null} [error] */
  const settle = (error) => {
    if (error) return fail(error);
    acknowledged += 1;
    if (sent < count) next();
    else if (acknowledged === count) done();
  };
  for (let open = Math.min(job.window, count); open > 0; open -= 1) next();
}

/**
 * Runs the job over a connected client, prints what was measured, then closes.
 *
 * @param {(acknowledged: (error?: Error | null) => void) => void} send
 * @param {() => void} close
 */
function run(send, close) {
  pump(send, job.warmUp, () => {
    const cpuBefore = process.cpuUsage();
    const start = process.hrtime.bigint();
    pump(send, job.messages, () => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const cpu = process.cpuUsage(cpuBefore);
      const measured = {
        messagesPerSecond: job.messages / seconds,
        cpuMicrosPerMessage: (cpu.user + cpu.system) / job.messages,
        rssBytes: process.memoryUsage().rss,
      };
      process.stdout.write(`${JSON.stringify(measured)}\n`);
      close();
    });
  });
}

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}

module.exports = { job, host, body, property, topic, run, fail };
