// @ts-check
'use strict';

/**
 * What an end of a connection means for the publishes that were received and are not done, none of which is acknowledged
 * any more, and for the will, which comes behind them (MqttAdapter.cs, MessageAsyncProcessorBase.cs).
 * @typedef {object} Consequences
 * @property {'all' | 'first' | 'none'} stored the first is the one under way
 * @property {boolean} will is sent, unless a publish failed before
 */

/** @type {Record<'LOST' | 'DISCONNECT' | 'FAILED' | 'CLOSED' | 'CUT' | 'KILLED', Consequences>} */
const ENDS = {
  /** TCP lost, silence, a protocol error, a publish at QoS 2. */
  LOST: { stored: 'all', will: true },
  DISCONNECT: { stored: 'all', will: false },
  /** A publish failed, and took those behind it with it. */
  FAILED: { stored: 'none', will: false },
  /** Closed by the gateway: refused, taken over, or no longer admitted. */
  CLOSED: { stored: 'first', will: false },
  /** A fault: to the device as if TCP were lost, with what was queued still on the way. */
  CUT: { stored: 'none', will: true },
  /** The gateway is gone. */
  KILLED: { stored: 'none', will: false },
};

module.exports = { ENDS };
