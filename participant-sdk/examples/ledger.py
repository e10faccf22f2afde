#!/usr/bin/env python3
"""A service without the SDK, in Python's standard library: ledger.py PORT DATABASE [whsec_SECRET...]"""
import base64, hmac, json, sqlite3, sys, time, wsgiref.simple_server
db = sqlite3.connect(sys.argv[2], isolation_level=None)
db.execute("CREATE TABLE IF NOT EXISTS entry (branch, cents)")
db.execute("CREATE TABLE IF NOT EXISTS answer (branch, phase, status, body, PRIMARY KEY (branch, phase))")
secrets = [base64.b64decode(text.removeprefix("whsec_")) for text in sys.argv[3:]]
def is_signed(head, body):  # Standard Webhooks; the id that is signed is the call's key
    key, stamp, given = head("webhook-id"), head("webhook-timestamp"), head("webhook-signature").encode().split()
    macs = [hmac.digest(secret, f"{key}.{stamp}.".encode() + body, "sha256") for secret in secrets]
    known = any(hmac.compare_digest(b"v1," + base64.b64encode(mac), one) for mac in macs for one in given)
    return known and key == head("idempotency-key") and abs(time.time() - int(stamp)) <= 300
def decide(head, body):  # the table of the protocol, in one database transaction with what is done
    *parts, phase = [head("belay-" + name) for name in ("transaction", "step", "item", "phase")]
    key, branch, answer = "/".join(filter(None, [*parts, phase])), json.dumps(parts), (204, "")
    if head("idempotency-key") != key or not all(parts[:2]) or phase not in ("action", "compensation"):
        return 400, '{"code":"bad_request"}'
    seen = {row[1]: row[2:] for row in db.execute("SELECT * FROM answer WHERE branch = ?", [branch])}
    if phase in seen:
        return seen[phase]  # the same again gets what it got; a do whose undo came first finds the fence
    cents = json.loads(body)["cents"] * (1 if phase == "action" else -1)
    if phase == "action" and cents <= 0:
        answer = 409, '{"code":"nothing"}'
    elif phase == "action" or seen.get("action", [0])[0] == 200:
        answer = 200, '{"entry":%d}' % db.execute("INSERT INTO entry VALUES (?, ?)", [branch, cents]).lastrowid
    elif not seen:  # an undo of nothing leaves a fence
        db.execute("INSERT INTO answer VALUES (?, 'action', 409, ?)", [branch, '{"code":"late"}'])
    db.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", [branch, phase, *answer])
    return answer
def serve(request, start_response):
    head = lambda name: request.get("HTTP_" + name.upper().replace("-", "_"), "")
    body = request["wsgi.input"].read(int(request.get("CONTENT_LENGTH") or 0))
    status, said = 200, '{"cents":%d}' % db.execute("SELECT total(cents) FROM entry").fetchone()
    if request["REQUEST_METHOD"] != "GET":
        with db:  # an error takes everything back and is answered 500: the call comes again
            db.execute("BEGIN IMMEDIATE")
            status, said = decide(head, body) if not secrets or is_signed(head, body) else (401, '{"code":"forged"}')
    start_response(f"{status} ", [("Content-Type", "application/json")])
    return [said.encode()]
wsgiref.simple_server.make_server("127.0.0.1", int(sys.argv[1]), serve).serve_forever()
