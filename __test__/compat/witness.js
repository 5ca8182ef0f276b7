'use strict';

// Preloaded beside a script: says at its end which packages it ran on.

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
const ENTRIES = ['index.js', 'lib/compat/azure_iot_device.js', 'lib/compat/azure_iot_common.js'];

process.on('exit', () => {
  const files = Object.keys(require.cache);
  const originals = files.some((file) => /[\\/]node_modules[\\/]azure-iot-/.test(file));
  const ours = ENTRIES.some((file) => files.includes(path.join(ROOT, file)));
  fs.writeFileSync(process.env.WITNESS, [originals && 'originals', ours && 'ours'].filter(Boolean).join());
});
