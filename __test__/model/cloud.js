'use strict';

const TWIN = /^\$iothub\/twin\/(GET|PATCH\/properties\/reported)\/\?\$rid=(.+)$/;
const ANSWER = /^\$iothub\/methods\/res\/(\d+)\/\?\$rid=(.+)$/;

/** Filters of what the cloud sends by QoS 0. */
const DESIRED = '$iothub/twin/PATCH/properties/desired/#';
const METHODS = '$iothub/methods/POST/#';
const RESPONSES = '$iothub/twin/res/#';

/**
 * Twin and methods of the device, in memory, behind the gateway. Until it is `calm` requests and answers get lost, or are
 * refused, and answers come late.
 */
class Cloud {
  desired = { $version: 1 };
  reported = {};
  calm = false;
  /** @type {Map<string, { connection: any, runs: number, answers: number }>} */
  calls = new Map();
  #world;
  #faults;
  #numbers = 0;

  constructor(world, faults) {
    this.#world = world;
    this.#faults = faults;
  }

  /** What a connection brings by QoS 0. */
  take(connection, topic, body) {
    const [, operation, rid] = TWIN.exec(topic) ?? [];
    const [, , call] = ANSWER.exec(topic) ?? [];
    if (rid) this.#serve(connection, operation, rid, body);
    else if (call) this.#onAnswer(connection, call);
    else this.#faults.push(`a publish to ${topic}`);
  }

  /** The desired properties change: a connected subscriber is told, another is not. */
  change(connections) {
    const $version = this.desired.$version + 1;
    const patch = {
      [this.#world.random.of(['a', 'b', 'c'])]: this.#world.random.of([null, $version]),
      $version,
    };
    merge(this.desired, patch);
    for (const connection of connections)
      connection.tell(DESIRED, `${DESIRED.slice(0, -1)}?$version=${$version}`, JSON.stringify(patch));
  }

  /** A method is called, now and then by two transmissions. */
  call(connections) {
    for (const connection of connections) {
      const rid = `call${(this.#numbers += 1)}`;
      const call = { connection, runs: 0, answers: 0 };
      for (let times = this.#maybe(0.2) ? 2 : 1; times > 0; times -= 1) {
        const sent = connection.tell(METHODS, `${METHODS.slice(0, -1)}m/?$rid=${rid}`, '{}');
        if (sent) this.calls.set(rid, call);
      }
    }
  }

  /** The app's handler was called. */
  ran(rid) {
    const call = this.calls.get(rid);
    if (!call) this.#faults.push(`${rid} was carried out, and never called`);
    else if ((call.runs += 1) > 1) this.#faults.push(`${rid} was carried out ${call.runs} times`);
  }

  #serve(connection, operation, rid, body) {
    if (this.#maybe(0.05)) return; // the request is lost
    const status = this.#maybe(0.1) ? this.#world.random.of([400, 429, 503]) : 200;
    const taken = status < 300;
    if (operation !== 'GET' && taken) this.#report(JSON.parse(body));
    const { desired, reported } = this;
    const answer = operation === 'GET' && taken ? JSON.stringify({ desired, reported }) : '';
    if (this.#maybe(0.05)) return; // the answer is lost
    connection.later(this.#world.random.time(this.calm ? 100 : 60_000), () =>
      connection.tell(RESPONSES, `$iothub/twin/res/${status}/?$rid=${rid}`, answer),
    );
  }

  #report(patch) {
    const { n = 0 } = this.reported;
    if (patch.n < n) this.#faults.push(`report ${patch.n} arrived after report ${n}`);
    merge(this.reported, patch);
  }

  #onAnswer(connection, rid) {
    const call = this.calls.get(rid);
    if (!call) this.#faults.push(`an answer to ${rid}, which nobody called`);
    // Written in the moment of a renewal it may come by the next connection, where nobody waits for it.
    else if (call.connection !== connection) return;
    else if ((call.answers += 1) > 1) this.#faults.push(`${rid} was answered ${call.answers} times`);
  }

  #maybe(share) {
    return !this.calm && this.#world.random.chance(share);
  }
}

function merge(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete target[name];
    else target[name] = value;
  }
}

module.exports = { Cloud };
