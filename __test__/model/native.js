'use strict';

/** Longest wait for acknowledgements before a connection is renewed. Milliseconds. */
const QUIESCE_MS = 30_000;

/** The bell of all sessions: rung where they live, on this thread. */
class BellTwin {
  constructor(ring) {
    this.ring = ring;
  }
}

/**
 * The native session in JavaScript, over the gateway in memory: the same promises about numbers, orders and ends, and none
 * of its code. Commands take effect, and events are told, a little later than they were given, as from another thread.
 *
 * `NativeTwin.world` is the world that new ones live in.
 */
class NativeTwin {
  static world;

  #world = NativeTwin.world;
  #ring;
  #commands = [];
  #turning = false;
  #signalled = false;
  #done = [];
  #events = [];
  /** Ids given out so far; each event waits for those that were done before it, and those behind a `connected` for that. */
  #taken = 0;
  #stopped = false;

  /** Operations in the order they were given; written ones first. */
  #operations = [];
  /** The number of the connection that stands for the app, 0: none. */
  #standing = 0;
  #connection;
  /** The attempt under way: its number, and the timer of its end. */
  #attempt;
  /** A renewal that waits for acknowledgements, or a close that does. */
  #leaving;
  /** Commands behind a close that is busy. */
  #behind = [];
  #caughtUp = 0;

  constructor(bell, number) {
    this.#ring = () => bell.ring([number]);
    this.#world.twins.push(this);
  }

  connect(request) {
    this.#command(() => this.#onConnect(request));
  }

  disconnect(number, graceMs) {
    const until = this.#world.clock.now + graceMs;
    this.#command(() => this.#onDisconnect(number, until));
  }

  publish(slab, used) {
    for (const operation of readSlab(slab, used)) this.#command(() => this.#queue(operation));
  }

  subscribe(id, filters) {
    this.#command(() => this.#queue({ id, kind: 'subscribe', filters }));
  }

  unsubscribe(id, filters) {
    this.#command(() => this.#queue({ id, kind: 'unsubscribe', filters }));
  }

  ack(tokens) {
    for (const token of tokens) this.#world.settled(token);
  }

