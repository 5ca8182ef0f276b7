"""A device or module on azure-iot-device for Python, as the samples of the SDK are: mqtt or websockets, key or x509."""

import json
import os
import sys
import threading

from azure.iot.device import IoTHubDeviceClient, IoTHubModuleClient, Message, MethodResponse, X509

NOTE = "ä b&c=d/e?f+g#h%20"
lock = threading.Lock()


def tell(event, **facts):
    with lock:
        print(json.dumps({"event": event, **facts}), flush=True)


def make_client(kind, websockets):
    options = {"websockets": websockets, "connection_retry_interval": 1, "keep_alive": 60}
    if kind == "module":
        return IoTHubModuleClient.create_from_edge_environment(**options)
    with open(os.environ["CA_FILE"]) as file:
        options["server_verification_cert"] = file.read()
    if kind == "x509":
        return IoTHubDeviceClient.create_from_x509_certificate(
            x509=X509(os.environ["CERT_FILE"], os.environ["KEY_FILE"]),
            hostname="local.azure-devices.net",
            gateway_hostname=os.environ["GATEWAY"],
            device_id=os.environ["CLIENT_ID"],
            **options,
        )
    return IoTHubDeviceClient.create_from_connection_string(os.environ["CONNECTION_STRING"], **options)


def send(client, kind, n):
    message = Message(json.dumps({"n": n}), content_encoding="utf-8", content_type="application/json")
    message.custom_properties["note"] = NOTE
    message.custom_properties["n"] = n
    if kind == "module":
        client.send_message_to_output(message, "output1")
    else:
        client.send_message(message)


def send_many(client, kind, count):
    """Several at a time: each call waits for its acknowledgement."""
    numbers = iter(range(count))
    numbers_lock = threading.Lock()

    def work():
        while True:
            with numbers_lock:
                n = next(numbers, None)
            if n is None:
                return
            send(client, kind, n)

    threads = [threading.Thread(target=work) for _ in range(min(count, 20))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tell("sent", count=count)


def main():
    kind, protocol = sys.argv[1:]
    client = make_client(kind, protocol == "websockets")

    def on_method(request):
        client.send_method_response(
            MethodResponse.create_from_method_request(request, 207, {"echo": request.payload})
        )
        tell("method", name=request.name)

    def on_message(message):
        tell(
            "c2d",
            body=message.data.decode(),
            properties=message.custom_properties,
            input=getattr(message, "input_name", None),
        )

    def on_connection_state_change():
        if client.connected:
            tell("connected")

    client.on_message_received = on_message
    client.on_method_request_received = on_method
    client.on_twin_desired_properties_patch_received = lambda patch: tell("desired", patch=patch)
    client.connect()
    client.on_connection_state_change = on_connection_state_change
    tell("connected")
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "telemetry":
            send_many(client, kind, int(argument))
        elif command == "twin":
            tell("twin", twin=client.get_twin())
        elif command == "report":
            client.patch_twin_reported_properties(json.loads(argument))
            tell("reported", status=204)
        elif command == "quit":
            break
    client.shutdown()


main()
