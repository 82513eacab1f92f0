// Every page: axe-core in both schemes, no sideways scroll at 360 px, at 200 % text and at the desk's widths; and the bytes it costs.

import { expect, expectAccessible, expectAccessibleDesk, expectNoSidewaysScroll, first, test } from "../fixtures.ts";
import { mobile, signIn, signInStaff } from "../people.ts";
import type { BrowserContext, Page } from "@playwright/test";
import { brotliCompressSync } from "node:zlib";

const PHONE = { viewport: { width: 360, height: 740 } };

/** Figures with their units, dates and times that a line's end parts, though a line has room for them. */
function brokenFigures(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const dates = String.raw`(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?日`;
    const units = "个百分点|个工作日|个月|亿元|万元|小时|分钟|元|亿|万|%|年|月|日|天|人|件|项|次|份|个|家|字|分|版|MB|KB";
    const figure = new RegExp(String.raw`${dates}|[−+]?\d[\d,.]*\s?(?:${units})|\d{1,2}:\d{2}|(?<![\w.,*])\d[\d,.]*\d(?![\w*])`, "g");
    // The text of a block in one piece: a figure and its unit may stand in two elements.
    const blocks = new Map<Element, Text[]>();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      let block = node.parentElement;
      if (!block?.checkVisibility() || block.closest(".hidden")) continue;
      while (block && getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
      if (block) blocks.set(block, [...(blocks.get(block) ?? []), node as Text]);
    }
    const found: string[] = [];
    for (const [block, nodes] of blocks) {
      const whole = nodes.map((node) => node.data).join("");
      const at = (index: number): [Text, number] => {
        let before = 0;
        for (const node of nodes) {
          if (index <= before + node.length) return [node, index - before];
          before += node.length;
        }
        throw new Error("behind the end");
      };
      for (const match of whole.matchAll(figure)) {
        const range = document.createRange();
        // From the first character's own node, not from the end of the one before.
        const [first, from] = at(match.index + 1);
        range.setStart(first, from - 1);
        range.setEnd(...at(match.index + match[0].length));
        const parts = [...range.getClientRects()].filter((rect) => rect.width > 0);
        const tall = parts.length > 0 ? Math.min(...parts.map((rect) => rect.height)) : 0;
        // A space at a line's end has no width: a third of a letter's.
        const width = parts.reduce((sum, rect) => sum + rect.width, 0) + parseFloat(getComputedStyle(first.parentElement!).fontSize) / 3;
        const apart = Math.max(...parts.map((rect) => rect.bottom)) - Math.min(...parts.map((rect) => rect.bottom));
        if (apart > tall / 2 && width <= block.clientWidth) found.push(`${match[0]} in ${block.outerHTML.slice(0, 160)}`);
      }
    }
    return found;
  });
}

test("pages of the space are accessible and fit 360 px", async ({ page, browser }) => {
  test.setTimeout(400_000);
  await expectAccessible(browser, "/sign-in", PHONE);
  await signIn(page, mobile(2));
  // One in work for certain, whatever the demo data has.
  await page.goto("/issues/new");
  await page.getByLabel("遇到了什么问题？").fill("厂区门口路灯不亮，晚班员工骑车不安全。");
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await page.getByRole("button", { name: "确认提交" }).click();
  await expect(page.getByRole("heading", { name: "已提交" })).toBeVisible();
  const hrefs = async (path: string) => {
    await page.goto(path);
    return page.locator(".cell a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  };
  const issues = await hrefs("/issues");
  const open = await hrefs("/issues?filter=open");
  const state = { ...PHONE, storageState: await page.context().storageState() };
  const paths = ["/home", "/issues", "/issues/new", "/messages", "/me", "/enterprises", ...issues.slice(0, 1), ...open.slice(0, 1)];
  expect(issues.length).toBeGreaterThan(0);
  expect(open.length).toBeGreaterThan(0);
  paths.push(
    "/policies", "/policies?level=national&soon=1", "/policies/demo-upgrade", "/policies/hightech-recognition", "/policies/calculator",
    "/policies/demo-digital-voucher/apply", "/applications", "/me/portrait", "/me/notices", "/privacy", "/issues?q=积水",
  );
  paths.push(`${open[0]}/withdraw`, `${issues[0]}/receipt`, "/nothing-here");
  for (const path of paths) await expectAccessible(browser, path, state);
  // 关怀版, and text at twice the size, as plain HTML: what a module that has not come yet leaves on the page.
  const elder = await browser.newContext({ ...state, baseURL: first(), javaScriptEnabled: false });
  const large = await elder.newPage();
  await large.goto("/home");
  await large.getByRole("button", { name: "关怀版" }).click();
  await expect(large.locator("html")).toHaveAttribute("data-mode", "elder");
  await large.goto("/issues");
  await expect(large.locator("html")).toHaveAttribute("data-mode", "elder");
  for (const path of paths) {
    await large.goto(path);
    await expectNoSidewaysScroll(large);
    await large.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await expectNoSidewaysScroll(large);
    // The calculator's lines are written in the browser, too, and its module has no room for more.
    if (path !== "/policies/calculator") expect(await brokenFigures(large), path).toEqual([]);
    // What is chosen from a list looks like a list: the arrow is ours or the browser's.
    const bare = await large.locator("select:visible").evaluateAll((list) => list
      .filter((one) => getComputedStyle(one).appearance === "none" && getComputedStyle(one).backgroundImage === "none")
      .map((one) => one.id));
    expect(bare, path).toEqual([]);
  }
  await elder.close();
});

test("pages of the desk are accessible, at 1280 and at 768", async ({ page, browser }) => {
  test.setTimeout(480_000);
  await expectAccessible(browser, "/desk/sign-in");
  for (const [login, paths] of [
    ["centre01", ["/desk", "/desk?queue=late", "/desk?queue=all", "/desk?q=积水", "/desk/messages", "/desk/account"]],
    ["jianshe", ["/desk", "/desk?queue=mine", "/desk/tasks"]],
    ["lingdao", ["/desk/figures", "/desk/indicators", "/desk/packs/joint"]],
    ["station01", ["/desk", "/desk/assist?q=童装"]],
    ["admin", [
      "/desk/admin", "/desk/admin/areas/330502", "/desk/admin/departments?q=建设&sort=-name", "/desk/admin/departments/jianshe",
      "/desk/admin/stations/new", "/desk/admin/log", "/desk/admin/log/1",
    ]],
  ] as const) {
    await signInStaff(page, login);
    const state = { storageState: await page.context().storageState() };
    const list: string[] = [...paths];
    for (const queue of ["/desk?queue=to_accept", "/desk?queue=to_dispatch", "/desk?queue=mine", "/desk?queue=to_sign"]) {
      const answer = await page.request.get(queue);
      const link = /href="(\/desk\/issues\/[^"]+)"/.exec(await answer.text());
      if (link?.[1]) list.push(link[1]);
    }
    for (const path of list) await expectAccessibleDesk(browser, path, state);
  }
});

