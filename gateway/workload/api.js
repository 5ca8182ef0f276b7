// @ts-check
'use strict';

const { createHmac } = require('node:crypto');
const { createModuleCertificate } = require('../certificates/module_certificate');
const { percentDecode } = require('../encoding/percent');

/** Those that aziot-edged knows (edgelet-http, version.rs); the SDK for Node.js asks for the first. */
const VERSIONS = [
  '2018-06-28',
  '2019-01-30',
  '2019-10-22',
  '2019-11-05',
  '2020-07-07',
  '2020-10-10',
  '2021-12-07',
  '2022-08-03',
];

const OF_MODULE =
  /^\/modules\/(?<module>[^/]+)\/genid\/(?<generation>[^/]+)\/(?<what>sign|certificate\/server)$/;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * @typedef {object} WorkloadRequest
 * @property {string} method
 * @property {string} url with its query
 * @property {string} body
 *
 * @typedef {{ status: number, body: object }} WorkloadResponse
 *
 * @typedef {object} Surroundings
 * @property {import('../identity/scope').Scope} scope
 * @property {() => import('../index').Chain} chain
 */

/** A request that is answered with a status and a message. */
class WorkloadError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * What aziot-edged does for modules (edgelet-http-workload): it signs with their keys, issues server certificates and
 * gives the roots to trust. There, the process that calls must be the module's; here, whoever knows its generation id.
 * @param {WorkloadRequest} request
 * @param {Surroundings} surroundings
 * @returns {Promise<WorkloadResponse>}
 */
async function answer(request, surroundings) {
  try {
    return await serve(request, surroundings);
  } catch (error) {
    if (!(error instanceof WorkloadError)) throw error;
    return { status: error.status, body: { message: error.message } };
  }
}

/**
 * @param {WorkloadRequest} request
 * @param {Surroundings} surroundings
 * @returns {Promise<WorkloadResponse>}
 */
async function serve({ method, url, body }, { scope, chain }) {
  const [path, query = ''] = url.split('?', 2);
  const version = new URLSearchParams(query).get('api-version');
  if (version === null) throw new WorkloadError(400, 'api-version is missing');
  if (!VERSIONS.includes(version)) throw new WorkloadError(400, `api-version '${version}' is unknown`);
  if (path === '/trust-bundle') {
    requireMethod('GET', method, path);
    return { status: 200, body: { certificate: chain().rootPem } };
  }
  const { module, generation, what } = OF_MODULE.exec(path)?.groups ?? {};
  if (module === undefined) throw new WorkloadError(404, `nothing is at '${path}'`);
  requireMethod('POST', method, path);
  const child = childOf(scope, percentDecode(module), percentDecode(generation));
  const asked = parse(body);
  return what === 'sign' ? sign(child, asked) : certify(child, asked, chain());
}

/**
 * @param {string} wanted
 * @param {string} method
 * @param {string} path
 */
function requireMethod(wanted, method, path) {
  if (method !== wanted) throw new WorkloadError(405, `'${path}' takes ${wanted}, not ${method}`);
}

/**
 * The path does not name the device, but generations are unique.
 * @param {import('../identity/scope').Scope} scope
 * @param {string} moduleId
 * @param {string} generationId
 */
function childOf(scope, moduleId, generationId) {
  const child = scope.ofGeneration(generationId);
  if (child?.moduleId === moduleId) return child;
  throw new WorkloadError(404, `there is no module '${moduleId}' of generation '${generationId}'`);
}

/**
 * @param {string} body
 * @returns {Record<string, unknown>}
 */
function parse(body) {
  try {
    const value = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new WorkloadError(400, 'the body is not a JSON object');
}

/**
 * @param {import('../index').Device} child
 * @param {Record<string, unknown>} asked
 * @returns {WorkloadResponse}
 */
function sign({ primaryKey = '', secondaryKey = '' }, { keyId = 'primary', algo = 'HMACSHA256', data }) {
  if (String(algo).toUpperCase() !== 'HMACSHA256') {
    throw new WorkloadError(400, `algo cannot be ${JSON.stringify(algo)}; it is HMACSHA256`);
  }
  if (typeof data !== 'string' || !BASE64.test(data)) throw new WorkloadError(400, 'data is not base64');
  const key = Buffer.from(keyId === 'secondary' ? secondaryKey : primaryKey, 'base64');
  const digest = createHmac('sha256', key).update(Buffer.from(data, 'base64')).digest('base64');
  return { status: 200, body: { digest } };
}

/**
 * @param {import('../index').Device} child
 * @param {Record<string, unknown>} asked
 * @param {import('../index').Chain} issuer
 * @returns {Promise<WorkloadResponse>}
 */
async function certify({ moduleId = '' }, { commonName }, issuer) {
  if (typeof commonName !== 'string' || commonName === '') {
    throw new WorkloadError(400, 'commonName is not a name');
  }
  const certificate = await createModuleCertificate({ moduleId, commonName, issuer }).catch((error) => {
    throw new WorkloadError(500, error.message);
  });
  return {
    status: 201,
    body: {
      privateKey: { type: 'key', bytes: certificate.keyPem },
      certificate: certificate.certPem,
      expiration: certificate.notAfter.toISOString().replace('.000Z', '+00:00'),
    },
  };
}

module.exports = { VERSIONS, answer };
