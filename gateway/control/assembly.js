// @ts-check
'use strict';

const { Queues } = require('../c2d/queues');
const { Clock } = require('../cloud/clock');
const { Link } = require('../cloud/link');
const { Upstream } = require('../cloud/upstream');
const { Listener } = require('../connection/listener');
const { Registry } = require('../connection/registry');
const { Faults } = require('../faults/faults');
const { HttpHead } = require('../http/head');
const { blobRoutes, uploadRoutes } = require('../hub/routes');
const { Blobs } = require('../hub/blobs');
const { Uploads } = require('../hub/uploads');
const { Authenticator } = require('../identity/authenticator');
const { Scope } = require('../identity/scope');
const { Calls } = require('../methods/calls');
const { methodRoute } = require('../methods/route');
const { Inputs } = require('../routing/inputs');
const { Router } = require('../routing/router');
const { SessionStore } = require('../session/store');
const { Inbox } = require('../telemetry/inbox');
const { Intake } = require('../telemetry/intake');
const { Twins } = require('../twin/twins');

/**
 * The rooms of a gateway, each knowing those it needs.
 * @typedef {ReturnType<typeof assemble>} Rooms
 */

/**
 * @param {import('./options').Settings} settings
 * @param {object} outside
 * @param {() => string[]} outside.hosts names of hub and gateway, in lower case
 * @param {() => import('node:crypto').X509Certificate[]} outside.trustBundle CAs of client certificates
 * @param {(event: any, detail: any) => void} outside.emit
 */
function assemble(settings, { hosts, trustBundle, emit }) {
  const { hub, limits, strict } = settings;
  const clock = new Clock(settings.clockOffsetMs);
  const link = new Link();
  link.online = !settings.offline;
  const faults = new Faults(settings.faults, (fault) => emit('fault', fault));
  const inbox = new Inbox(settings.keep);
  const registry = new Registry(limits.maxClients);
  const sessions = new SessionStore();
  const scope = new Scope(settings.edgeDeviceId);
  settings.devices.forEach((device) => scope.add(device));
  const authenticator = new Authenticator({ scope, hosts, clock, graceMs: limits.sasGraceMs, trustBundle });
  const upstream = new Upstream(
    { link, clock, scope, timeToLiveMs: limits.timeToLiveMs, storeBytes: limits.storeBytes },
    {
      onForwarded: (message) => emit('forwarded', message),
      onLost: (message, reason) => emit('lost', { message, reason }),
    },
  );
  const inputs = new Inputs({
    clock,
    ackTimeoutMs: limits.inputAckTimeoutMs,
    timeToLiveMs: limits.timeToLiveMs,
    storeBytes: limits.storeBytes,
    onSettled: (message) => emit('input', message),
    onLost: (message, reason) => emit('lost', { message, reason }),
  });
  const router = new Router(settings.routes, (sink) => {
    if (sink === 'upstream') return upstream;
    return inputs.store(
      () => (scope.edgeDeviceId === undefined ? undefined : `${scope.edgeDeviceId}/${sink.moduleId}`),
      sink,
    );
  });
  const intake = new Intake({
    strict,
    storesFor: (message) => router.storesFor(message),
    onMessage: (message) => {
      inbox.put(message);
      emit('telemetry', message);
    },
    onDropped: (message) => emit('dropped', message),
  });
  const queues = new Queues({
    link,
    lockMs: limits.c2dLockMs,
    maxDeliveries: limits.c2dMaxDeliveries,
    timeToLiveMs: limits.c2dTimeToLiveMs,
    receiveMs: limits.c2dReceiveMs,
    hub,
    onSettled: (message) => emit('c2d', message),
    onDelivered: (message, qos) => emit('c2dDelivered', { message, qos }),
    onReturned: (message, reason) => emit('c2dReturned', { message, reason }),
  });
  const clientOf = (/** @type {string} */ id) => registry.serving.get(id)?.client;
  const twins = new Twins({ link, syncPeriodMs: limits.twinSyncPeriodMs, clientOf, emit });
  const calls = new Calls({ link, faults, clientOf, deliveryDelayMs: limits.methodDeliveryDelayMs, emit });
  const blobs = new Blobs({ clock, limits, emit });
  const uploads = new Uploads({ blobs, clock, limits, emit });
  const routes = hub
    ? [...uploadRoutes({ uploads, authenticator }), ...blobRoutes(blobs)]
    : [methodRoute({ calls, authenticator, scope })];
  const httpHead = new HttpHead({ routes, faults, emit });
  const surroundings = {
    strict,
    hub,
    limits,
    hosts,
    clock,
    link,
    faults,
    httpHead,
    scope,
    authenticator,
    sessions,
    intake,
    queues,
    inputs,
    twins,
    calls,
    registry,
    emit,
  };
  const listener = new Listener(settings, surroundings);
  return { ...surroundings, inbox, router, upstream, uploads, blobs, listener };
}

module.exports = { assemble };
