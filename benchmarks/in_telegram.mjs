// Lighthouse on the Mini App, as Telegram's apps for phones open it: what they put into the window is there
// before the page. Arguments: the folder of node_modules, the address, where to write the report.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, address, report, ...flags] = process.argv.slice(2);
const from = (path) => import(pathToFileURL(`${modules}/${path}`).href);
const { default: puppeteer } = await from("puppeteer-core/lib/puppeteer/puppeteer-core.js");
const { default: lighthouse } = await from("lighthouse/core/index.js");
const browser = await puppeteer.launch({ executablePath: process.env.CHROME_PATH, args: flags });
try {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    window.TelegramWebviewProxy = { postEvent() {} };
  });
  const { lhr } = await lighthouse(address, { logLevel: "error" }, undefined, page);
  writeFileSync(report, JSON.stringify(lhr));
} finally {
  await browser.close();
}
