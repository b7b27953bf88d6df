'use strict';

// A client for the tests: `node client.js VERSION PORT CLIENT-ID COMMAND …`, where VERSION is 3, 4 or 5.
//   publish TOPIC PAYLOAD QOS RETAIN     publishes one message, waits for its acknowledgement and ends
//   subscribe TOPIC QOS                  prints "subscribed", then a line for each message: retain qos topic payload
//   subscribe-durably TOPIC QOS EXPIRY   the same with a session that outlives its connections, and comes back
//   will TOPIC PAYLOAD QOS RETAIN        connects with a will, prints "connected" and stays

const mqtt = require('mqtt');

const [version, port, clientId, command, topic, ...more] = process.argv.slice(2);
const level = Number(version);

const options = {
  host: '127.0.0.1',
  port: Number(port),
  clientId,
  protocolVersion: level,
  protocolId: level === 3 ? 'MQIsdp' : 'MQTT',
  reconnectPeriod: 0,
};
if (command === 'will') {
  const [payload, qos, retain] = more;
  options.will = { topic, payload, qos: Number(qos), retain: retain === 'true' };
}
if (command === 'subscribe-durably') {
  options.clean = false;
  options.reconnectPeriod = 100;
  if (level === 5) options.properties = { sessionExpiryInterval: Number(more[1]) };
}

const client = mqtt.connect(options);

function fail(error) {
  console.error(String(error));
  process.exit(1);
}

// A client that comes back may knock at a server that is gone.
client.on('error', options.reconnectPeriod > 0 ? () => {} : fail);
client.on('message', (name, payload, packet) => {
  console.log(`${packet.retain ? 1 : 0} ${packet.qos} ${name} ${payload}`);
});
client.once('connect', () => {
  switch (command) {
    case 'publish': {
      const [payload, qos, retain] = more;
      client.publish(topic, payload, { qos: Number(qos), retain: retain === 'true' }, (error) => {
        if (error) fail(error);
        client.end(false, {}, () => process.exit(0));
      });
      break;
    }
    case 'subscribe':
    case 'subscribe-durably':
      client.subscribe(topic, { qos: Number(more[0]) }, (error, granted) => {
        if (error || granted[0].qos > 2) fail(error || 'refused');
        console.log('subscribed');
      });
      break;
    case 'will':
      console.log('connected');
      break;
    default:
      fail(`unknown command ${command}`);
  }
});
