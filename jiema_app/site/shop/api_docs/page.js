/* "Try it" on the API documentation: one request with the visitor's own key, and its answer.
 * The key is read from its field at each request and kept nowhere else. */

const LINES_SHOWN = 400;
const HEADERS_SHOWN = [
  "RateLimit-Limit",
  "RateLimit-Remaining",
  "RateLimit-Reset",
  "Retry-After",
  "ETag",
  "Idempotent-Replayed",
  "X-Request-Id",
];

const form = document.querySelector("[data-try-api]");
const call = form.querySelector("#try-call");
const result = form.querySelector("[data-result]");
const part = (name) => result.querySelector(`[data-${name}]`);
const value = (name) => form.querySelector(`#try-${name}`).value.trim();

function showFields() {
  const wanted = (call.selectedOptions[0].dataset.fields ?? "").split(" ");
  for (const field of form.querySelectorAll("[data-field]")) {
    field.hidden = !wanted.includes(field.dataset.field);
    // A hidden field that is required would keep the form from being sent.
    field.querySelector("input").disabled = field.hidden;
  }
  form.querySelector("#try-sure").checked = false;
}

function request() {
  const [method, template] = call.value.split(" ");
  const path = template.replace(/\{(\w+)\}/, (_, name) => encodeURIComponent(value(name)));
  const headers = { authorization: `Bearer ${value("key")}` };
  const options = { method, headers, credentials: "omit", cache: "no-store" };
  if ("body" in call.selectedOptions[0].dataset) {
    headers["content-type"] = "application/json";
    options.body = JSON.stringify({ service: value("service"), country: value("country") });
  }
  return [`/api/v1${path}`, options];
}

function show(answer, text, milliseconds) {
  const status = `${answer.status} ${answer.statusText}`.trim();
  for (const [name, fits] of [["status-good", answer.ok], ["status-bad", !answer.ok]]) {
    part(name).hidden = !fits;
    part(name).textContent = fits ? status : "";
  }
  part("time").textContent = `${Math.round(milliseconds)} ms`;
  const present = HEADERS_SHOWN.filter((name) => answer.headers.has(name));
  part("headers").textContent = present.map((name) => `${name}: ${answer.headers.get(name)}`).join("\n");
  let body = text;
  try {
    const parsed = JSON.parse(text);
    body = JSON.stringify(parsed, null, 2);
    const placed = call.value === "POST /orders" ? parsed.data?.id : undefined;
    if (placed) form.querySelector("#try-order").value = placed;
  } catch {
    // Whatever stands between us and the API may answer with something else.
  }
  const lines = body.split("\n");
  part("shortened").hidden = lines.length <= LINES_SHOWN;
  part("body").textContent = lines.slice(0, LINES_SHOWN).join("\n");
  part("body").hidden = part("headers").hidden = false;
  part("lost").hidden = true;
}

function showLoss() {
  for (const name of ["status-good", "status-bad", "body", "headers", "shortened"]) part(name).hidden = true;
  part("time").textContent = "";
  part("lost").hidden = false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const begun = performance.now();
  try {
    const answer = await fetch(...request());
    show(answer, await answer.text(), performance.now() - begun);
  } catch {
    showLoss();
  }
  result.hidden = false;
  button.ariaBusy = null;
});
call.addEventListener("change", showFields);
showFields();
form.hidden = false;
