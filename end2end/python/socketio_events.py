"""python-socketio as a program would use it: every event of /chat over one transport, beside another client.

python socketio_events.py URL TRANSPORT ROOM TOKEN; the token is an account's that is called "python".
"""

import queue
import sys

import socketio

URL, TRANSPORT, ROOM, TOKEN = sys.argv[1:]
WITHIN = 20


class Client:
    """Connects, and keeps what it hears until it is asked for."""

    def __init__(self, namespace="/chat", **auth):
        self.namespace = namespace
        self.heard = {}
        self.io = socketio.Client(reconnection=False)
        self.io.on("*", self._hear, namespace=namespace)
        self.io.connect(
            URL, auth=auth, namespaces=[namespace], transports=[TRANSPORT], wait_timeout=WITHIN
        )

    def _hear(self, event, *data):
        self.heard.setdefault(event, queue.Queue()).put(data[0] if data else None)

    def next(self, event):
        return self.heard.setdefault(event, queue.Queue()).get(timeout=WITHIN)

    def ask(self, event, *data):
        return self.io.call(event, data[0] if data else None, self.namespace, timeout=WITHIN)

    def tell(self, event, data):
        self.io.emit(event, data, self.namespace)


def refused(**auth):
    """What a connection that is not let in is told."""
    client = socketio.Client(reconnection=False)
    told = queue.Queue()
    client.on("connect_error", told.put, namespace="/chat")
    try:
        client.connect(URL, auth=auth, namespaces=["/chat"], transports=[TRANSPORT])
    except socketio.exceptions.ConnectionError:
        pass
    client.disconnect()
    return told.get(timeout=WITHIN)


def main():
    ada = Client(username="Ada")
    assert "Ada" in [person["username"] for person in ada.next("users:list")]
    bob = Client(token=TOKEN)
    bobs = ada.next("user:connected")
    assert bobs["username"] == "python", bobs
    me = next(it for it in bob.next("users:list") if it["username"] == "Ada")
    notified = Client("/notifications", token=TOKEN)

    joined = ada.ask("room:join", {"roomId": ROOM})
    assert joined == {"success": True, "roomId": ROOM, "message": f"Joined room {ROOM}"}, joined
    assert bob.ask("room:join", {"roomId": ROOM})["success"]
    who = {"roomId": ROOM, **bobs}
    assert ada.next("user:joined") == who

    sent = ada.ask("message:send", {"roomId": ROOM, "content": "Grüße, @python 🐍"})
    for client in (ada, bob):
        received = client.next("message:received")
        assert received["id"] == sent["messageId"] and received["content"] == "Grüße, @python 🐍"
        assert received["username"] == "Ada" and received["roomId"] == ROOM
    assert notified.next("mention")["messageId"] == sent["messageId"]

    bob.tell("typing:start", {"roomId": ROOM})
    assert ada.next("typing:start") == who
    assert ada.next("typing:stop") == who
    bob.tell("cursor:move", {"roomId": ROOM, "x": 10, "y": 20.5})
    [cursor] = ada.next("cursors")["cursors"]
    assert (cursor["userId"], cursor["x"], cursor["y"]) == (bobs["userId"], 10, 20.5), cursor

    private = ada.ask("message:private", {"recipientId": bobs["userId"], "content": "psst"})
    assert private["success"]
    for message in (
        bob.next("message:private"),
        notified.next("message:private"),
        ada.next("message:private:sent"),
    ):
        assert message["id"] == private["messageId"] and message["content"] == "psst"
        assert message["senderId"] == me["id"] and message["recipientId"] == bobs["userId"]

    upload = bob.ask("file:upload", {"filename": "bytes.bin", "buffer": bytes(range(256)) * 16})
    assert upload["success"] and upload["size"] == 4096, upload
    for payload in (None, 1, "text", [], {}, {"roomId": b"bytes"}, b"bytes"):
        answer = ada.ask("message:send", payload)
        assert answer == {"error": "Room ID is required", "code": "ROOM_ID_REQUIRED"}, answer
    ada.tell("message:send", {"roomId": ROOM})
    assert ada.next("exception")["message"] == "Message content is required"
    failure = refused(token="nonsense")
    assert failure == {"message": "Unauthorized"} or failure == "Unauthorized", failure

    assert bob.ask("room:leave", {"roomId": ROOM})["success"]
    assert ada.next("user:left") == who
    lesson = Client("/", username="Pupil")
    assert lesson.ask("message", "Hello") == "Received: Hello"
    assert lesson.ask("join", ROOM) == ROOM and lesson.next("joined") == ROOM
    assert lesson.ask("message", {"room": ROOM, "message": "to the room"}) == "Message sent"
    assert lesson.next("message") == "to the room" and lesson.next("message") == "Message sent"
    assert ada.next("message:received")["content"] == "to the room"
    bob.io.disconnect()
    assert ada.next("user:disconnected") == bobs
    for client in (ada, notified, lesson):
        client.io.disconnect()
    print("ok")


main()
