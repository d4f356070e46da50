"use strict";
const $ = (selector) => document.querySelector(selector);
const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};
let clearing;
function say(text, bad) {
  $("#say").replaceChildren(make("span", { textContent: text, className: bad ? "bad" : "" }));
  clearTimeout(clearing);
  clearing = setTimeout(() => $("#say").replaceChildren(), 4000);
}
async function post(path, body, done) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const json = await answer.json();
    say(answer.ok ? done : json.message, !answer.ok);
  } catch {
    say("The sandbox does not answer.", true);
  }
  await refresh();
}
function smsCell(row) {
  const form = make("form", {},
    make("input", { name: "text", required: true, ariaLabel: "SMS to +" + row.phone, value: "Your code is 12345" }),
    make("button", { textContent: "Send" }));
  form.dataset.post = "/control/supplier/sms";
  form.dataset.id = row.id;
  return make("td", {}, form);
}
function newRow(row) {
  const tr = make("tr", {},
    make("td", {}, make("span", { className: "mono", textContent: "+" + row.phone }), make("br"),
      make("small", {}, `${row.serviceName} · ${row.countryName}`, make("br"), `#${row.id} · ${row.costUsd.toFixed(4)} USD`)),
    make("td", {}, make("span")), make("td", { className: "text" }), smsCell(row));
  tr.dataset.id = row.id;
  return tr;
}
// Rows are kept and changed in place, so that a refresh never takes away the focus.
function drawRows(rows) {
  const body = $("#rows");
  const known = new Map([...body.children].map((tr) => [tr.dataset.id, tr]));
  rows.forEach((row, position) => {
    const tr = known.get(String(row.id)) ?? newRow(row);
    known.delete(String(row.id));
    const pill = tr.querySelector("td:nth-child(2) span");
    pill.className = "pill " + row.status;
    pill.textContent = row.status;
    tr.querySelector("td.text").textContent = row.smsTexts.at(-1) ?? "";
    if (body.children[position] !== tr) body.insertBefore(tr, body.children[position] ?? null);
  });
  known.forEach((tr) => tr.remove());
  $("#none").hidden = rows.length > 0;
}
function drawFaults(faults) {
  const list = $("#faultlist");
  const drawn = JSON.stringify(faults);
  if (list.dataset.drawn === drawn) return;
  list.dataset.drawn = drawn;
  list.replaceChildren(...faults.map((fault) => {
    const often = "count" in fault ? `${fault.count} left` : `${+(fault.rate * 100).toFixed(1)} %`;
    const button = make("button", { className: "quiet", textContent: "Remove" });
    button.dataset.remove = JSON.stringify({ action: fault.action, kind: fault.kind });
    return make("li", {}, make("span", { className: "mono", textContent: `${fault.action} · ${fault.kind} · ${often}` }), button);
  }));
}
function drawIdentity(identity) {
  for (const [name, provider] of Object.entries(identity.providers)) {
    $(`[data-sign-ins="${name}"]`).textContent = provider.signIns;
    $(`[data-persons="${name}"]`).textContent = provider.persons.length;
  }
  const list = $("#identityfaults");
  const drawn = JSON.stringify(identity.faults);
  if (list.dataset.drawn === drawn) return;
  list.dataset.drawn = drawn;
  list.replaceChildren(...identity.faults.map((fault) => {
    const button = make("button", { className: "quiet", textContent: "Remove" });
    button.dataset.removeIdentity = JSON.stringify({ provider: fault.provider, kind: fault.kind });
    return make("li", {}, make("span", { className: "mono", textContent: `${fault.provider} · ${fault.kind} · ${fault.count} left` }), button);
  }));
}
function drawTron(tron) {
  for (const name of ["head", "solid", "pending"]) $(`[data-tron-show="${name}"]`).textContent = tron[name];
  redraw($("#tronrecent"), tron.recent, (row) => [
    make("span", { className: "mono", textContent: `${row.amount} ${row.token} → ${row.to.slice(0, 6)}…${row.to.slice(-4)}` }),
    make("small", { textContent: `block ${row.block}${row.solid ? " · solid" : ""}` }),
  ]);
  const held = (balance) => `${balance.usdt} USDT · ${balance.trx} TRX`;
  redraw($("#tronhouse"), tron.house, (row) => {
    const settled = held(row.head) === held(row.solid) ? "" : ` · solid ${held(row.solid)}`;
    return [
      make("span", { className: "mono", title: row.address, textContent: `${row.name} · ${row.address.slice(0, 6)}…${row.address.slice(-4)}` }),
      make("small", { textContent: held(row.head) + settled }),
    ];
  });
  const faults = Object.entries(tron.nodes).flatMap(([node, its]) => its.faults.map((fault) => ({ node, ...fault })));
  redraw($("#tronfaults"), faults, (fault) => {
    const often = "count" in fault ? `${fault.count} left` : `${+(fault.rate * 100).toFixed(1)} %`;
    const button = make("button", { className: "quiet", textContent: "Remove" });
    button.dataset.tronPost = "faults";
    button.dataset.body = JSON.stringify({ node: fault.node, action: fault.action, kind: fault.kind, count: 0 });
    return [make("span", { className: "mono", textContent: `${fault.node} · ${fault.action} · ${fault.kind} · ${often}` }), button];
  });
}
function redraw(list, rows, cells) {
  const drawn = JSON.stringify(rows);
  if (list.dataset.drawn === drawn) return;
  list.dataset.drawn = drawn;
  list.replaceChildren(...rows.map((row) => make("li", {}, ...cells(row))));
}
function drawTelegram(telegram) {
  for (const name of ["pendingUpdates", "pushes", "chats"]) $(`[data-telegram-show="${name}"]`).textContent = telegram[name];
  redraw($("#telegramfaults"), telegram.faults, (fault) => {
    const often = "count" in fault ? `${fault.count} left` : "rate" in fault ? `${+(fault.rate * 100).toFixed(1)} %` : `${Math.round(fault.seconds)} s`;
    const button = make("button", { className: "quiet", textContent: "Remove" });
    const order = fault.kind === "down" ? { kind: "down", seconds: 0 } : { method: fault.method, kind: fault.kind, chat: fault.chat ?? "", count: 0 };
    button.dataset.telegramPost = JSON.stringify(order);
    return [make("span", { className: "mono", textContent: `${fault.method ?? "everything"} · ${fault.kind} · ${often}` }), button];
  });
}
async function refresh() {
  let state;
  try {
    state = await (await fetch(`/control/state?status=active&limit=${$("#rows").dataset.limit}`)).json();
  } catch {
    say("The sandbox does not answer.", true);
    return;
  }
  const c = state.counters;
  const tiles = {
    "Balance, USD": state.balanceUsd.toFixed(2), "Active numbers": state.activeCount, Purchases: c.purchases, SMS: c.sms,
    Finished: c.finishes, Cancelled: c.cancels, Webhooks: c.webhooks, "Faults hit": c.faults,
  };
  for (const [name, value] of Object.entries(tiles)) document.querySelector(`[data-tile="${name}"]`).textContent = value;
  $("#offset").textContent = Math.round(state.clock.offsetSeconds);
  drawRows(state.activations);
  drawFaults(state.faults);
  drawIdentity(state.identity);
  drawTron(state.tron);
  drawTelegram(state.telegram);
}
function readDelay(text) {
  if (text.trim() === "never") return null;
  const parts = text.split("-").map(Number);
  return parts.length === 1 ? [parts[0], parts[0]] : parts;
}
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const data = Object.fromEntries(new FormData(form));
  if (form.dataset.post) {
    post(form.dataset.post, { activationId: +form.dataset.id, text: data.text }, "SMS delivered.");
  } else if ("behaviour" in form.dataset) {
    const body = {
      smsDelaySeconds: readDelay(data.smsDelaySeconds), dialect: data.dialect,
      latencyMs: +data.latencyMs, minCancelSeconds: +data.minCancelSeconds,
    };
    if (data.balanceUsd !== "") body.balanceUsd = +data.balanceUsd;
    post("/control/supplier/behaviour", body, "Behaviour changed.");
  } else if (form.dataset.tron === "transfer") {
    if (!data.fail) delete data.fail;
    post("/control/tron/transfer", data, "Sent. It is in the next block.");
  } else if (form.dataset.tron) {
    post(`/control/tron/${form.dataset.tron}`, { ...data, count: +data.count }, "Fault ordered.");
  } else if ("telegramFault" in form.dataset) {
    const order = data.kind === "down" ? { kind: "down", seconds: +data.count } : { ...data, count: +data.count };
    post("/control/telegram/faults", order, "Fault ordered.");
  } else if ("identityFault" in form.dataset) {
    post("/control/identity/faults", { ...data, count: +data.count }, "Fault ordered.");
  } else {
    post("/control/supplier/faults", { action: data.action, kind: data.kind, [data.mode]: +data.amount }, "Fault ordered.");
  }
});
document.addEventListener("click", (event) => {
  const set = event.target.dataset;
  if (set.remove) post("/control/supplier/faults", { ...JSON.parse(set.remove), count: 0 }, "Fault removed.");
  if (set.removeIdentity) post("/control/identity/faults", { ...JSON.parse(set.removeIdentity), count: 0 }, "Fault removed.");
  if (set.tronPost) post(`/control/tron/${set.tronPost}`, JSON.parse(set.body), "Done.");
  if (set.telegramPost) post("/control/telegram/faults", JSON.parse(set.telegramPost), "Fault removed.");
  if (set.clock) post("/control/clock", { advanceSeconds: +set.clock }, "The clock moved.");
  if ("reset" in set && confirm("Forget every number, block, offer, fault and switch?")) post("/control/reset", {}, "Everything is forgotten.");
});
// The next look is planned after the last one ended, so a slow answer never piles up.
(async function watch() {
  if (!document.hidden) await refresh();
  setTimeout(watch, 1500);
})();
