// The desk by keyboard alone: the list with an issue beside it, actions in place, what another server's people did, the palette; and
// pages as ever where there is no room.

import { DESK, expect, expectNoSidewaysScroll, islands, picture, second, test, accessibilityOf, eachScheme } from "../fixtures.ts";
import { mobile, signIn, signInStaff } from "../people.ts";
import type { Page } from "@playwright/test";

/** Files a problem of the n-th enterprise and answers its number. */
async function filed(page: Page, n: number, text: string): Promise<string> {
  await signIn(page, mobile(n));
  await page.goto("/issues/new");
  await islands(page);
  await page.getByLabel("遇到了什么问题？").fill(text);
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await page.getByRole("button", { name: "确认提交" }).click();
  await expect(page.getByRole("heading", { name: "已提交" })).toBeVisible();
  return (await page.locator(".receipt .number").textContent())!.trim();
}

/** The row of an issue. */
const row = (desk: Page, number: string) => desk.locator("table.queue tr").filter({ has: desk.getByRole("link", { name: number }) });
const pane = (desk: Page) => desk.getByRole("region", { name: "选中的诉求" });
const count = async (desk: Page, tab: string) =>
  Number(await desk.getByRole("navigation", { name: "工作队列" }).getByRole("link", { name: new RegExp(`^${tab}`) }).locator(".count").textContent());

/** Accepts the issue of a page of its own. The first field takes the focus a moment after the key: until then it would take it from the button. */
async function acceptByKey(page: Page): Promise<void> {
  await page.keyboard.press("a");
  await expect(page.getByLabel("类别")).toBeFocused();
  await page.getByRole("button", { name: "受理", exact: true }).press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "受理" })).toBeVisible();
}

