// Receives webhooks of the Trust Platform, verifies them by the platform's key
// set, and reads the result of a session that has ended. It needs Node.js 20 and
// nothing else. In a service of your own, a JOSE library does what verify does.
import { createPublicKey, verify as verifySignature } from "node:crypto";
import { createServer } from "node:http";

const maxBody = 64 * 1024; // bytes; a webhook has less than two KiB
const maxRemembered = 10_000;

// keySet finds a key by its ID. One that it does not know may be new, since the
// platform changes its keys: then it looks once more, but not at the will of
// whoever sends unknown IDs.
export function keySet(address, leastInterval = 10_000) {
  let keys = new Map();
  let read = 0;
  return async (kid) => {
    if (!keys.has(kid) && Date.now() - read >= leastInterval) {
      read = Date.now();
      const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
      if (!response.ok) throw new Error(`the key set responds with ${response.status}`);
      const set = await response.json();
      keys = new Map(set.keys.map((key) => [key.kid, createPublicKey({ key, format: "jwk" })]));
    }
    return keys.get(kid);
  };
}

// verify returns the claims of a JWT, or throws. The receiver fixes the algorithm, because a
// sender could choose none.
export async function verify(jwt, findKey, issuer) {
  const [header, payload, signature, ...rest] = jwt.split(".");
  if (!signature || rest.length > 0) throw new Error("not a JWT");
  const { alg, kid } = JSON.parse(Buffer.from(header, "base64url"));
  if (alg !== "RS256") throw new Error("signed by another algorithm");
  const key = await findKey(kid);
  if (!key) throw new Error("signed by an unknown key");
  if (!verifySignature("RSA-SHA256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))) {
    throw new Error("the signature is wrong");
  }
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  if (claims.iss !== issuer) throw new Error("issued by another service");
  if (!(claims.exp > Date.now() / 1000)) throw new Error("expired");
  return claims;
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBody) throw new Error("the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

// receiver is a server that passes each event to onEvent once. The platform makes
// three attempts, so it responds with 2xx at once and works afterwards, and detects by its
// eventId an event that it has seen. An older revision has the JWT in a header.
export function receiver({ keysUrl, issuer, onEvent, leastInterval }) {
  const findKey = keySet(keysUrl, leastInterval);
  const seen = new Set();
  return createServer(async (request, response) => {
    let event;
    try {
      const body = await readBody(request);
      event = (await verify(request.headers["x-idnow-signature"] ?? body, findKey, issuer)).data;
    } catch {
      response.writeHead(400).end(); // nothing of the request goes into a log
      return;
    }
    response.writeHead(204).end();
    if (seen.has(event.eventId)) return;
    seen.add(event.eventId);
    if (seen.size > maxRemembered) seen.delete(seen.values().next().value);
    onEvent(event);
  });
}

// readSession reads a session: the webhook reports its end, and nothing of the
// person.
export async function readSession({ apiUrl, token, environment, sessionId }) {
  const response = await fetch(`${apiUrl}/api/v1/${encodeURIComponent(environment)}/sessions/${encodeURIComponent(sessionId)}`, {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`the session responds with ${response.status}`);
  return response.json();
}
