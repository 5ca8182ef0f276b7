'use strict';

/**
 * What the app has asked for, and what it was told: each call is told exactly once, and nothing before its cause.
 *
 * @typedef {{ what: string, number?: number, at: number, sequence: number, told: number, outcome?: string }} Call
 */
class Calls {
  /** @type {Call[]} */
  all = [];
  faults = [];
  #world;
  #numbers = 0;

  constructor(world) {
    this.#world = world;
  }

  /** Messages that were sent and not yet told. */
  get sends() {
    return this.pending.filter(({ what }) => what === 'send').length;
  }

  get pending() {
    return this.all.filter(({ told }) => told === 0);
  }

  /** A call with its callback. @returns {{ call: any, callback: (error: any, result?: any) => void }} */
  begin(what, check = () => {}) {
    const call = { what, at: this.#world.clock.now, sequence: this.all.length, told: 0, outcome: undefined };
    this.all.push(call);
    const callback = (error, result) => {
      call.told += 1;
      call.outcome = error ? (error.code ?? error.name) : 'ok';
      if (call.told > 1) this.faults.push(`${this.name(call)} was told ${call.told} times`);
      if (!error && !result && what !== 'options')
        this.faults.push(`${this.name(call)} was told neither an error nor a result`);
      check(error, call);
    };
    return { call, callback };
  }

  /** The callback of a send of message `number`. */
  send(check = (_error) => {}) {
    const { gateway } = this.#world;
    const number = (this.#numbers += 1);
    const { call, callback } = this.begin('send', (error) => {
      if (!error && !gateway.acknowledged.has(number))
        this.faults.push(`send ${number} succeeded before its acknowledgement`);
      if (error?.delivery === 'not sent' && gateway.received.includes(number))
        this.faults.push(`send ${number} failed as not sent, and was received`);
      check(error);
    });
    call.number = number;
    return { number, callback };
  }

  name({ what, number, at }) {
    return `${what}${number === undefined ? '' : ` ${number}`} of ${at} ms`;
  }
}

module.exports = { Calls };
