import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const secret = Buffer.from("whsec_your_secret".replace("whsec_", ""), "base64");
const TOLERANCE_S = 300;

function isOurs(headers, body) {
  const id = headers["webhook-id"];
  const at = headers["webhook-timestamp"];
  if (!(Math.abs(Date.now() / 1000 - Number(at)) <= TOLERANCE_S)) return false;
  const right = createHmac("sha256", secret).update(`${id}.${at}.${body}`).digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const given = Buffer.from(one.replace("v1,", ""), "base64");
    return one.startsWith("v1,") && given.length === right.length && timingSafeEqual(given, right);
  });
}

createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  if (!isOurs(request.headers, body)) return response.writeHead(400).end();
  response.writeHead(204).end(); // answer first, work afterwards
  const event = JSON.parse(body);
  console.log(request.headers["webhook-id"], event.type);
}).listen(8080);
