// Walks one purchase through the published client and prints what it understood.
"use strict";
const { HeroSMSClient } = require("hero-sms");

async function main(baseUrl, apiKey) {
  const client = new HeroSMSClient({ apiKey, baseUrl });
  const seen = {};
  seen.balance = await client.getBalance();
  seen.countries = Object.keys(await client.getCountries()).length;
  seen.services = (await client.getServicesList()).services.length;
  seen.operators = (await client.getOperators(6)).countryOperators["6"];
  seen.price = (await client.getPrices({ service: "tg", country: 6 }))["6"].tg;
  seen.top = Object.keys(await client.getTopCountriesByService({ service: "tg" })).length;

  const first = await client.getNumber({ service: "tg", country: 6 });
  seen.waiting = (await client.getStatus(first.activationId)).status;
  seen.listed = (await client.getActiveActivations({ start: 0, limit: 10 })).data.length;
  seen.cancelled = await client.cancel(first.activationId);
  seen.afterCancel = (await client.getStatus(first.activationId)).status;

  const second = await client.getNumberV2({ service: "wa", country: 0 });
  seen.phone = second.phoneNumber;
  const sms = await fetch(new URL("/control/supplier/sms", baseUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ activationId: Number(second.activationId), text: "Your code is 482913" }),
  });
  seen.sent = sms.status;
  seen.received = await client.getStatus(second.activationId);
  seen.messages = (await client.getAllSms({ id: String(second.activationId) })).data.map((row) => row.code);
  seen.again = await client.requestResend(second.activationId);
  seen.retry = await client.getStatus(second.activationId);
  await fetch(new URL("/control/supplier/sms", baseUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ activationId: Number(second.activationId), text: "Second code 5501" }),
  });
  seen.secondCode = (await client.getStatus(second.activationId)).code;
  await client.finishActivation(second.activationId);
  seen.history = (await client.getHistory({ size: 10 })).length;

  seen.noNumbers = await client.getNumber({ service: "full", country: 6 }).catch((error) => error.name);
  const stranger = new HeroSMSClient({ apiKey: "wrong", baseUrl });
  seen.badKey = await stranger.getBalance().catch((error) => error.response.data.title);

  const behave = (switches) => fetch(new URL("/control/supplier/behaviour", baseUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(switches),
  });
  await behave({ refusalsAt200: true, minCancelSeconds: 120 });
  const third = await client.getNumber({ service: "tg", country: 6 });
  const refused = (error) => [error.name, error.code];
  seen.refusedAt200 = [
    await client.cancel(third.activationId).catch(refused),
    await stranger.getBalance().catch(refused),
    await client.getNumberV2({ service: "tg", country: 6, maxPrice: 0.0001 }).catch(refused),
  ];
  return seen;
}

main(process.argv[2], process.argv[3]).then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
