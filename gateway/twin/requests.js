// @ts-check
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { ProtocolError } = require('../mqtt/framing');
const { MAX_TOPIC_SIZE } = require('../mqtt/packets');
const { InvalidPatchError, parsePatch } = require('./validation');

/**
 * @typedef {import('../index').PublishPacket} PublishPacket
 * @typedef {import('../index').TwinProperties} TwinProperties
 * @typedef {import('../session/client').Client} Client
 *
 * @typedef {object} Surroundings
 * @property {boolean} strict like IoT Hub
 * @property {{ twinDelayMs: number, twinOfflineDelayMs: number }} limits
 * @property {import('../cloud/link').Link} link
 * @property {import('../faults/faults').Faults} faults
 * @property {import('./twins').Twins} twins
 * @property {(event: string, detail: object) => void} emit
 *
 * @typedef {{ status: number, patch?: TwinProperties, version?: number, reason?: string }} Outcome of a report
 */

const GET = '$iothub/twin/GET/';
const REPORTED = '$iothub/twin/PATCH/properties/reported/';

/** Of a `$rid`, in bytes: the topic of the response is longer than that of the request. */
const MAX_RID_SIZE = MAX_TOPIC_SIZE - 100;

const EMPTY = Buffer.alloc(0);

/**
 * Does what a publish to `$iothub/twin/…` asks for (TwinAddressHelper.cs, DeviceMessageHandler.cs).
 * @param {PublishPacket} packet
 * @param {Client} client
 * @param {Surroundings} surroundings
 * @returns {void | Promise<void>} a promise: the cloud is being asked
 * @throws {ProtocolError} close the connection
 */
function takeTwinRequest({ topic, payload }, client, surroundings) {
  const end = topic.indexOf('/?') + 1 || topic.length;
  const path = topic.slice(0, end);
  const rid = ridOf(topic, topic.slice(end + 1));
  if (rid && Buffer.byteLength(rid) > MAX_RID_SIZE) throw new ProtocolError('no response can hold the $rid');
  if (path === GET && rid) return get(rid, client, surroundings);
  if (path === REPORTED) return report(rid, payload, client, surroundings);
  if (path === GET) throw new ProtocolError(`twin GET without $rid: '${topic}'`);
  throw new ProtocolError(`no twin request: '${topic}'`);
}

/**
 * @param {string} topic
 * @param {string} query
 * @returns {string | undefined} undefined as well if it is empty
 * @throws {ProtocolError} a name is there twice
 */
function ridOf(topic, query) {
  const values = new Map();
  for (const pair of query.split('&')) {
    const [name] = pair.split('=', 1);
    if (values.has(name)) throw new ProtocolError(`'${name}' is there twice: '${topic}'`);
    values.set(name, pair.slice(name.length + 1));
  }
  return values.get('$rid') || undefined;
}

/**
 * While the hub is asked, and while it does not answer, the connection's later publishes wait.
 * @param {string} rid
 * @param {Client} client
 * @param {Surroundings} surroundings
 * @returns {void | Promise<void>}
 */
function get(rid, client, surroundings) {
  const { link, limits, twins, emit } = surroundings;
  const id = client.identity.clientId;
  const fault = surroundings.faults.at('twin', { operation: 'get', id, rid }, client.info);
  // A client over the gateway's limit has no part in the cloud connection.
  const asks = client.served && link.online;
  const answer = () => {
    const { twin, source } = twins.read(id, asks && link.online);
    respond(client, { status: 200, rid, body: Buffer.from(JSON.stringify(twin)) }, fault);
    emit('twinGet', { id, rid, twin: structuredClone(twin), source });
  };
  const delayMs = link.online ? limits.twinDelayMs : limits.twinOfflineDelayMs;
  if (delayMs === 0) return answer();
  return sleep(delayMs, undefined, { ref: false }).then(answer);
}

/**
 * Answered at once, whether or not the hub is reached.
 * @param {string | undefined} rid without one there is no response
 * @param {Buffer} payload
 * @param {Client} client
 * @param {Surroundings} surroundings
 */
function report(rid, payload, client, { strict, faults, twins, emit }) {
  const id = client.identity.clientId;
  const fault = faults.at('twin', { operation: 'reported', id, rid }, client.info);
  const { status: faulty = 0 } = typeof fault === 'object' ? fault : {};
  /** @type {Outcome} */
  const outcome = faulty >= 300 ? { status: faulty } : apply(id, payload, { strict, twins });
  const { status, version } = outcome;
  if (rid !== undefined) {
    respond(client, { status, rid, body: EMPTY, version: strict ? version : undefined }, fault);
  }
  emit('reported', { id, rid, ...outcome });
}

/**
 * @param {string} id
 * @param {Buffer} payload
 * @param {{ strict: boolean, twins: import('./twins').Twins }} surroundings
 * @returns {Outcome}
 */
function apply(id, payload, { strict, twins }) {
  try {
    const patch = parsePatch(payload.toString());
    return { status: 204, patch, version: twins.report(id, patch, { strict }) };
  } catch (error) {
    if (!(error instanceof InvalidPatchError)) throw error;
    return { status: error.status, reason: error.message };
  }
}

/**
 * Sends a response, or what the fault makes of it. Without a filter that matches it is discarded.
 * @param {Client} client
 * @param {{ status: number, rid: string, body: Buffer, version?: number }} response
 * @param {import('../index').TwinFault | undefined} fault
 */
function respond(client, response, fault) {
  if (fault === 'silent') return;
  const { delayMs = 0, repeat = 1, ...changes } = fault ?? {};
  const { topic, body } = spoilt(response, changes);
  const send = () => {
    for (let n = 0; n < repeat; n++) client.deliver(topic, body);
  };
  if (delayMs === 0) send();
  else setTimeout(send, delayMs).unref();
}

/**
 * @param {Parameters<typeof respond>[1]} response
 * @param {Exclude<import('../index').TwinFault, 'silent'>} changes
 */
function spoilt(response, { status = response.status, rid = response.rid, body, omitVersion = false }) {
  const version = response.version === undefined || omitVersion ? '' : `&$version=${response.version}`;
  const topic = `$iothub/twin/res/${status}/?$rid=${rid}${version}`;
  if (body !== undefined) return { topic, body: Buffer.from(body) };
  // An error has no body of edgeHub's.
  if (status >= 300) return { topic, body: EMPTY };
  return { topic, body: omitVersion ? withoutVersions(response.body) : response.body };
}

/**
 * @param {Buffer} body
 */
function withoutVersions(body) {
  if (body.length === 0) return body;
  const text = JSON.stringify(JSON.parse(body.toString()), (name, value) =>
    name === '$version' ? undefined : value,
  );
  return Buffer.from(text);
}

module.exports = { takeTwinRequest };
