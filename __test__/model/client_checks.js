'use strict';

/** How long giving a connection up may take, from the last operation it ends to the word that it is closed. Milliseconds. */
const GIVING_UP_MS = 200;

/** What a Client tells, held against what it was asked for and what the gateway knows. */
class ClientChecks {
  #world;
  #calls;
  #state = 'closed';
  /** Calls before this one belong to the connection that is being closed. @type {any} */
  #closing;
  /** The last word of the app was close(). */
  #closedByApp = false;
  #connects = 0;

  constructor(world, calls, client) {
    this.#world = world;
    this.#calls = calls;
    client.on('state', (change) => this.#onState(change));
    client.on('connect', () => (this.#connects += 1));
    client.on('disconnect', () => {
      if (this.#connects === 0) this.#fault('a disconnect without a connect before it');
      if (this.#closedByApp) this.#fault('a disconnect although the app has closed');
      this.#connects = 0;
    });
  }

  opening() {
    this.#closedByApp = false;
  }

  closing(call) {
    this.#closing = call;
    this.#closedByApp = true;
  }

  /** close() is done, for this call of it. */
  closed(call) {
    this.#settledBefore(call, 'the callback of close()');
    // Another open may have been asked for meanwhile, but its connection cannot stand yet.
    if (this.#world.gateway.connections.size > 0) this.#fault('a connection stands when close() is done');
    if (this.#closing === call) this.#closing = undefined;
  }

  opened(error) {
    if (!error && this.#state !== 'connected') this.#fault(`open() is done in the state ${this.#state}`);
  }

  sent(error) {
    // Who closes an attempt is not told that it succeeds.
    const connected = this.#state === 'connected' || this.#closing;
    if (!error && !connected) this.#fault(`a send is done in the state ${this.#state}`);
  }

  #onState({ state }) {
    this.#state = state;
    if (state !== 'closed') return;
    if (this.#closing) {
      this.#settledBefore(this.#closing, 'the state closed');
      return;
    }
    const overtaken = this.#calls.pending.filter(
      ({ what, at }) => what === 'send' && at < this.#world.clock.now - GIVING_UP_MS,
    );
    for (const call of overtaken) this.#fault(`the state closed overtakes ${this.#calls.name(call)}`);
  }

  #settledBefore(closing, what) {
    for (const call of this.#calls.pending) {
      if (call.sequence < closing.sequence && call.what !== 'close' && call.what !== 'open')
        this.#fault(`${what} overtakes ${this.#calls.name(call)}`);
    }
  }

  #fault(text) {
    this.#calls.faults.push(text);
  }
}

module.exports = { ClientChecks };
