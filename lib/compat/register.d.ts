/**
 * Preloaded (`node -r edge-downstream/register app.js`, `node --import edge-downstream/register app.mjs`), this makes
 * azure-iot-device, azure-iot-device-mqtt and azure-iot-common mean `edge-downstream`, installed or not.
 */
export {};
