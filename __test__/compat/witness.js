'use strict';

// Preloaded beside a script: says at its end which packages it ran on.

const fs = require('node:fs');
const path = require('node:path');

process.on('exit', () => {
  const files = Object.keys(require.cache);
  const originals = files.some((file) => /[\\/]node_modules[\\/]azure-iot-/.test(file));
  const ours = files.includes(path.join(__dirname, '..', '..', 'lib', 'message', 'message.js'));
  fs.writeFileSync(process.env.WITNESS, [originals && 'originals', ours && 'ours'].filter(Boolean).join());
});
