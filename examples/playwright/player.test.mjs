// The test of a web shop, in a browser: a session is created, a person decides on the
// player page, the shop's page opens, and the webhook has the same result. It runs against
// the emulator at EMULATOR_URL, with a Chromium that is installed already:
//
//   npm install playwright-core
//   EMULATOR_URL=http://127.0.0.1:8080 CHROMIUM=/usr/bin/chromium node --test
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const emulator = process.env.EMULATOR_URL ?? "http://127.0.0.1:8080";
const flow = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"; // Document capture
const headers = { Authorization: `Bearer ${process.env.EMULATOR_API_KEY ?? "emulator-key"}`, "Content-Type": "application/json" };

let browser, shop, shopUrl;

async function call(method, path, body) {
  const response = await fetch(emulator + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.status === 204 ? undefined : response.json();
}

// delivered waits for a webhook of a session to arrive, and returns its claims. A back
// end verifies the signature itself: see the guide on webhooks.
async function delivered(sessionId, event) {
  for (;;) {
    const { deliveries } = await call("GET", `/_emulator/deliveries?sessionId=${sessionId}`);
    const found = deliveries.find((delivery) => delivery.event === event);
    if (found && found.state !== "pending") return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

before(async () => {
  // The shop: a page that the person comes back to, and the receiver of webhooks.
  shop = createServer((request, response) => {
    request.resume();
    response.writeHead(request.method === "POST" ? 204 : 200, { "Content-Type": "text/html" });
    response.end(request.method === "POST" ? undefined : "<!doctype html><title>Thank you</title>");
  });
  await new Promise((resolve) => shop.listen(0, "127.0.0.1", resolve));
  shopUrl = `http://127.0.0.1:${shop.address().port}`;
  await call("PUT", "/_emulator/webhooks", { flowId: flow, url: `${shopUrl}/webhook` });
  // Without a sandbox in a container that runs as root; remove the argument elsewhere.
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});

after(async () => {
  await browser?.close();
  await call("DELETE", "/_emulator/webhooks");
  shop.closeAllConnections();
  shop.close();
});

for (const [decision, status, outcome] of [["accept", "COMPLETED", "accepted"], ["reject", "COMPLETED", "rejected"], ["abort", "ABORTED", "NO_OUTCOME"]]) {
  test(`${decision}: the shop's page opens, and its back end receives the webhook`, async () => {
    const created = await call("POST", `/api/v1/flows/${flow}/staging/sessions`, {
      input: { basicIdentity: { givenName: "Max", familyName: "Schmidt" } },
      metadata: { subjectId: "customer-123" },
      redirectUrl: `${shopUrl}/done`,
      state: "abc",
    });
    const { sessionId } = created.sessionContext;
    const page = await browser.newPage();
    await page.goto(created.playerUrl);
    await page.click(`button[value=${decision}]`);
    await page.waitForURL(`${shopUrl}/done?*`);
    assert.equal(await page.title(), "Thank you");
    const query = new URL(page.url()).searchParams;
    assert.equal(query.get("sessionId"), sessionId);
    assert.equal(query.get("state"), "abc");
    await page.close();

    const webhook = await delivered(sessionId, status === "ABORTED" ? "session.aborted" : "session.completed");
    assert.equal(webhook.state, "delivered");
    assert.equal(webhook.claims.data.payload.sessionStatus, status);
    const session = await call("GET", `/api/v1/staging/sessions/${sessionId}`);
    assert.equal(session.sessionStatus, status);
    assert.equal(session.outcome, outcome);
  });
}
