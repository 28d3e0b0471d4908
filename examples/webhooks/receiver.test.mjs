// The test of a back end: a session is created and decided as a customer would,
// and the webhook's arrival, its signature and the result are checked. It runs
// against the emulator at EMULATOR_URL:  node --test
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readSession, receiver } from "./receiver.mjs";

const emulator = process.env.EMULATOR_URL ?? "http://127.0.0.1:8080";
const host = process.env.RECEIVER_HOST ?? "127.0.0.1"; // of this machine, as the emulator reaches it
const token = process.env.EMULATOR_API_KEY ?? "emulator-key";
const flow = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"; // Document capture

const events = [];
const waiting = [];
const server = receiver({
  keysUrl: `${emulator}/oidc/.well-known/jwks.json`,
  issuer: emulator,
  leastInterval: 0, // keys change quickly in this test
  onEvent: (event) => (waiting.length > 0 ? waiting.shift()(event) : events.push(event)),
});
const next = () => (events.length > 0 ? events.shift() : new Promise((resolve) => waiting.push(resolve)));

async function control(method, path, body) {
  const response = await fetch(`${emulator}/_emulator/${path}`, { method, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.status === 204 ? undefined : response.json();
}

// create makes a session, and returns its ID and the token of its player page.
async function create() {
  const response = await fetch(`${emulator}/api/v1/flows/${flow}/staging/sessions`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ input: { basicIdentity: { givenName: "Max", familyName: "Schmidt" } }, metadata: { subjectId: "customer-123" } }),
  });
  assert.equal(response.status, 201);
  const session = await response.json();
  return { id: session.sessionContext.sessionId, player: new URL(session.playerUrl).searchParams.get("token") };
}

// decide does what the person does on the player page.
const decide = (player, decision) =>
  fetch(`${emulator}/player`, { method: "POST", redirect: "manual", body: new URLSearchParams({ token: player, decision }) });

// delivered waits until a session's deliveries have ended, and returns them.
async function delivered(sessionId) {
  for (;;) {
    const { deliveries } = await control("GET", `deliveries?sessionId=${sessionId}`);
    if (deliveries.length > 0 && deliveries.every((delivery) => delivery.state !== "pending")) return deliveries;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

before(async () => {
  await new Promise((resolve) => server.listen(0, host, resolve));
  await control("PUT", "webhooks", { flowId: flow, url: `http://${host}:${server.address().port}/webhook` });
});

after(async () => {
  await control("DELETE", "webhooks");
  server.close();
});

test("the result of a session is read once its webhook has come", async () => {
  const session = await create();
  assert.equal((await next()).eventName, "session.created");
  await decide(session.player, "accept");
  const ended = await next();
  assert.equal(ended.eventName, "session.completed");
  assert.equal(ended.payload.sessionId, session.id);
  const result = await readSession({ apiUrl: emulator, token, environment: ended.environment, sessionId: ended.payload.sessionId });
  assert.equal(result.outcome, "accepted");
  assert.equal(result.subjectId, "customer-123");
});

test("a forged webhook is refused, and the next try is taken", async () => {
  await control("POST", "faults", { call: "webhook", kind: "bad-signature", times: 1 });
  const session = await create();
  assert.equal((await next()).payload.sessionId, session.id);
  const [delivery] = await delivered(session.id);
  assert.deepEqual(delivery.attempts.map((attempt) => attempt.status), [400, 204]);
});

test("a webhook that comes twice counts once", async () => {
  const session = await create();
  const first = await next();
  const [delivery] = await delivered(session.id);
  await control("POST", `deliveries/${delivery.id}/redeliver`);
  const [again] = await delivered(session.id);
  assert.equal(again.attempts.length, 2);
  assert.equal(first.eventId, delivery.id);
  assert.equal(events.length, 0);
});

test("a new key is found", async () => {
  await control("POST", "keys");
  const session = await create();
  assert.equal((await next()).payload.sessionId, session.id);
});