test("an issue is accepted and dispatched beside the list, by keyboard", async ({ page, complaints }) => {
  complaints.expect(/422.*\/rpc\/desk\/act/);
  await signInStaff(page, "centre01");
  await page.goto("/desk?queue=to_accept");
  await islands(page);
  const [other, number] = (await page.locator("td.number a").allTextContents()) as [string, string];
  await page.keyboard.press("j");
  await expect(pane(page).getByRole("link", { name: other })).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: number, exact: true })).toBeFocused();
  await expect(pane(page).getByRole("link", { name: number })).toBeVisible();
  const [accepting, dispatching] = [await count(page, "待受理"), await count(page, "待交办")];
  await picture(page, "desk-split");

  // The letter opens the action and leads to its first question; what is open stays while it is filled in.
  await page.keyboard.press("a");
  await expect(pane(page).getByLabel("类别")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("link", { name: number, exact: true }).first()).toBeFocused();
  await page.keyboard.press("a");
  const accept = pane(page).getByRole("button", { name: "受理", exact: true });
  await accept.focus();
  await page.keyboard.press("Enter");
  await expect(pane(page).getByRole("status").filter({ hasText: `受理：${number}` })).toBeFocused();
  await expect(row(page, number)).toContainText("已离开本列");
  await expect.poll(() => count(page, "待受理")).toBe(accepting - 1);
  await expect.poll(() => count(page, "待交办")).toBe(dispatching + 1);
  expect(page.url()).toContain("/desk?queue=to_accept");

  // What lacks something says so at its field, and what was typed stays.
  await page.keyboard.press("d");
  const lead = pane(page).getByLabel("主办部门");
  await expect(lead).toBeFocused();
  await lead.selectOption({ label: "请选择" });
  await pane(page).getByLabel(/^交办说明/).fill("请先到现场看一下");
  await pane(page).getByRole("button", { name: "交办", exact: true }).press("Enter");
  await expect(pane(page).locator(".fault").filter({ hasText: "请选择主办部门" })).toBeVisible();
  await expect(lead).toBeFocused();
  await expect(pane(page).getByLabel(/^交办说明/)).toHaveValue("请先到现场看一下");
  await lead.selectOption({ label: "市建设局" });
  await pane(page).getByRole("button", { name: "交办", exact: true }).press("Enter");
  await expect(pane(page).locator(".timeline")).toContainText("请先到现场看一下");
  await expect.poll(() => count(page, "待交办")).toBe(dispatching);

  // Enter opens the whole page.
  await page.keyboard.press("Escape");
  await page.goto(`/desk?q=${number}`);
  await islands(page);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/desk/issues/${number}(\\?from=.*)?$`));
});

test("what another server's people did is marked with a word, and counted", async ({ page, another }) => {
  const number = await filed(await another(), 72, "厂房东门外道路积水，一下雨货车就进不来，已经三天了。");
  await signInStaff(page, "centre01");
  await page.goto("/desk?queue=all");
  await islands(page);
  const accepting = await count(page, "待受理");
  const colleague = await another({ ...DESK, baseURL: second() });
  await signInStaff(colleague, "centre01");
  await colleague.goto(`/desk/issues/${number}`);
  await islands(colleague);
  await acceptByKey(colleague);
  await expect(row(page, number)).toContainText("有更新");
  await expect(row(page, number)).toContainText("已受理");
  await expect.poll(() => count(page, "待受理")).toBe(accepting - 1);
  await expect(page.getByRole("status").filter({ hasText: "件有更新" })).toBeAttached();
});

test("an action that did not get through is kept and sent again", async ({ page, another, complaints }) => {
  complaints.expect(/ERR_INTERNET_DISCONNECTED|Failed to load resource|\/rpc\/|EventSource|events/);
  const number = await filed(await another(), 73, "园区公交末班车太早，晚班员工下班没有车坐。");
  await signInStaff(page, "centre01");
  await page.goto(`/desk/issues/${number}`);
  await islands(page);
  await acceptByKey(page);
  await page.keyboard.press("q");
  const what = page.getByLabel("请企业补充什么");
  await expect(what).toBeFocused();
  await what.fill("请补充晚班的下班时间和人数");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "请企业补充" }).press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "没有连上" })).toBeVisible();
  await expect(what).toHaveValue("请补充晚班的下班时间和人数");
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "再试一次" }).press("Enter");
  await expect(page.locator(".timeline")).toContainText("请补充晚班的下班时间和人数");
});

test("what is typed into an issue's page stays when somebody else moves the issue", async ({ page, another }) => {
  const number = await filed(await another(), 75, "厂区围墙外的绿化树枝压到电线，刮风时打火花。");
  await signInStaff(page, "centre01");
  await page.goto(`/desk/issues/${number}`);
  await islands(page);
  // The form is still the one that the server wrote.
  await page.locator("summary").filter({ hasText: "不予受理" }).click();
  const words = page.getByLabel("给企业的说明");
  await words.fill("同一处树枝已由另一件诉求办理");
  const colleague = await another({ ...DESK, baseURL: second() });
  await signInStaff(colleague, "centre01");
  await colleague.goto(`/desk/issues/${number}`);
  await islands(colleague);
  await acceptByKey(colleague);
  await expect(page.getByText("这件诉求刚刚有新进展")).toBeVisible();
  await expect(words).toHaveValue("同一处树枝已由另一件诉求办理");
  await expect(words).toBeFocused();
  await expect(words).toBeVisible();
});

test("the palette finds a number, an enterprise, a word, and what one may do", async ({ page, another }) => {
  const number = await filed(await another(), 74, "仓库消防通道被外来货车占用，多次劝离没有效果。");
  await signInStaff(page, "centre01");
  await page.goto(`/desk/issues/${number}`);
  await islands(page);
  const enterprise = (await page.locator(".title-row + p").textContent())!.split(" · ")[0]!;
  const palette = page.getByRole("dialog", { name: "查找" });
  await page.locator("summary").first().focus();
  for (const words of [number, enterprise, "消防通道"]) {
    await page.keyboard.press("Control+k");
    await expect(palette.getByRole("combobox")).toBeFocused();
    await page.keyboard.type(words);
    await expect(palette.getByRole("option").filter({ hasText: number })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(palette).toBeHidden();
    await expect(page.locator("summary").first()).toBeFocused();
  }
  // An action of the issue that is shown, then a page.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("不予受理");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("原因")).toBeFocused();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("待评价");
  await expect(palette.getByRole("option").first()).toContainText("待评价");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/queue=to_rate$/);
  await islands(page);
  // What is typed while the list is still on its way over a slow network is not lost, and no single key of the page.
  let come = () => {};
  const gate = new Promise<void>((done) => (come = done));
  await page.route(/palette.*\.wasm/, async (route) => {
    await gate;
    await route.continue();
  });
  const asked = page.waitForRequest(/palette.*\.wasm/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type(number);
  await asked;
  await expect(palette.getByRole("combobox")).toHaveValue(number);
  come();
  await expect(palette.getByRole("option").first()).toContainText(number);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/desk/issues/${number}(\\?from=.*)?$`));
});

