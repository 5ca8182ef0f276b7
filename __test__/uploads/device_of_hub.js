'use strict';

const { after, before, beforeEach } = require('node:test');
const { connect } = require('../..');
const { createChain, startHub } = require('../../gateway');
const { SMALL } = require('../bad_input/telling');

/**
 * A hub with one device connected to it, for all tests of a file; its faults are gone before each.
 *
 * @param {(hub: any, device: any) => void} ready Called before the first test.
 */
function deviceOfHub(ready) {
  let hub, device;
  before(async () => {
    const chain = await createChain({ ...SMALL, certificates: { server: { names: ['localhost'] } } });
    hub = await startHub({ chain, devices: [{ deviceId: 'd1' }], limits: { uploadsPerDevice: 1000 } });
    device = await connect({ connectionString: hub.connectionString('d1'), ca: hub.rootPem });
    ready(hub, device);
  });
  after(async () => {
    await device.close();
    await hub.close();
  });
  beforeEach(() => {
    hub.faults = {};
  });
}

module.exports = { deviceOfHub };
