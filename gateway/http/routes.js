// @ts-check
'use strict';

/**
 * @typedef {object} HttpRequest
 * @property {string} path without query, as it came
 * @property {URLSearchParams} query
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {import('node:crypto').X509Certificate[]} certificates of the client, its own first; none without one
 * @property {(most: number) => Promise<Buffer | undefined>} readBody to be called once it is known who asks: undefined
 *   if the body is longer than so many bytes
 *
 * @typedef {object} HttpResponse
 * @property {number} status
 * @property {Record<string, string>} [headers]
 * @property {Buffer | string} [body]
 *
 * @typedef {object} Route
 * @property {string} method
 * @property {RegExp} path
 * @property {(request: HttpRequest) => HttpResponse | Promise<HttpResponse>} handle
 */

/**
 * @param {Route[]} routes
 * @param {string} method
 * @param {string} path
 * @returns {Route['handle']} what answers such a request; without a route, 404 does
 */
function handlerOf(routes, method, path) {
  const route = routes.find((candidate) => candidate.method === method && candidate.path.test(path));
  return route ? route.handle : () => ({ status: 404 });
}

module.exports = { handlerOf };
