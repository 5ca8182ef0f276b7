// @ts-check
'use strict';

/**
 * What a thousand devices in one process cost, and whether a quiet session notices a busy one.
 *
 *     npm run bench:crowd [-- --only <scene>]
 *
 * Exit code 0: every target is met; 1: one is missed.
 */

const { createChain } = require('../gateway');
const { runScenes } = require('./scene');
const { SCENES } = require('./crowd/scenes');

async function setStage() {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256', host: ['localhost', '127.0.0.1'] });
  return { ca: chain.rootPem, pems: { key: chain.serverKeyPem, cert: chain.chainPem } };
}

runScenes(SCENES, setStage);
