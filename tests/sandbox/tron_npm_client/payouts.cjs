// Pays from the hot wallet by two nodes that are in trouble, with the published client.
"use strict";
const { TronWeb } = require("tronweb");

const USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";

async function main(base) {
  const control = (path, body) => fetch(`${base}/control/tron/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).then((answer) => answer.json());
  const seen = {};
  const privateKey = TronWeb.sha3("sandbox key of hot", false);
  const first = new TronWeb({ fullHost: base, privateKey });
  const second = new TronWeb({ fullHost: `${base}/second`, privateKey });
  const hot = first.defaultAddress.base58;
  const them = TronWeb.address.fromPrivateKey("55".repeat(32));
  await control("mine", { blocks: 3, auto: false });
  seen.hot = hot;

  const payment = async (units) => {
    const words = [{ type: "address", value: them }, { type: "uint256", value: units }];
    const options = { feeLimit: 50e6, txLocal: true };
    const built = await first.transactionBuilder.triggerSmartContract(USDT, "transfer(address,uint256)", options, words, hot);
    return first.trx.sign(built.transaction);
  };
  const send = (web, signed) => web.trx.sendRawTransaction(signed).then(
    (answer) => answer.code ?? answer.result,
    (error) => error.response?.status ?? error.message,
  );
  const result = async (web, signed) => (await web.trx.getUnconfirmedTransactionInfo(signed.txID)).receipt?.result;
  const struck = async (kind, signed) => {
    await control("faults", { action: "broadcasttransaction", kind, count: 1 });
    const told = await send(first, signed);
    await control("mine", { blocks: 1 });
    return [told, await result(first, signed)];
  };

  seen.neverMined = await struck("never_mined", await payment(1));
  const unheard = await payment(2);
  seen.dupUnknown = await struck("dup_unknown", unheard);
  seen.dupStill = await send(first, unheard);
  seen.byTheOther = await send(second, unheard);
  await control("mine", { blocks: 1 });
  seen.theOthersReceipt = await result(second, unheard);
  seen.dup = await struck("dup", await payment(3));
  const unanswered = await payment(4);
  seen.unanswered = await struck("accepted_then_504", unanswered);
  seen.twice = await send(second, unanswered);
  seen.tapos = await struck("tapos", await payment(5));
  seen.expired = await struck("expired", await payment(6));
  seen.revert = await struck("revert", await payment(7));
  seen.outOfEnergy = await struck("out_of_energy", await payment(8));

  const gas = await first.trx.sign(await first.transactionBuilder.sendTrx(them, 15_000_000, hot));
  seen.gas = await send(second, gas);
  await control("mine", { blocks: 3 });
  const receipt = await second.trx.getTransactionInfo(gas.txID);
  seen.gasFee = [receipt.fee, receipt.receipt];
  seen.gasHeld = await second.trx.getBalance(them);

  await control("behaviour", { energyPrice: 300 });
  seen.energyFee = (await first.trx.getChainParameters()).find((one) => one.key === "getEnergyFee").value;
  await control("behaviour", { node: "second", stuckHead: true });
  await control("lies", { node: "second", address: "hot", trx: "1.5" });
  await control("mine", { blocks: 5 });
  const heads = await Promise.all([first, second].map((web) => web.trx.getCurrentBlock()));
  seen.behind = heads[0].block_header.raw_data.number - heads[1].block_header.raw_data.number;
  seen.lie = await second.trx.getUnconfirmedBalance(hot);
  return seen;
}

main(process.argv[2]).then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
