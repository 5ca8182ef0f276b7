"""A device on paho-mqtt 1 or 2, without an SDK: what README files of plain MQTT clients show."""

import json
import os
import ssl
import sys
import threading
import urllib.parse

import paho.mqtt.client as mqtt

DEVICE = os.environ["CLIENT_ID"]
EVENTS = f"devices/{DEVICE}/messages/events/"
C2D = f"devices/{DEVICE}/messages/devicebound/"
DESIRED = "$iothub/twin/PATCH/properties/desired/"
METHODS = "$iothub/methods/POST/"
RESPONSES = "$iothub/twin/res/"
NOTE = "ä b&c=d/e?f+g#h%20"

lock = threading.Lock()
unacknowledged = set()
early = set()
burst = 0


def tell(event, **facts):
    with lock:
        print(json.dumps({"event": event, **facts}), flush=True)


def bag(properties):
    return urllib.parse.urlencode(properties, quote_via=urllib.parse.quote, safe="")


def on_connect(client, userdata, flags, code, properties=None):
    if code != 0:
        print("refused", code, file=sys.stderr, flush=True)
        return
    client.subscribe([(C2D + "#", 1), (RESPONSES + "#", 1), (DESIRED + "#", 1), (METHODS + "#", 1)])


def on_subscribe(client, userdata, mid, codes, properties=None):
    tell("connected")


def on_publish(client, userdata, mid, code=None, properties=None):
    global burst
    with lock:
        if mid in unacknowledged:
            unacknowledged.discard(mid)
        else:
            early.add(mid)
        done = burst > 0 and not unacknowledged
        count = burst
        if done:
            burst = 0
    if done:
        tell("sent", count=count)


def on_message(client, userdata, message):
    topic = message.topic
    body = message.payload.decode()
    if topic.startswith(C2D):
        tell("c2d", body=body, properties=dict(urllib.parse.parse_qsl(topic[len(C2D):])))
    elif topic.startswith(DESIRED):
        tell("desired", patch=json.loads(body))
    elif topic.startswith(METHODS):
        name = topic[len(METHODS):].split("/")[0]
        rid = topic.split("$rid=")[1]
        answer = json.dumps({"echo": json.loads(body)})
        client.publish(f"$iothub/methods/res/207/?$rid={rid}", answer, qos=0)
        tell("method", name=name)
    elif topic.startswith(RESPONSES):
        status = int(topic[len(RESPONSES):].split("/")[0])
        if body:
            tell("twin", twin=json.loads(body))
        else:
            tell("reported", status=status)


def make_client():
    if hasattr(mqtt, "CallbackAPIVersion"):
        return mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=DEVICE, protocol=mqtt.MQTTv311)
    return mqtt.Client(client_id=DEVICE, protocol=mqtt.MQTTv311)


def send(client, count):
    global burst
    with lock:
        unacknowledged.clear()
        early.clear()
    for n in range(count):
        properties = bag({"$.ct": "application/json", "$.ce": "utf-8", "n": n, "note": NOTE})
        info = client.publish(EVENTS + properties, json.dumps({"n": n}), qos=1)
        with lock:
            if info.mid in early:
                early.discard(info.mid)
            else:
                unacknowledged.add(info.mid)
    with lock:
        done = not unacknowledged
        burst = 0 if done else count
    if done:
        tell("sent", count=count)


def main():
    client = make_client()
    client.username_pw_set(os.environ["MQTT_USERNAME"], os.environ["MQTT_PASSWORD"])
    client.tls_set(ca_certs=os.environ["CA_FILE"], tls_version=ssl.PROTOCOL_TLS_CLIENT)
    client.reconnect_delay_set(1, 2)
    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_publish = on_publish
    client.on_message = on_message
    client.connect(os.environ["GATEWAY"], 8883, keepalive=60)
    client.loop_start()
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "telemetry":
            send(client, int(argument))
        elif command == "twin":
            client.publish("$iothub/twin/GET/?$rid=1", qos=0)
        elif command == "report":
            client.publish("$iothub/twin/PATCH/properties/reported/?$rid=2", argument, qos=0)
        elif command == "quit":
            break
    client.disconnect()
    client.loop_stop()


main()