test("queues turn without a page load, and go back", async ({ page }) => {
  await signInStaff(page, "centre01");
  await page.goto("/desk");
  await islands(page);
  await page.evaluate(() => document.documentElement.setAttribute("data-same", ""));
  await page.getByRole("navigation", { name: "工作队列" }).getByRole("link", { name: /^在办/ }).press("Enter");
  await expect(page).toHaveURL(/queue=open$/);
  await expect(page.getByRole("link", { name: /^在办/ })).toHaveAttribute("aria-current", "page");
  await expect(page.locator("html[data-same]")).toBeAttached();
  // The filter beside the list knows which queue is shown, however one came to it.
  await page.getByText("筛选、排序、导出").click();
  await page.getByLabel("区县").selectOption("330502");
  await page.getByRole("button", { name: "应用" }).click();
  await expect(page).toHaveURL(/area=330502.*queue=open/);
  await expect(page.getByRole("link", { name: /^在办/ })).toHaveAttribute("aria-current", "page");
  await page.goBack();
  await islands(page);
  await page.goBack();
  await expect(page.getByRole("link", { name: /^待受理/ })).toHaveAttribute("aria-current", "page");
});

test("single keys: search and help", async ({ page }) => {
  await signInStaff(page, "centre01");
  await page.goto("/desk");
  await islands(page);
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("积水");
  await page.keyboard.press("Enter");
  await expect(page.locator("table.queue tbody tr").first()).toContainText("积水");
  await islands(page);
  await expect(page.getByText("打开选中的诉求")).toBeHidden();
  await page.keyboard.press("?");
  await expect(page.getByText("打开选中的诉求")).toBeVisible();
});

test("at 768 px a row is a page, and without WebAssembly, too", async ({ page, another }) => {
  await signInStaff(page, "centre01");
  await page.setViewportSize({ width: 768, height: 1024 });
  await page.goto("/desk?queue=all");
  await islands(page);
  await expect(pane(page)).toBeHidden();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const number = await page.locator("td.number a").nth(1).textContent();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/desk/issues/${number}\\?from=queue:all$`));
  await expectNoSidewaysScroll(page);
  await page.locator("a.back").click();
  await expect(page).toHaveURL(/\/desk\?queue=all$/);

  const plain = await another({ ...DESK, javaScriptEnabled: false });
  await signInStaff(plain, "centre01");
  await plain.goto("/desk?queue=all");
  await expect(pane(plain)).toBeHidden();
  await plain.locator("td.number a").nth(1).click();
  await expect(plain).toHaveURL(/\/desk\/issues\//);
});

test("the list with an issue beside it, and the palette, are accessible", async ({ page, browser }) => {
  test.setTimeout(120_000);
  await signInStaff(page, "centre01");
  const state = { storageState: await page.context().storageState(), viewport: { width: 1280, height: 800 } };
  await eachScheme(browser, state, async (desk, scheme) => {
    await desk.goto("/desk?queue=to_accept");
    await islands(desk);
    await desk.keyboard.press("j");
    await expect(pane(desk).locator(".timeline")).toBeVisible();
    expect(await accessibilityOf(desk), `beside the list, ${scheme}`).toEqual([]);
    await expectNoSidewaysScroll(desk);
    await desk.keyboard.press("Control+k");
    await expect(desk.getByRole("dialog").getByRole("option").first()).toBeVisible();
    expect(await accessibilityOf(desk), `the palette, ${scheme}`).toEqual([]);
  });
});
