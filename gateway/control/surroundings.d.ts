/** What a connection needs of its gateway. */
export interface Surroundings {
  /** Like IoT Hub. */
  strict: boolean;
  /** It is IoT Hub, and no gateway. */
  hub: boolean;
  /** Of the gateway. */
  clock: import('../cloud/clock').Clock;
  /** To the cloud. */
  link: import('../cloud/link').Link;
  limits: Required<import('../index').Limits>;
  /** Names of hub and gateway, in lower case. */
  hosts: () => string[];
  faults: import('../faults/faults').Faults;
  httpHead: import('../http/head').HttpHead;
  scope: import('../identity/scope').Scope;
  authenticator: import('../identity/authenticator').Authenticator;
  sessions: import('../session/store').SessionStore;
  intake: import('../telemetry/intake').Intake;
  queues: import('../c2d/queues').Queues;
  inputs: import('../routing/inputs').Inputs;
  twins: import('../twin/twins').Twins;
  calls: import('../methods/calls').Calls;
  registry: import('../connection/registry').Registry;
  emit: (event: string, detail: object) => void;
}
