"""Prints the events of all stations, each once, and says what is missing.

    pip install nats-py
    python3 examples/subscriber-python/subscriber.py nats://127.0.0.1:4222
"""

import asyncio
import json
import sys

import nats


async def main(url, count):
    connection = await nats.connect(url)
    subscription = await connection.jetstream().subscribe("qc.>", ordered_consumer=True)
    last = {}  # by incarnation
    while count != 0:
        event = json.loads((await subscription.next_msg(timeout=None)).data)
        station, sequence = event["incarnation"], int(event["sequence"])
        if sequence <= last.get(station, 0):
            continue  # had it already
        if station in last and sequence > last[station] + 1:
            print(f"{event['source']}: {sequence - last[station] - 1} missing", flush=True)
        last[station] = sequence
        print(event["source"], event["type"], sequence, event["data"].get("verdict", ""), flush=True)
        count -= 1
    await connection.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else -1))