  caughtUp(number) {
    this.#command(() => {
      this.#caughtUp = number;
      this.#advance();
    });
  }

  cancel(ids) {
    const cancelled = new Set(ids);
    this.#command(() => {
      for (const operation of this.#operations.filter(({ id }) => cancelled.has(id))) {
        this.#end(operation);
      }
      this.#advance();
    });
  }

  stop() {
    this.#stopped = true;
    this.#connection?.end();
    this.#world.cancel(this.#attempt?.timer);
    this.#world.cancel(this.#leaving?.timer);
  }

  /** It breaks, as after a panic: one last event, and nothing any more. */
  break() {
    if (this.#stopped) return;
    this.#report({
      kind: 'broken',
      failure: { stage: 'connected', kind: 'internal', detail: '', chain: [], elapsedMs: 0 },
    });
    this.stop();
  }

  drain(report, most) {
    const connected = this.#events.find(({ event }) => event.kind === 'connected');
    const free = connected ? connected.after - this.#taken : Infinity;
    const ids = this.#done.splice(0, Math.min(report.length - 2, most, free));
    this.#taken += ids.length;
    const more = this.#done.length > 0 || this.#events.length > 0;
    // Who is told of more comes again by himself.
    if (!more) this.#signalled = false;
    report.set([ids.length, Number(more), ...ids]);
  }

  events(most) {
    const ripe = this.#events.findIndex(({ after }) => after > this.#taken);
    const count = Math.min(most, ripe < 0 ? this.#events.length : ripe);
    return this.#events.splice(0, count).map(({ event }) => event);
  }

  written() {
    const inFlight = this.#operations.filter(({ kind, written }) => kind === 'publish' && written);
    return this.#stopped ? 0 : inFlight.length;
  }

  /** Nothing is left of it that could act. */
  get idle() {
    const busy = this.#connection || this.#attempt || this.#leaving || this.#behind.length > 0;
    return this.#stopped || (!busy && this.#operations.length === 0);
  }

  // What the gateway does.

  acknowledge(operation) {
    if (!this.#operations.includes(operation)) return;
    this.#remove(operation);
    this.#done.push(operation.id);
    this.#signal();
    this.#advance();
  }

  grant(operation, codes) {
    if (!this.#operations.includes(operation)) return;
    this.#remove(operation);
    this.#report({ kind: 'granted', id: operation.id, codes });
    this.#advance();
  }

  message(connection, topic, text) {
    if (connection !== this.#connection || this.#leaving) return;
    this.#report({ kind: 'messages', records: recordOf(this.#world.dispatched(), topic, text) });
  }

  lost(connection, failure) {
    if (connection !== this.#connection || this.#stopped) return;
    this.#connection = undefined;
    const standing = this.#standing;
    this.#standing = 0;
    const leaving = this.#leaving;
    this.#leaving = undefined;
    this.#world.cancel(leaving?.timer);
    if (leaving?.kind === 'close') this.#close(leaving.number);
    else this.#report({ kind: 'lost', request: standing, failure });
  }

  // Commands.

  #command(act) {
    if (this.#stopped) return;
    this.#commands.push(act);
    if (this.#turning) return;
    this.#turning = true;
    this.#world.soon(() => {
      this.#turning = false;
      for (const command of this.#commands.splice(0)) if (!this.#stopped) command();
    });
  }

  #onConnect(request) {
    if (this.#leaving?.kind === 'close') {
      this.#behind.push(() => this.#onConnect(request));
      return;
    }
    const { number, replaces } = request;
    if (replaces === undefined) {
      this.#abandonAttempt();
      if (this.#connection)
        throw new Error('a connect over a connection that stands: the facade never does that');
      this.#try(request);
    } else if (replaces === this.#standing) {
      this.#abandonAttempt();
      this.#world.cancel(this.#leaving?.timer);
      if (!this.#connection) {
        this.#try(request);
        return;
      }
      const timer = this.#world.later(QUIESCE_MS, () => this.#renewNow());
      this.#leaving = { kind: 'renewal', number, request, timer };
      this.#report({ kind: 'renewing', request: number });
    }
  }

  #onDisconnect(number, until) {
    if (this.#leaving?.kind === 'close') {
      this.#behind.push(() => this.#onDisconnect(number, until));
      return;
    }
    this.#world.cancel(this.#leaving?.timer);
    this.#abandonAttempt();
    this.#standing = 0;
    if (!this.#connection) {
      this.#close(number);
      return;
    }
    const timer = this.#world.later(until - this.#world.clock.now, () => this.#closeNow());
    this.#leaving = { kind: 'close', number, timer };
    this.#write();
    this.#advance();
  }

  #queue(operation) {
    if (this.#leaving?.kind === 'close') {
      this.#behind.push(() => this.#queue(operation));
      return;
    }
    this.#operations.push(operation);
    this.#write();
  }

  // The life of a connection.

  #try(request) {
    const { number, replaces } = request;
    const renewal = replaces !== undefined;
    const { failure, delay } = this.#world.gateway.answer(request);
    this.#report({ kind: 'connecting', request: number, stage: 'resolve' });
    const timer = this.#world.later(delay, () => {
      this.#attempt = undefined;
      if (failure) {
        this.#standing = 0;
        this.#report({ kind: renewal ? 'lost' : 'failed', request: number, failure });
      } else {
        this.#connection = this.#world.gateway.accept(this, request);
        this.#standing = number;
        this.#report({ kind: 'connected', request: number, sessionPresent: true, renewal });
        this.#write();
      }
      this.#world.attemptEnded();
    });
    this.#attempt = { number, timer };
  }

  #abandonAttempt() {
    this.#world.cancel(this.#attempt?.timer);
    this.#attempt = undefined;
  }

  /** Writes what may be written: what was written on an earlier connection first, in order, as a repetition. */
  #write() {
    const connection = this.#connection;
    if (!connection || this.#leaving?.kind === 'renewal') return;
    for (const operation of [...this.#operations]) {
      if (operation.connection === connection) continue;
      operation.dup = operation.written === true;
      operation.written = true;
      operation.connection = connection;
      connection.take(operation);
      if (operation.qos === 0) this.acknowledge(operation);
    }
  }

  /** A renewal or a close goes on when nothing is awaited any more. */
  #advance() {
    if (!this.#leaving || this.#operations.some(({ written }) => written)) return;
    if (this.#leaving.kind === 'close' && this.#operations.length === 0) this.#closeNow();
    else if (this.#leaving.kind === 'renewal' && this.#caughtUp === this.#leaving.number) this.#renewNow();
  }

  #renewNow() {
    const { request, timer } = this.#leaving;
    this.#leaving = undefined;
    this.#world.cancel(timer);
    this.#connection.end();
    this.#connection = undefined;
    this.#try(request);
  }

  #closeNow() {
    const { number, timer } = this.#leaving;
    this.#leaving = undefined;
    this.#world.cancel(timer);
    this.#connection?.end();
    this.#connection = undefined;
    this.#close(number);
  }

  #close(number) {
    for (const operation of [...this.#operations]) this.#end(operation);
    this.#report({ kind: 'closed', request: number });
    for (const act of this.#behind.splice(0)) this.#command(act);
  }

  // What is told.

  #end(operation) {
    this.#remove(operation);
    this.#report({ kind: 'ended', id: operation.id, delivery: operation.written ? 'unknown' : 'not sent' });
  }

  #remove(operation) {
    this.#operations.splice(this.#operations.indexOf(operation), 1);
  }

  #report(event) {
    if (this.#stopped) return;
    this.#events.push({ event, after: this.#taken + this.#done.length });
    this.#signal();
  }

  #signal() {
    if (this.#signalled) return;
    this.#signalled = true;
    this.#world.soon(this.#ring);
  }
}

/** The publishes in a slab (`binding/src/slab.rs` shows its form). */
function readSlab(slab, used) {
  const operations = [];
  let topic = '';
  for (let at = 0; at < used;) {
    const [id, topicLength, length, qos] = [0, 4, 8, 12].map((place) => slab.readUInt32LE(at + place));
    const body = at + 16 + topicLength;
    if (topicLength > 0) topic = slab.latin1Slice(at + 16, body);
    operations.push({ id, kind: 'publish', topic, qos, body: slab.toString('utf8', body, body + length) });
    at = (body + length + 3) & ~3;
  }
  return operations;
}

/** One message as it crosses the border (`src/session/messages.rs` shows its form). */
function recordOf(token, topic, text) {
  const record = Buffer.alloc(12 + topic.length + text.length);
  [token, topic.length, text.length].forEach((number, place) => record.writeUInt32LE(number, 4 * place));
  record.write(topic + text, 12, 'latin1');
  return record;
}

module.exports = { BellTwin, NativeTwin };
