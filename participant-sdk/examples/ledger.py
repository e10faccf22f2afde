#!/usr/bin/env python3
"""A service without the SDK, in Python's standard library: ledger.py PORT DATABASE [whsec_SECRET...]"""
import base64, hmac, http.server, json, sqlite3, sys, time
db = sqlite3.connect(sys.argv[2], isolation_level=None)
db.executescript("CREATE TABLE IF NOT EXISTS entry (key, cents); CREATE TABLE IF NOT EXISTS answer"
                 " (branch, phase, status, body, PRIMARY KEY (branch, phase))")
secrets = [base64.b64decode(secret.removeprefix("whsec_")) for secret in sys.argv[3:]]
def is_signed(head, body):  # Standard Webhooks; the id that is signed is the call's key
    text = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    right = ["v1," + base64.b64encode(hmac.digest(secret, text, "sha256")).decode() for secret in secrets]
    stamp, given = head["webhook-timestamp"] or "", (head["webhook-signature"] or "").split()
    return (head["webhook-id"] == head["idempotency-key"] and stamp.isdigit() and abs(time.time() - int(stamp)) <= 300
            and any(hmac.compare_digest(one, other) for one in right for other in given))
def decide(head, body):  # the table of the protocol, in one database transaction with what is done
    parts = [head["belay-" + name] for name in ("transaction", "step", "item", "phase") if head["belay-" + name]]
    branch, phase = json.dumps(parts[:-1]), parts[-1] if parts else None
    if len(parts) < 3 or phase not in ("action", "compensation") or head["idempotency-key"] != "/".join(parts):
        return 400, '{"code":"bad_request"}'
    seen = {row[0]: row[1:] for row in db.execute("SELECT phase, status, body FROM answer WHERE branch = ?", [branch])}
    if phase in seen:  # the same again gets what it got; a do whose undo came first finds the fence
        return seen[phase]
    answer, cents = (204, ""), json.loads(body)["cents"]
    if phase == "action" and cents <= 0:
        answer = 409, '{"code":"nothing"}'
    elif phase == "action":
        answer = 200, '{"entry":%d}' % db.execute("INSERT INTO entry VALUES (?, ?)", [branch, cents]).lastrowid
    elif "action" not in seen:  # an undo of nothing leaves a fence
        db.execute("INSERT INTO answer VALUES (?, 'action', 409, ?)", [branch, '{"code":"late"}'])
    elif seen["action"][0] == 200:
        db.execute("INSERT INTO entry SELECT key, -cents FROM entry WHERE key = ?", [branch])
    db.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", [branch, phase, *answer])
    return answer
class Ledger(http.server.BaseHTTPRequestHandler):
    def send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))  # else an answer that breaks off looks whole
        self.end_headers()
        self.wfile.write(body.encode())
    def do_GET(self):
        self.send(200, '{"cents":%d}' % db.execute("SELECT coalesce(sum(cents), 0) FROM entry").fetchone()[0])
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if secrets and not is_signed(self.headers, body):
            return self.send(401, '{"code":"unauthorized"}')
        try:  # whatever goes wrong is taken back, and the call comes again
            with db:
                db.execute("BEGIN IMMEDIATE")
                answer = decide(self.headers, body)
        except Exception as error:
            answer = 500, json.dumps({"code": "failed", "detail": str(error)})
        self.send(*answer)
http.server.HTTPServer.request_queue_size = 128
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ledger).serve_forever()
