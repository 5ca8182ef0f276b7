// @ts-check
'use strict';

const { SharedAccessKeyAuthenticationProvider } = require('../authentication/providers/shared_access_key');
const {
  SharedAccessSignatureAuthenticationProvider,
} = require('../authentication/providers/shared_access_signature');
const { Client } = require('../client/client');
const { deviceConnectionString: ConnectionString } = require('../identity/connection_string');
const { Message } = require('../message/message');
const {
  deviceSharedAccessSignature: SharedAccessSignature,
} = require('../authentication/shared_access_signature');
const { getUserAgentString } = require('../identity/user_agent');

/** The exports of azure-iot-device 1.18 (device-sdk.md §1.1) as far as there is something behind them. */
module.exports = {
  Client,
  ConnectionString,
  Message,
  SharedAccessSignature,
  SharedAccessSignatureAuthenticationProvider,
  SharedAccessKeyAuthenticationProvider,
  getUserAgentString,
};
