export * from './types/certificates';
export * from './types/identity';
export * from './types/limits';
export * from './types/connection';
export * from './types/telemetry';
export * from './types/c2d';
export * from './types/faults';
export * from './types/gateway';
