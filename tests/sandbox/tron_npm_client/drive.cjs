// Walks through accounts, payments and refusals with the published client, prints what it understood.
"use strict";
const { TronWeb, utils } = require("tronweb");

const USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
const TRANSFER = "transfer(address,uint256)";
const uint = (name) => ({ type: "uint256", name });
const address = (name) => ({ type: "address", name });
const method = (name, inputs, output, stateMutability) => ({ type: "function", name, inputs, outputs: [{ type: output }], stateMutability });
const ABI = [
  method("balanceOf", [address("who")], "uint256", "view"),
  method("isBlackListed", [address("who")], "bool", "view"),
  method("symbol", [], "string", "view"),
  method("transfer", [address("to"), uint("value")], "bool", "nonpayable"),
];

async function main(base) {
  const control = (path, body) => fetch(`${base}/control/tron/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).then((answer) => answer.json());
  const seen = {};
  const web = new TronWeb({ fullHost: base, privateKey: "66".repeat(32) });
  const us = web.defaultAddress.base58;
  const them = TronWeb.address.fromPrivateKey("55".repeat(32));
  await control("mine", { blocks: 0, auto: false });
  await control("faucet", { address: us, trx: "900", usdt: "1000" });
  await control("mine", { blocks: 3 });
  seen.trx = await web.trx.getBalance(us);
  const usdt = web.contract(ABI, USDT);
  seen.before = String(await usdt.balanceOf(us).call());
  seen.listed = await usdt.isBlackListed(them).call();
  seen.symbol = await usdt.symbol().call();

  // Built by the node; the client serialises it again and refuses a node that lies.
  const words = [{ type: "address", value: them }, { type: "uint256", value: 12_500_000 }];
  const built = (await web.transactionBuilder.triggerSmartContract(USDT, TRANSFER, { feeLimit: 50e6 }, words, us)).transaction;
  seen.nodeIsHonest = utils.transaction.txCheck(built);
  const signed = await web.trx.sign(built);
  const sent = await web.trx.sendRawTransaction(signed);
  seen.sent = sent.result && sent.txid === built.txID;

  // Built by the client alone: the node must compute the same id.
  const local = (await web.transactionBuilder.triggerSmartContract(USDT, TRANSFER, { feeLimit: 50e6, txLocal: true }, words, us)).transaction;
  const localSent = await web.trx.sendRawTransaction(await web.trx.sign(local));
  seen.sameId = localSent.result && localSent.txid === local.txID;

  let memo = await web.transactionBuilder.sendTrx(them, 1_000_000, us);
  memo = await web.transactionBuilder.addUpdateData(memo, "hello memo");
  memo = await web.transactionBuilder.extendExpiration(memo, 600);
  const memoSent = await web.trx.sendRawTransaction(await web.trx.sign(memo));
  seen.memo = memoSent.result && memoSent.txid === memo.txID;
  const hexed = await web.transactionBuilder.sendTrx(them, 2_000_000, us);
  const hexSent = await web.trx.sendHexTransaction(Buffer.from(signedBytes(await web.trx.sign(hexed))).toString("hex"));
  seen.hexed = Boolean(hexSent.result);
  seen.contractSend = (await usdt.transfer(them, 1).send({ feeLimit: 50e6 })).length;

  await control("mine", { blocks: 1 });
  seen.receipt = (await web.trx.getUnconfirmedTransactionInfo(local.txID)).receipt.result;
  seen.solidAtOnce = Object.keys(await web.trx.getTransactionInfo(local.txID)).length > 0;
  await control("mine", { blocks: 2 });
  seen.solidLater = (await web.trx.getTransactionInfo(local.txID)).id === local.txID;
  seen.after = String(await usdt.balanceOf(them).call());
  seen.result = (await web.trx.getTransaction(local.txID)).ret[0].contractRet;

  const forged = await web.trx.sign(await web.transactionBuilder.sendTrx(them, 5, us));
  const digit = forged.signature[0][4] === "0" ? "1" : "0";
  forged.signature = [forged.signature[0].slice(0, 4) + digit + forged.signature[0].slice(5)];
  seen.forged = (await web.trx.sendRawTransaction(forged)).code;
  seen.twice = (await web.trx.sendRawTransaction(signed)).code;
  seen.energy = (await web.transactionBuilder.estimateEnergy(USDT, TRANSFER, {}, words, us)).energy_required;
  seen.range = (await web.trx.getBlockRange(1, 3)).map((block) => block.block_header.raw_data.number);
  seen.current = (await web.trx.getCurrentBlock()).block_header.raw_data.number;
  seen.parameters = (await web.trx.getChainParameters()).length;
  seen.freeBytes = (await web.trx.getAccountResources(us)).freeNetLimit;
  seen.node = (await web.trx.getNodeInfo()).block.split(",")[0];
  return seen;
}

// The whole transaction in its binary form: what is signed, then the signature.
function signedBytes(transaction) {
  const raw = Buffer.from(transaction.raw_data_hex, "hex");
  const signature = Buffer.from(transaction.signature[0].replace(/^0x/, ""), "hex");
  const size = (length) => (length < 128 ? [length] : [(length & 127) | 128, length >> 7]);
  return [0x0a, ...size(raw.length), ...raw, 0x12, ...size(signature.length), ...signature];
}

main(process.argv[2]).then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
