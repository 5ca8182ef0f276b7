'use strict';

const { SharedAccessSignature } = require('../../..');
const { DEVICE, HUB, KEY, connectionStringTo, gatewayFor } = require('../surroundings');

/**
 * @param {(text: string, at: string) => string} change
 * @returns {(t: any) => Promise<import('./index').Scene>} A gateway in order, and its connection string changed.
 */
const given = (change) => async (t) => {
  const { ca, at, connectionString } = await gatewayFor(t);
  const surroundings = { limits: { nameMs: 1000 } };
  return { connectionString: change(connectionString, at), ca, surroundings };
};
/** @param {string} name @param {string | undefined} value */
const field = (name, value) => given((_, at) => connectionStringTo(at, { [name]: value }));
/** @param {(text: string) => string} change */
const host = (change) => given((_, at) => connectionStringTo(change(at)));
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
const token = () => SharedAccessSignature.create(HUB, DEVICE, KEY, inAnHour()).toString();

/** What people give as a connection string. @type {import('./index').Scenes} */
module.exports = {
  'connection-string-cut': given((text) => text.split(';')[0]),
  'connection-string-cut, in a token': given((_, at) =>
    connectionStringTo(at, { SharedAccessKey: undefined, SharedAccessSignature: token().split('&')[0] }),
  ),
  'connection-string-cut, at the blank of a token': given((_, at) =>
    connectionStringTo(at, { SharedAccessKey: undefined, SharedAccessSignature: token().split(' ')[0] }),
  ),
  'connection-string-of-service': given(
    (_, at) => `HostName=${HUB};SharedAccessKeyName=iothubowner;SharedAccessKey=${KEY};GatewayHostName=${at}`,
  ),
  'connection-string-of-service, of reading alone': given(
    () => `HostName=${HUB};SharedAccessKeyName=service;SharedAccessKey=${KEY}`,
  ),
  'connection-string-other, of an Event Hub': given(
    () =>
      `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=${KEY};EntityPath=x`,
  ),
  'connection-string-other, a URL': given((_, at) => `https://${at}/`),
  'connection-string-other, a token': given(() => token()),
  'connection-string-other, a key': given(() => KEY),
  'connection-string-other, a name': given(() => DEVICE),
  'connection-string-other, a variable': given(() => '$IOTHUB_DEVICE_CONNECTION_STRING'),
  'connection-string-other, a path': given(() => '~/device/connection-string.txt'),
  'connection-string-other, a placeholder': given(() => '<connection string of the device>'),
  'connection-string-wrapped, in base64': given((text) => Buffer.from(text).toString('base64')),
  'connection-string-wrapped, percent-encoded': given((text) => encodeURIComponent(text)),
  'connection-string-wrapped, in JSON': given((text) => JSON.stringify({ connectionString: text })),
  'connection-string-wrapped, with its variable': given((text) => `IOTHUB_DEVICE_CONNECTION_STRING=${text}`),
  'connection-string-wrapped, with export': given((text) => `export CS="${text}"`),
  'connection-string-wrapped, with backslashes': given((text) => text.replaceAll(';', '\\;')),
  'connection-string-wrapped, with an invisible sign': given((text) =>
    text.replace('DeviceId', '\u200bDeviceId'),
  ),
  'connection-string-space, quotes in quotes': given((text) => `'"${text}"'`),
  'connection-string-space, quotes at one end': given((text) => `${text}"`),
  'connection-string-space, a quoted value': field('SharedAccessKey', `"${KEY}"`),
  'connection-string-space, a line end of Windows': given((text) => `${text}\r\n`),
  'connection-string-space, around the device id': field('DeviceId', ` ${DEVICE} `),
  'connection-string-placeholder, for the key': field('SharedAccessKey', '<key>'),
  'connection-string-placeholder, for the gateway': given(() => connectionStringTo('<gateway>')),
  'connection-string-placeholder, in the hub': field('HostName', '<hub>.azure-devices.net'),
  'connection-string-placeholder, for the device': field('DeviceId', '{device id}'),
  'connection-string-placeholder, a hidden key': field('SharedAccessKey', '****'),
  'connection-string-malformed, with colons': given((text) => text.replace('HostName=', 'HostName: ')),
  'connection-string-malformed, an empty key': field('SharedAccessKey', ''),
  'connection-string-separator, commas': given((text) => text.replaceAll(';', ',')),
  'connection-string-separator, line breaks': given((text) => text.replaceAll(';', '\n')),
  'connection-string-field-missing, the device': field('DeviceId', undefined),
  'connection-string-field-missing, the hub': field('HostName', undefined),
  'connection-string-field-misspelt': given((text) => text.replace('DeviceId', 'DeviceID')),
  'connection-string-field-misspelt, the gateway': given((text) =>
    text.replace('GatewayHostName', 'GatewayHostname'),
  ),
  'connection-string-field-duplicate': given((text) => `${text};DeviceId=d2`),
  'connection-string-field-unknown': given((text) => `${text};Protocol=mqtt`),
  'credential-missing': field('SharedAccessKey', undefined),
  'credential-conflict': given((text) => `${text};SharedAccessSignature=${token()}`),
  'key-not-base64, a foreign sign': field('SharedAccessKey', `${KEY.slice(0, 12)}#${KEY.slice(12)}`),
  'device-id-unusable, a slash': field('DeviceId', 'plant/pump'),
  'device-id-unusable, a blank': field('DeviceId', 'pump 7'),
  'gateway-port-invalid, too large': host((at) => `${at}3`.replace(/:\d+$/, ':88833')),
  'gateway-port-invalid, 0': host((at) => at.replace(/:\d+$/, ':0')),
  'gateway-port-invalid, none': host((at) => at.replace(/:\d+$/, ':')),
  'gateway-port-invalid, a word': host((at) => at.replace(/:\d+$/, ':mqtts')),
  'gateway-name-unusable, a URL': host((at) => `https://${at}`),
  'gateway-name-unusable, a slash': host((at) => `${at}/`),
  'gateway-name-unusable, a number above 255': host(() => '192.168.1.400'),
  'gateway-name-unusable, commas': host(() => '192,168,1,4'),
  'gateway-name-unusable, two dots': host(() => 'gateway..local'),
  'gateway-name-unusable, an address with its interface': host((at) => at.replace(/.*(?=:)/, '[::1%lo]')),
  'gateway-name-unusable, a link-local address with its interface': host(() => 'fe80::1%eth0'),
  'gateway-name-unusable, of the hub': given((text) => text.replace(HUB, `https://${HUB}`)),
  'audience-refused, a dot behind the hub': given((text) => text.replace(HUB, `${HUB}.`)),
  'audience-refused, the hub without its domain': given((text) => text.replace(HUB, HUB.split('.')[0])),
  'policy-key': async (t) => {
    const { ca, at } = await gatewayFor(t);
    const other = Buffer.from('the key of iothubowner, and none').toString('base64');
    const connectionString = `HostName=${HUB};SharedAccessKeyName=iothubowner;DeviceId=${DEVICE};SharedAccessKey=${other};GatewayHostName=${at}`;
    return { connectionString, ca, secrets: [other] };
  },
};
