#!/usr/bin/env python3
"""A service without the SDK, in Python's standard library: ledger.py PORT DATABASE [whsec_SECRET...]"""
import base64, hmac, json, sqlite3, sys, time, wsgiref.simple_server
db = sqlite3.connect(sys.argv[2], isolation_level=None)
db.execute("CREATE TABLE IF NOT EXISTS entry (branch, cents)")
db.execute("CREATE TABLE IF NOT EXISTS answer (branch, phase, status, body, PRIMARY KEY (branch, phase))")
secrets = [base64.b64decode(text.removeprefix("whsec_")) for text in sys.argv[3:]]
def is_signed(head, body):  # Standard Webhooks; the id that is signed is the call's key
    stamp, given = head("webhook-timestamp"), head("webhook-signature").encode().split()
    text = f"{head('webhook-id')}.{stamp}.".encode() + body
    right = [b"v1," + base64.b64encode(hmac.digest(secret, text, "sha256")) for secret in secrets]
    return (head("webhook-id") == head("idempotency-key")
            and stamp.isdecimal() and abs(time.time() - int(stamp)) <= 300
            and any(hmac.compare_digest(one, other) for one in right for other in given))
def decide(head, body):  # the table of the protocol, in one database transaction with what is done
    *parts, phase = [head("belay-" + name) for name in ("transaction", "step", "item", "phase")]
    key, branch, answer = "/".join(filter(None, [*parts, phase])), json.dumps(parts), (204, "")
    if head("idempotency-key") != key or not all(parts[:2]) or phase not in ("action", "compensation"):
        return 400, '{"code":"bad_request"}'
    seen = {row[1]: row[2:] for row in db.execute("SELECT * FROM answer WHERE branch = ?", [branch])}
    if phase in seen:  # the same again gets what it got; a do whose undo came first finds the fence
        return seen[phase]
    cents = json.loads(body)["cents"]
    if phase == "action" and cents <= 0:
        answer = 409, '{"code":"nothing"}'
    elif phase == "action":
        answer = 200, '{"entry":%d}' % db.execute("INSERT INTO entry VALUES (?, ?)", [branch, cents]).lastrowid
    elif "action" not in seen:  # an undo of nothing leaves a fence
        db.execute("INSERT INTO answer VALUES (?, 'action', 409, ?)", [branch, '{"code":"late"}'])
    elif seen["action"][0] == 200:
        db.execute("INSERT INTO entry VALUES (?, ?)", [branch, -cents])
    db.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", [branch, phase, *answer])
    return answer
def serve(request, start_response):
    head = lambda name: request.get("HTTP_" + name.upper().replace("-", "_"), "")
    body = request["wsgi.input"].read(int(request.get("CONTENT_LENGTH") or 0))
    status, said = 401, '{"code":"unauthorized"}'
    if request["REQUEST_METHOD"] == "GET":
        status, said = 200, '{"cents":%d}' % db.execute("SELECT total(cents) FROM entry").fetchone()
    elif not secrets or is_signed(head, body):
        with db:  # an error takes everything back and is answered 500: the call comes again
            db.execute("BEGIN IMMEDIATE")
            status, said = decide(head, body)
    start_response(f"{status} ", [("Content-Type", "application/json")])
    return [said.encode()]
wsgiref.simple_server.make_server("127.0.0.1", int(sys.argv[1]), serve).serve_forever()
