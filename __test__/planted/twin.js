// @ts-check
'use strict';

const CLIENT = '__test__/wire/twin_client.test.js';
const COPY = '__test__/unit/twin_copy.test.js';
const PATCHES = '__test__/unit/merge_patch.test.js';
const MODEL = '__test__/model/facade.test.js';
const REQUESTS = '__test__/unit/twin_requests.test.js';
const METHODS = '__test__/wire/methods.test.js';
const IDS = '__test__/wire/method_ids.test.js';

/** Behaviour of twins, methods and subscriptions, taken out. @type {import('../../scripts/planting/fault').Fault[]} */
const FAULTS = [
  {
    name: 'after a reconnect the twin is not fetched',
    edits: [
      {
        file: 'lib/twin/twin_copy.js',
        find: 'if (this.#fetched && !this.#checking) this.check();',
        replace: '',
      },
    ],
    check: { node: MODEL, says: /the twin is / },
  },
  {
    name: 'what went while there was no connection is not told as null',
    edits: [
      {
        file: 'lib/twin/merge_patch.js',
        find: 'for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) put(patch, name, null);',
        replace: '',
      },
    ],
    check: { node: PATCHES, says: /a difference leads/ },
  },
  {
    name: 'an empty twin of a gateway without the hub empties what is known',
    edits: [
      {
        file: 'lib/twin/twin_copy.js',
        find: 'if (this.#source.follows && versionOf(desired) === 0 && versionOf(this.desired) > 0) {',
        replace: 'if (this.#source.follows && versionOf(desired) < 0) {',
      },
    ],
    check: { node: COPY, says: /a gateway that fails, or knows nothing/ },
  },
  {
    name: 'a skipped version is not followed by a fetch',
    edits: [
      {
        file: 'lib/twin/twin_copy.js',
        find: 'if (known && version > before + 1) this.check();',
        replace: '',
      },
    ],
    check: { node: CLIENT, says: /it is in step/ },
  },
  {
    name: 'what a fetch has brought is told once more by its patch',
    edits: [
      {
        file: 'lib/twin/twin_copy.js',
        find: 'if (known && version === before && isEmpty(differenceOf(this.desired, after))) return;',
        replace: '',
      },
    ],
    check: { node: COPY, says: /told once/ },
  },
  {
    name: 'arrays are merged by index',
    edits: [
      {
        file: 'lib/twin/merge_patch.js',
        find: 'else if (!isObject(value)) put(target, name, copyOf(value));',
        replace:
          'else if (!isObject(value) && Array.isArray(before) && Array.isArray(value)) Object.assign(before, value);\n' +
          '    else if (!isObject(value)) put(target, name, copyOf(value));',
      },
    ],
    check: { node: PATCHES, says: /by index/ },
  },
  {
    name: 'falsy values are not told to a listener that comes late',
    edits: [{ file: 'lib/twin/twin.js', find: 'if (known !== undefined) {', replace: 'if (known) {' }],
    check: { node: CLIENT, says: /falsy values too/ },
  },
  {
    name: 'a change is told before it is merged',
    edits: [
      {
        file: 'lib/twin/twin.js',
        find: 'applyPatch(this.properties.desired, patch);\n    this.#tell(patch);',
        replace: 'this.#tell(patch);\n    applyPatch(this.properties.desired, patch);',
      },
    ],
    check: { node: CLIENT, says: /is merged, then told/ },
  },
  {
    name: 'the status of an answer is ignored',
    edits: [
      {
        file: 'lib/mqtt/twin.js',
        find: 'if (status >= 300) return twinRefusal(effect, status, payload);',
        replace: '',
      },
    ],
    check: { node: REQUESTS, says: /status 429/ },
  },
  {
    name: 'an answer that is lost is waited for for ever',
    edits: [
      {
        file: 'lib/mqtt/twin.js',
        find: 'else if (!error) this.#askAfter(patience, () => this.#ask(request, 2 * patience));',
        replace: '',
      },
    ],
    check: { node: REQUESTS, says: /taken for lost/ },
  },
  {
    name: 'an answer to an id of an earlier connection counts',
    edits: [
      {
        file: 'lib/mqtt/twin.js',
        find: 'if (!this.#ids.has($rid)) return;\n    const [request] = this.#queue;',
        replace: 'const [request] = this.#queue;\n    if (!request) return;',
      },
    ],
    check: { node: REQUESTS, says: /nobody/ },
  },
  {
    name: 'a loss forgets the requests under way',
    edits: [
      {
        file: 'lib/mqtt/twin.js',
        find: '    this.#open = false;\n    this.#forget();\n  }',
        replace: '    this.#open = false;\n    this.#forget();\n    this.#queue.shift();\n  }',
      },
    ],
    check: { node: REQUESTS, says: /asked again in order/ },
  },
  {
    name: 'a late answer of a limited request is given to the next one',
    edits: [
      {
        file: 'lib/mqtt/twin.js',
        find: '    this.#pause = undefined;\n    this.#ids.clear();',
        replace: '    this.#pause = undefined;',
      },
    ],
    check: { node: REQUESTS, says: /not ok/ },
  },
  {
    name: 'a call that is transmitted twice is carried out twice',
    edits: [
      {
        file: 'lib/mqtt/methods.js',
        find: 'if (this.#calls.get(requestId) === line) return;',
        replace: '',
      },
    ],
    check: { node: METHODS, says: /transmitted twice/ },
  },
  {
    name: 'an answer is sent by another connection than its call came by',
    edits: [
      {
        file: 'lib/mqtt/methods.js',
        find: 'if (line !== undefined && line !== this.#line) {',
        replace: 'if (false) {',
      },
    ],
    check: { node: METHODS, says: /connection that is gone/ },
  },
  {
    name: 'a call whose id no answer can carry is carried out',
    edits: [
      {
        file: 'lib/mqtt/methods.js',
        find: 'if (!ANSWERABLE.test(requestId)) {',
        replace: 'if (!requestId) {',
      },
    ],
    check: { node: IDS, says: /no answer can carry/ },
  },
  {
    name: 'an id that comes again on another connection is dropped',
    edits: [
      {
        file: 'lib/mqtt/methods.js',
        find: 'if (this.#calls.get(requestId) === line) return;',
        replace: 'if (this.#calls.has(requestId)) return;',
      },
    ],
    check: { node: IDS, says: /another connection is another call/ },
  },
  {
    name: 'a response can be sent twice',
    edits: [
      {
        file: 'lib/methods/response.js',
        find: 'if (this.isResponseComplete) throw answeredBefore(this.requestId, this.status);',
        replace: '',
      },
    ],
    check: { node: METHODS, says: /a second time/ },
  },
  {
    name: 'a handler whose promise is rejected answers nothing',
    edits: [
      {
        file: 'lib/methods/method_handlers.js',
        find: "if (typeof (/** @type {any} */ (outcome)?.then) === 'function') {",
        replace: 'if (outcome === this) {',
      },
    ],
    check: { node: METHODS, says: /rejected 500/ },
  },
  {
    name: 'a body that is empty is no payload of null',
    edits: [
      {
        file: 'lib/methods/request.js',
        find: 'body.length === 0 ? null : JSON.parse(body.toString())',
        replace: 'JSON.parse(body.toString())',
      },
    ],
    check: { node: METHODS, says: /payload of null/ },
  },
  {
    name: 'subscriptions are not brought about on the next connection',
    edits: [
      {
        file: 'lib/mqtt/subscriptions.js',
        find: 'else if (standing.wanted && !standing.asked) this.#subscribe(row, standing, identity);',
        replace: '',
      },
    ],
    check: { node: MODEL, says: /the twin is |never told/ },
  },
  {
    name: 'a subscription that the gateway refuses is taken for granted',
    edits: [
      {
        file: 'lib/mqtt/subscriptions.js',
        find: 'if (code !== undefined && code < REFUSED) return null;',
        replace: 'return null;',
      },
    ],
    check: { node: METHODS, says: /error event/ },
  },
];

module.exports = { FAULTS };