test("what a page costs over the wire", async ({ page, browser }) => {
  await signIn(page, mobile(60));
  // Each page in a browser of its own, whose cache is empty.
  const measure = async (from: BrowserContext, path: string) => {
    const context = await browser.newContext({ ...PHONE, baseURL: first(), storageState: await from.storageState() });
    const phone = await context.newPage();
    const sizes = { css: 0, script: 0, wasm: 0, inline: 0 };
    phone.on("response", async (response) => {
      const kind = /\.(css|js|wasm)$/.exec(new URL(response.url()).pathname)?.[1];
      if (!kind) return;
      const { responseBodySize } = await response.request().sizes();
      sizes[kind === "js" ? "script" : (kind as "css" | "wasm")] += responseBodySize;
      expect(await response.headerValue("content-encoding"), response.url()).toBe("br");
      expect(await response.headerValue("cache-control")).toContain("immutable");
    });
    await phone.goto(path);
    if ((await phone.locator("script[type=module]").count()) > 0) await phone.locator("html[data-ready]").waitFor({ state: "attached" });
    const inline = await phone.locator("script:not([src])").evaluateAll((list) => list.map((script) => script.textContent ?? "").join(""));
    sizes.inline = brotliCompressSync(inline).length;
    await phone.waitForLoadState("networkidle");
    await context.close();
    return sizes;
  };
  for (const path of ["/sign-in", "/home", "/issues", "/me", "/policies", "/policies/demo-upgrade", "/me/portrait"]) {
    const sizes = await measure(page.context(), path);
    expect(sizes.wasm, path).toBe(0);
    expect(sizes.script + sizes.inline, path).toBeLessThan(2048);
    expect(sizes.css, path).toBeLessThan(18 * 1024);
  }
  await page.goto("/issues");
  const issue = await page.locator(".cell a").first().getAttribute("href");
  const desk = await browser.newContext({ baseURL: first() });
  const staff = await desk.newPage();
  await signInStaff(staff, "centre01");
  const held = await staff.locator(".queue td a").first().getAttribute("href");
  const policies = await browser.newContext({ baseURL: first() });
  await signInStaff(await policies.newPage(), "zhengce");
  // 115 KB, 140 KB for the calculator with its data.
  for (const [whose, path, most] of [
    [page.context(), "/issues/new", 115],
    [page.context(), "/messages", 115],
    [page.context(), "/policies/calculator", 140],
    [policies, "/desk/policies/new", 115],
    [page.context(), issue, 115],
    [desk, held, 115],
    [desk, "/desk", 115],
  ] as const) {
    const { wasm, script, inline } = await measure(whose, String(path));
    console.log(`${path}, brotli: wasm ${wasm}, js ${script}, inline ${inline}`);
    expect(wasm, String(path)).toBeGreaterThan(1000);
    expect(wasm + script + inline, String(path)).toBeLessThan(most * 1024);
  }
});

test("station staff file with the owner beside them, and may not rate", async ({ page }) => {
  await signInStaff(page, "station01");
  await page.goto("/desk/assist?q=童装");
  await page.locator(".cell a").first().click();
  await expect(page.getByText(/正在为 .* 代办/)).toBeVisible();
  await page.getByLabel("遇到了什么问题？").fill("厂区自来水压力不够，二楼车间水压很小。");
  await page.getByRole("button", { name: "下一步：核对" }).click();
  // On whose behalf, on every page.
  await expect(page.locator(".behalf")).toContainText("正在为");
  await page.getByRole("button", { name: "确认提交" }).click();
  await expect(page.getByRole("heading", { name: "已提交" })).toBeVisible();
  await expect(page.locator(".receipt")).toContainText("有限公司");
  const number = (await page.locator(".receipt .number").textContent())!.trim();
  await page.goto("/desk?queue=filed");
  await expect(page.getByRole("link", { name: number })).toBeVisible();
  await page.goto(`/desk/issues/${number}`);
  // They may say that they spoke with the owner, and no more.
  await expect(page.locator("summary").filter({ hasText: "记录联系" })).toBeVisible();
  await expect(page.locator("summary, button, a").filter({ hasText: /^评价|受理$/ })).toHaveCount(0);
  await expect(page.locator(".timeline")).toContainText("代办");
});
