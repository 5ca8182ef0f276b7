// @ts-check
'use strict';

/** The model of the facade (`__test__/model/`). */
const MODEL = '__test__/model/facade.test.js';
const ARRIVALS = '__test__/unit/arrivals.test.js';

/**
 * Faults of the facade that its model must see.
 *
 * @type {import('../../scripts/planting/fault').Fault[]}
 */
const FAULTS = [
  {
    name: 'a close() that coincides with a loss lets the next open() die in silence',
    edits: [
      {
        file: 'lib/mqtt/link.js',
        find: "else if (kind === 'closed' && answers(this.#closing)) this.#onClosed();",
        replace: "else if (kind === 'closed' || (kind === 'lost' && this.#closing)) this.#onClosed();",
      },
      {
        file: 'lib/mqtt/link.js',
        find: 'const { callbacks, reopeners } = /** @type {Closing} */ (this.#closing);',
        replace: 'const { callbacks, reopeners } = this.#closing ?? { callbacks: [], reopeners: [] };',
      },
    ],
    check: {
      node: MODEL,
      says: /overtakes|the process would end, with .*open|outlived their token/,
    },
  },
  {
    name: 'a renewal that fails during close() leaves open() without a callback',
    edits: [
      {
        file: 'lib/mqtt/link.js',
        find: 'else if (this.#closing) return;',
        replace: "else if (this.#closing && !(kind === 'lost' && answers(this.#renewals[0]))) return;",
      },
      {
        file: 'lib/mqtt/link.js',
        find: 'const renewals = this.#renewals.splice(0);\n',
        replace: 'const renewals = this.#renewals.splice(0);\n    this.#closing = undefined;\n',
      },
    ],
    check: { node: MODEL, says: /the process would end, with .*(close|open)|was never told/ },
  },
  {
    name: 'a renewal during a loss leaves a connection nobody owns',
    edits: [
      {
        file: 'lib/authentication/providers/shared_access_key.js',
        find: 'if (isOver || generation !== this.#generation) return;',
        replace: 'if (isOver) return;',
      },
      {
        file: 'lib/mqtt/link.js',
        find: 'if (this.#closing === undefined && (this.#attempt || this.#standing)) this.#wantRenewal(credentials);',
        replace: 'if (this.#closing === undefined) this.#wantRenewal(credentials);',
      },
      {
        file: 'lib/mqtt/link.js',
        find: 'if (!this.#standing || !renewal || renewal.number !== undefined) return;',
        replace: 'if (this.#attempt || !renewal || renewal.number !== undefined) return;',
      },
      {
        file: 'lib/mqtt/link.js',
        find: 'this.#requestOf(renewal.credentials), this.#standing);',
        replace: 'this.#requestOf(renewal.credentials), this.#standing || undefined);',
      },
    ],
    check: {
      node: MODEL,
      says: /a connection that nobody owns/,
    },
  },
  {
    name: 'a loss leaves its renewal in the way of all later ones',
    edits: [
      {
        file: 'lib/mqtt/link.js',
        find: 'const renewals = this.#renewals.splice(0);\n',
        replace: 'const renewals = this.#renewals.slice();\n',
      },
      {
        file: 'lib/mqtt/link.js',
        find: 'for (const { callbacks } of this.#renewals.splice(0)) {',
        replace: 'for (const { callbacks } of this.#renewals) {',
      },
    ],
    check: { node: MODEL, says: /connections outlived their token/ },
  },
  {
    name: 'the state closed overtakes the callbacks of what was given up',
    edits: [
      {
        file: 'lib/session/session.js',
        find: 'this.#endings.whenNone(done);',
        replace: 'process.nextTick(done);',
      },
    ],
    check: { node: MODEL, says: /the state closed overtakes send/ },
  },
  {
    name: 'a second close() does not wait for what the first has yet to tell',
    edits: [
      {
        file: 'lib/connection/kept.js',
        find: "this.#closers.push(callback);\n    if (this.#state === 'closing') return;",
        replace:
          "if (this.#state === 'closing') return void process.nextTick(callback, null, new Disconnected());\n" +
          '    this.#closers.push(callback);',
      },
    ],
    check: { node: MODEL, says: /the callback of close\(\) overtakes send|stands when close\(\) is done/ },
  },
  {
    name: "open() during somebody else's attempt fails with it",
    edits: [
      {
        file: 'lib/connection/kept.js',
        find: 'this.#joined.push(callback);',
        replace: 'this.#openers.push(callback);',
      },
    ],
    check: { node: MODEL, says: /open of \d+ ms failed without an attempt of its own/ },
  },
  {
    name: 'who opens while a connection ends is forgotten',
    edits: [
      {
        file: 'lib/connection/kept.js',
        find: "else if (this.#state === 'closing') this.#again = true;",
        replace: '',
      },
    ],
    check: { node: MODEL, says: /open of \d+ ms.* (pending|was never told)/ },
  },
  {
    name: 'what came of an attempt that was given up counts',
    edits: [
      {
        file: 'lib/connection/kept.js',
        find: 'if (attempt !== this.#attempt) return;\n      if (error)',
        replace: 'if (error)',
      },
    ],
    check: {
      node: MODEL,
      says: /two connections of one client at once|a connection stands when close\(\) is done|would end, with/,
    },
  },
  {
    name: 'a policy that closes the client is heeded as one that does not',
    edits: [
      {
        file: 'lib/connection/kept.js',
        find: 'if (attempt !== this.#attempt) return;\n    if (delay === undefined)',
        replace: 'if (delay === undefined)',
      },
    ],
    check: {
      node: MODEL,
      says: /a connection stands when close\(\) is done|the callback of close\(\) overtakes send/,
    },
  },
  {
    name: 'nothing keeps the process alive while a connection is made',
    edits: [
      {
        file: 'lib/mqtt/link.js',
        find: 'this.#attempt = attempt;\n    this.#hold.begin();',
        replace: 'this.#attempt = attempt;',
      },
    ],
    check: { node: MODEL, says: /the process would end, with / },
  },
  {
    name: 'a provider that was stopped goes on making tokens',
    edits: [
      {
        file: 'lib/authentication/providers/shared_access_key.js',
        find: 'this.#renewal.clear();\n    this.#renewal = undefined;',
        replace: 'this.#renewal = undefined;',
      },
    ],
    check: { node: MODEL, says: /\d+ timers at the end/ },
  },
  {
    name: 'an operation that is over leaves its limit to the next of its number',
    edits: [{ file: 'lib/session/deadlines.js', find: 'timer?.clear();', replace: '' }],
    check: { node: MODEL, says: /\d+ timers at the end|before its limit/ },
  },
  {
    name: 'the cause of a cancelled operation stays for the next of its number',
    edits: [{ file: 'lib/session/endings.js', find: 'this.#reasons.delete(id);', replace: '' }],
    check: { node: MODEL, says: /never told|before its limit|overtakes|pending/ },
  },
  {
    name: 'of what a broken session held one is not told',
    edits: [
      {
        file: 'lib/session/session.js',
        find: 'const held = this.#operations.ids().map(',
        replace: 'const held = this.#operations.ids().slice(1).map(',
      },
    ],
    check: { node: MODEL, says: /send \d+ of \d+ ms|timers at the end/ },
  },
  {
    name: 'what waited for the next connection is sent in the wrong order',
    edits: [
      {
        file: 'lib/connection/kept.js',
        find: 'for (const { method, args } of this.#deferred.splice(0)) this',
        replace: 'for (const { method, args } of this.#deferred.splice(0).reverse()) this',
      },
    ],
    check: { node: MODEL, says: /received out of order/ },
  },
  {
    name: 'what waited for the next connection is not told of a close()',
    edits: [
      {
        file: 'lib/connection/kept.js',
        find: 'process.nextTick(waiting, clientClosed(this.#idiom));',
        replace: 'void waiting;',
      },
    ],
    check: { node: MODEL, says: /pending|was never told|overtakes/ },
  },
  {
    name: 'what came by a connection is told while its own word still waits',
    edits: [
      {
        file: 'lib/session/arrivals.js',
        find: ' && !this.#events.some(isConnected)',
        replace: ' && this.#events.some(isConnected) !== undefined',
      },
    ],
    check: { node: ARRIVALS, says: /not ok \d+ - no id comes before the connection/ },
  },
];

module.exports = { FAULTS };
