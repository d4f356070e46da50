// Asks what wallets ask beside paying: events, lists, resources, prices; with two published clients.
"use strict";
const { TronWeb } = require("tronweb");
const TronGrid = require("trongrid");

const USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";

async function main(base) {
  const control = (path, body) => fetch(`${base}/control/tron/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).then((answer) => answer.json());
  const values = (answer) => answer.data.map((row) => row.result.value);
  const seen = {};
  const web = new TronWeb({ fullHost: base, privateKey: "66".repeat(32) });
  const us = web.defaultAddress.base58;
  await control("mine", { blocks: 0, auto: false });
  await control("faucet", { address: us, trx: "900", usdt: "1000", energy: 5000 });
  let txid;
  for (const amount of ["0.000001", "0.000002", "0.000003"]) txid = (await control("transfer", { to: us, amount, mine: true })).txid;
  const head = (await web.trx.getCurrentBlock()).block_header.raw_data.number;

  const events = (options) => web.event.getEventsByContractAddress(USDT, { eventName: "Transfer", ...options });
  seen.sure = values(await events({ onlyConfirmed: true }));
  seen.unsure = values(await events({ onlyUnconfirmed: true }));
  seen.oldest = values(await events({ orderBy: "block_timestamp,asc", limit: 2 }));
  const first = await events({ limit: 2 });
  seen.pages = [values(first), values(await events({ limit: 2, fingerprint: first.meta.fingerprint }))];
  seen.ofBlock = values(await web.event.getEventsByBlockNumber(head));
  seen.latest = values(await web.event.getEventsOfLatestBlock());
  seen.ofTransaction = values(await web.event.getEventsByTransactionID(txid));
  seen.refused = await events({ fingerprint: "garbage" }).catch((error) => error.response?.data ?? error.message);

  seen.bandwidth = await web.trx.getBandwidth(us);
  seen.energy = (await web.trx.getAccountResources(us)).EnergyLimit;
  seen.energyPrices = await web.trx.getEnergyPrices();
  seen.bandwidthPrices = await web.trx.getBandwidthPrices();
  seen.delegated = await web.trx.getDelegatedResourceV2(us, USDT);
  seen.delegatedIndex = TronWeb.address.fromHex((await web.trx.getDelegatedResourceAccountIndexV2(us)).account) === us;
  seen.delegable = await web.trx.getCanDelegatedMaxSize(us, "ENERGY");
  seen.unfreezes = (await web.trx.getAvailableUnfreezeCount(us)).count;
  seen.withdrawable = await web.trx.getCanWithdrawUnfreezeAmount(us, Date.now());
  seen.witnesses = (await web.trx.listSuperRepresentatives()).length;
  seen.peers = await web.trx.listNodes();
  seen.proposals = await web.trx.listProposals();
  seen.maintenance = (await web.trx.timeUntilNextVoteCycle()) > 0;
  seen.contract = (await web.trx.getContractInfo(USDT)).smart_contract.name;
  seen.found = await web.contract().at(USDT).then((usdt) => usdt.balanceOf(us).call()).then(String);
  seen.latestBlocks = (await web.trx.getBlockRange(head - 1, head)).length;
  seen.connected = Object.values(await web.isConnected()).slice(0, 2);
  seen.staking = (await web.trx.freezeBalance(1)).Error;

  // This one spells options in camel case on the wire.
  const grid = new TronGrid(web);
  const rows = (answer) => answer.data.map((row) => row.value);
  seen.account = (await grid.account.get(us, { onlyConfirmed: false })).data[0].balance;
  seen.trc20Sure = rows(await grid.account.getTrc20Transactions(us, { onlyConfirmed: true, onlyTo: true }));
  seen.trc20Unsure = rows(await grid.account.getTrc20Transactions(us, { onlyUnconfirmed: true, contractAddress: USDT }));
  seen.sent = (await grid.account.getTransactions(us, { onlyFrom: true })).data.length;
  const page = await grid.contract.getEvents(USDT, { eventName: "Transfer", limit: 2, orderBy: "timestamp,asc" });
  seen.nextPage = values(await grid.nextPage(page));
  seen.gridBlock = values(await grid.block.getEvents(head));
  seen.gridTransaction = values(await grid.transaction.getEvents(txid));
  seen.holders = (await grid.contract.getTrc20Tokens(USDT, { limit: 3 })).data.length;
  seen.assets = (await grid.asset.getAll()).data;
  return seen;
}

main(process.argv[2]).then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
