// @ts-check
'use strict';

const HELD = '__test__/unit/held_messages.test.js';
const ENVIRONMENT = '__test__/wire/module_environment.test.js';
const ON_BOTH = '__test__/reference/modules.test.js';
const PROVIDERS = '__test__/client/providers.test.js';

/** What modules promise, taken out. @type {import('../../scripts/planting/fault').Fault[]} */
const FAULTS = [
  {
    name: 'an output is not in the bag',
    edits: [
      {
        file: 'lib/mqtt/telemetry.js',
        find: 'bag = encodeSystemAndUser(message, output);',
        replace: 'bag = encodeSystemAndUser(message);',
      },
    ],
    check: { node: ON_BOTH, says: /not ok 1 - a module made from its environment/ },
  },
  {
    name: 'of two inputs with the same message only one gets it',
    edits: [
      {
        file: 'lib/c2d/held_messages.js',
        // prettier-ignore
        find: 'return input === undefined ? messageId : `${input}/${messageId}`;',
        replace: 'return messageId;',
      },
    ],
    check: { node: HELD, says: /not ok \d+ - one message that comes to two inputs/ },
  },
  {
    name: 'a connection that is lost while nobody signs tokens stays lost',
    edits: [
      {
        file: 'lib/authentication/providers/shared_access_key.js',
        find: 'if (error && this.#goodUntil - now() <= 1) {',
        replace: 'if (error) {',
      },
    ],
    check: { node: PROVIDERS, says: /not ok \d+ - while nobody signs/ },
  },
  {
    name: 'roots that have changed are not trusted',
    edits: [
      {
        file: 'lib/authentication/providers/iot_edge.js',
        find: "if (bundle !== before) this.emit('trustBundle', bundle);",
        replace: '',
      },
    ],
    check: { node: ENVIRONMENT, says: /not ok \d+ - a ModuleClient comes back/ },
  },
];

module.exports = { FAULTS };
