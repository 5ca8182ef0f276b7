'use strict';

// aws-crt's MQTT 3.1.1 client. Its publish gives a promise of the PUBACK and takes no callback.

const fs = require('node:fs');
const { io, mqtt } = require('aws-crt');
const { job, host, body, topic, run, fail } = require('./workload');

const tls = new io.TlsContextOptions();
tls.override_default_trust_store(fs.readFileSync(job.ca, 'utf-8'));
tls.min_version = io.TlsVersion.TLSv1_3;

const connection = new mqtt.MqttClient(new io.ClientBootstrap()).new_connection({
  client_id: job.deviceId,
  host_name: host,
  port: job.port,
  username: 'bench',
  password: 'bench',
  clean_session: false,
  keep_alive: 180,
  // Its telemetry suffix to the user name.
  disable_metrics: true,
  socket_options: new io.SocketOptions(io.SocketType.STREAM, io.SocketDomain.IPV4, 10_000),
  tls_ctx: new io.ClientTlsContext(tls),
});

connection.on('error', fail);
connection
  .connect()
  .then(() => {
    run(
      (acknowledged) => {
        connection.publish(topic, body, mqtt.QoS.AtLeastOnce).then(() => acknowledged(), fail);
      },
      () => connection.disconnect().catch(fail),
    );
  })
  .catch(fail);
