// @ts-check

/** The half of `register.js` that Node 20 runs in a thread of its own. */

/** @type {Map<string, string>} The name and the URL that stands in for it. */
let urls = new Map();

/** @param {Map<string, string>} data */
export function initialize(data) {
  urls = data;
}

/**
 * @param {string} specifier
 * @param {import('node:module').ResolveHookContext} context
 * @param {Parameters<import('node:module').ResolveHook>[2]} nextResolve
 */
export function resolve(specifier, context, nextResolve) {
  const url = urls.get(specifier);
  return url ? { url, format: 'commonjs', shortCircuit: true } : nextResolve(specifier, context);
}
