// @ts-check
'use strict';

/** Resource paths of the service, the `endpoint` namespace (device-sdk.md §1.1). Arguments are not encoded. */

const apiVersion = '2021-04-12';

/** @param {string} deviceId */
const devicePath = (deviceId) => `/devices/${deviceId}`;

/** @param {string} deviceId */
const deviceEventPath = (deviceId) => `${devicePath(deviceId)}/messages/events`;

/** @param {string} deviceId */
const deviceMessagePath = (deviceId) => `${devicePath(deviceId)}/messages/devicebound`;

/** @param {string} deviceId */
const deviceMethodPath = (deviceId) => `${devicePath(deviceId)}/methods/devicebound`;

/** @param {string} deviceId */
const deviceTwinPath = (deviceId) => `${devicePath(deviceId)}/twin`;

/**
 * @param {string} deviceId
 * @param {string} lockToken
 */
const deviceFeedbackPath = (deviceId, lockToken) => `${deviceMessagePath(deviceId)}/${lockToken}`;

/** @param {string} deviceId */
const deviceBlobUploadPath = (deviceId) => `${devicePath(deviceId)}/files`;

/**
 * @param {string} deviceId
 * @param {string} correlationId The one argument that is percent-encoded.
 */
const deviceBlobUploadNotificationPath = (deviceId, correlationId) =>
  `${deviceBlobUploadPath(deviceId)}/notifications/${encodeURIComponent(correlationId)}`;

/**
 * @param {string} deviceId
 * @param {string} moduleId
 */
const modulePath = (deviceId, moduleId) => `${devicePath(deviceId)}/modules/${moduleId}`;

/**
 * @param {string} deviceId
 * @param {string} moduleId
 */
const moduleEventPath = (deviceId, moduleId) => `${modulePath(deviceId, moduleId)}/messages/events`;

/**
 * The same as `moduleEventPath`, as in the original.
 *
 * @param {string} deviceId
 * @param {string} moduleId
 */
const moduleMessagePath = (deviceId, moduleId) => `${modulePath(deviceId, moduleId)}/messages/events`;

/**
 * @param {string} deviceId
 * @param {string} moduleId
 */
const moduleMethodPath = (deviceId, moduleId) => `${modulePath(deviceId, moduleId)}/methods/devicebound`;

/**
 * @param {string} deviceId
 * @param {string} moduleId
 */
const moduleTwinPath = (deviceId, moduleId) => `${modulePath(deviceId, moduleId)}/twin`;

/**
 * @param {string} deviceId
 * @param {string} moduleId
 */
const moduleInputMessagePath = (deviceId, moduleId) => `${modulePath(deviceId, moduleId)}/inputs`;

const versionQueryString = () => `?api-version=${apiVersion}`;

module.exports = {
  apiVersion,
  devicePath,
  deviceEventPath,
  deviceMessagePath,
  deviceMethodPath,
  deviceTwinPath,
  deviceFeedbackPath,
  deviceBlobUploadPath,
  deviceBlobUploadNotificationPath,
  modulePath,
  moduleEventPath,
  moduleMessagePath,
  moduleMethodPath,
  moduleTwinPath,
  moduleInputMessagePath,
  versionQueryString,
};
