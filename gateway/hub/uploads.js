// @ts-check
'use strict';

const { randomBytes } = require('node:crypto');

/** The container that the hub is set up with. */
const CONTAINER = 'uploads';
/** Of uploads that are over, so many are kept. */
const MOST_KEPT = 100;
/** Of the name of a blob, as Azure has it: characters. */
const LONGEST_NAME = 1024;

/** A call that is answered with a status, by IoT Hub's name for it. */
class UploadError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The uploads of the devices: begun with a signature for a blob, over with a notification. */
class Uploads {
  #terms;
  /** The oldest first. @type {import('../index').Upload[]} */
  #all = [];

  /**
   * @param {object} terms
   * @param {import('./blobs').Blobs} terms.blobs
   * @param {import('../cloud/clock').Clock} terms.clock
   * @param {Pick<Required<import('../index').Limits>, 'uploadsPerDevice' | 'blobSasMs'>} terms.limits
   * @param {(event: string, detail: object) => void} terms.emit
   */
  constructor(terms) {
    this.#terms = terms;
  }

  get all() {
    return this.#all.map((upload) => ({ ...upload }));
  }

  /**
   * @param {string} deviceId
   * @param {unknown} blobName
   * @returns what the device is told, but for the host
   * @throws {UploadError}
   */
  begin(deviceId, blobName) {
    if (typeof blobName !== 'string' || blobName === '' || blobName.length > LONGEST_NAME) {
      throw new UploadError(400, 'ArgumentInvalid', 'blobName is missing, or is no name');
    }
    const { blobs, clock, limits, emit } = this.#terms;
    const isOpen = (/** @type {import('../index').Upload} */ upload) =>
      upload.notification === undefined && upload.begunAt.getTime() + limits.blobSasMs > clock.now();
    if (
      this.#all.filter((each) => each.deviceId === deviceId && isOpen(each)).length >= limits.uploadsPerDevice
    ) {
      const message = `'${deviceId}' has ${limits.uploadsPerDevice} uploads under way`;
      throw new UploadError(403, 'DeviceMaximumActiveFileUploadLimitExceeded', message);
    }
    const name = `${deviceId}/${blobName}`;
    const correlationId = randomBytes(24).toString('base64');
    const begunAt = new Date(clock.now());
    this.#all = this.#all.filter((upload, i, { length }) => isOpen(upload) || i >= length - MOST_KEPT);
    const upload = {
      deviceId,
      blobName: `${CONTAINER}/${name}`,
      correlationId,
      begunAt,
      notification: undefined,
    };
    this.#all.push(upload);
    emit('uploadBegun', { ...upload });
    return {
      correlationId,
      containerName: CONTAINER,
      blobName: name,
      sasToken: blobs.sign(`${CONTAINER}/${name}`),
    };
  }

  /**
   * @param {string} deviceId
   * @param {unknown} correlationId
   * @param {any} notification
   * @throws {UploadError}
   */
  end(deviceId, correlationId, notification) {
    const upload = this.#all.find(
      (each) => each.deviceId === deviceId && each.correlationId === correlationId && !each.notification,
    );
    if (!upload) throw new UploadError(404, 'FileUploadNotFound', 'there is no such upload, or it is over');
    upload.notification = notificationOf(notification);
    this.#terms.emit('uploadEnded', { ...upload });
  }
}

/**
 * @param {any} notification JSON of a device; null is not said
 * @returns {import('../index').UploadNotification}
 * @throws {UploadError}
 */
function notificationOf({ isSuccess, statusCode, statusDescription }) {
  if (typeof isSuccess !== 'boolean') throw new UploadError(400, 'ArgumentInvalid', 'isSuccess is missing');
  const code = statusCode ?? undefined;
  const description = statusDescription ?? undefined;
  if (code !== undefined && !Number.isInteger(code))
    throw new UploadError(400, 'ArgumentInvalid', 'statusCode is no integer');
  if (description !== undefined && typeof description !== 'string')
    throw new UploadError(400, 'ArgumentInvalid', 'statusDescription is no string');
  return { isSuccess, statusCode: code, statusDescription: description };
}

module.exports = { UploadError, Uploads };
