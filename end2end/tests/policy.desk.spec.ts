// Policies at the desk: one person writes, sees what it would reach, another publishes, and the owner has it.

import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessibleDesk, picture, test } from "../fixtures.ts";
import { mobile, signIn, signInStaff } from "../people.ts";

/** The control of this name in the editor. */
const control = (page: Page, name: string): Locator => page.locator(`[name="${name}"]:not([type="hidden"])`);
/** The button of the editor that says this. */
const button = (page: Page, value: string): Locator => page.locator(`button[value="${value}"]:visible`);

const focused = (target: Locator): Promise<boolean> => target.evaluate((element) => element === document.activeElement);

/** Goes to a control by the tab key alone, the shorter way. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toHaveCount(1);
  const ahead = await target.evaluate((element) => {
    const here = document.activeElement ?? document.body;
    return here === document.body || Boolean(here.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
  });
  for (let steps = 0; steps < 150; steps += 1) {
    if (await focused(target)) return;
    await page.keyboard.press(ahead ? "Tab" : "Shift+Tab");
  }
  throw new Error("the tab key does not lead there");
}

/** Types over what a line holds. */
async function typeInto(page: Page, target: Locator, words: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Control+a");
  await page.keyboard.type(words);
}

/** Chooses in a drop-down by the arrow keys. */
async function choose(page: Page, target: Locator, value: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Home");
  for (let steps = 0; steps < 100 && (await target.inputValue()) !== value; steps += 1) await page.keyboard.press("ArrowDown");
  await expect(target).toHaveValue(value);
}

/** Presses a button by the keyboard; `then` is what has the focus afterwards. */
async function press(page: Page, value: string, then: Locator): Promise<void> {
  await tabTo(page, button(page, value));
  await page.keyboard.press("Enter");
  await expect(then).toBeFocused();
}

test("an item is written in the form, previewed, and published by a second person", async ({ page, another, complaints }) => {
  test.setTimeout(120_000);
  const code = `e2e-${Date.now()}`;
  await signInStaff(page, "zhengce");
  await page.goto("/desk/policies/new");
  await page.getByLabel("编号（小写字母、数字、连字符）").fill(code);
  await page.getByLabel("名称", { exact: true }).fill("研发投入补助（测试）");
  await page.getByLabel("文件名称").fill("测试文件");
  await page.getByLabel("原文", { exact: true }).fill("研发费用一百万元以上");
  // A second condition, moved before the first.
  const conditions = page.locator('[id="/condition"]');
  await conditions.locator('select[name="kind:/condition/all"]').selectOption("num");
  await page.locator('button[value="add|/condition/all"]').click();
  await page.locator('[name="/condition/all/1/num/attr"]').selectOption("rd_expense");
  await page.locator('[name="/condition/all/1/num/value"]').fill("1000000");
  await page.locator('[name="/condition/all/1/clause"]').selectOption("c1");
  await page.locator('button[value="up|/condition/all/1"]').click();
  await expect(page.locator('[name="/condition/all/0/num/value"]')).toHaveValue("1000000");
  await page.locator('button[value="remove|/condition/all/1"]').click();
  await page.locator('select[name="kind:/amount"]').selectOption("percent");
  await page.locator('button[value="become|/amount"]').click();
  // Not finished: a sentence at its place, and nothing is lost.
  complaints.expect(/422/);
  await page.getByRole("button", { name: "保存草稿" }).click();
  await expect(page.locator(".error-summary")).toContainText("比例：请填写或选择");
  await expect(page.getByLabel("名称", { exact: true })).toHaveValue("研发投入补助（测试）");
  await page.locator('[name="/amount/percent/of"]').selectOption("rd_expense");
  await page.locator('[name="/amount/percent/rate"]').fill("10%");
  await page.getByLabel("企业 1").fill("湖州");
  await page.locator(".sticky-actions").getByRole("button", { name: "预览" }).click();
  await expect(page.getByText(/会覆盖 [\d,]+ 家企业，约/)).toBeVisible();
  await picture(page, "policy-editor");
  await page.getByRole("button", { name: "保存草稿" }).click();
  await expect(page.getByRole("status").filter({ hasText: "已保存第 1 版草稿" })).toBeVisible();
  await page.getByRole("button", { name: "提交发布" }).click();
  await expect(page.getByText("起草人不能自己发布")).toBeVisible();
  await expect(page.getByRole("button", { name: "发布", exact: true })).toHaveCount(0);

  const other = await another({ viewport: { width: 1280, height: 800 } });
  await signInStaff(other, "zhengce02");
  await other.goto(`/desk/policies/${code}/edit`);
  await expect(other.getByText(/会覆盖 [\d,]+ 家企业，约/)).toBeVisible();
  for (const box of await other.getByRole("checkbox").all()) await box.check();
  await picture(other, "policy-review");
  await other.getByRole("button", { name: "发布", exact: true }).click();
  await expect(other.getByRole("status").filter({ hasText: "已发布" })).toBeVisible();

  const owner = await another({ viewport: { width: 360, height: 740 } });
  await signIn(owner, mobile(2));
  await owner.goto(`/policies/${code}`);
  await expect(owner.locator(".amount")).toHaveText("132,000 元");
});

test("the editor answers at once, by keyboard alone, and loses nothing", async ({ page, complaints }) => {
  test.setTimeout(240_000);
  const code = `e2e-live-${Date.now()}`;
  await signInStaff(page, "zhengce");
  await page.goto("/desk/policies/new");
  await page.locator("form[data-live]").waitFor();
  // Whatever follows until it is saved happens on this page.
  await page.evaluate(() => { document.body.dataset.same = "yes"; });
  await typeInto(page, control(page, "/id"), code);
  await typeInto(page, control(page, "/title"), "研发投入补助（键盘）");
  await expect(page.getByText("有未保存的修改")).toBeVisible();
  await typeInto(page, control(page, "/document/title"), "测试文件");
  await typeInto(page, control(page, "/clauses/c1"), "研发费用一百万元以上");

  // A group, and a condition in it.
  await choose(page, control(page, "kind:/condition/all"), "any");
  await press(page, "add|/condition/all", button(page, "add|/condition/all/1/any"));
  await press(page, "add|/condition/all/1/any", control(page, "/condition/all/1/any/0/num/attr"));
  await choose(page, control(page, "/condition/all/1/any/0/num/attr"), "rd_expense");
  // While it is typed the fault stands at its field.
  await typeInto(page, control(page, "/condition/all/1/any/0/num/value"), "一百万");
  const field = page.locator(".field", { has: control(page, "/condition/all/1/any/0/num/value") });
  await expect(page.getByRole("heading", { name: /^检查 \d+$/ })).toBeVisible();
  await typeInto(page, control(page, "/condition/all/1/any/0/num/value"), "1000000");

  // Nested, moved before the other, into the group before it, out of it; each time the focus goes with what moved.
  await press(page, "nest|/condition/all/0", button(page, "add|/condition/all/0/any"));
  await press(page, "up|/condition/all/1", button(page, "up|/condition/all/0"));
  await expect(control(page, "/condition/all/0/any/0/num/value")).toHaveValue("1000000");
  await press(page, "into|/condition/all/1", button(page, "up|/condition/all/0/any/1"));
  await press(page, "remove|/condition/all/0/any/1", button(page, "add|/condition/all/0/any"));
  await press(page, "out|/condition/all/0/any/0", button(page, "up|/condition/all/1"));
  await press(page, "remove|/condition/all/0", button(page, "add|/condition/all"));
  await expect(control(page, "/condition/all/0/num/value")).toHaveValue("1000000");
  await expect(control(page, "/title")).toHaveValue("研发投入补助（键盘）");
  await expect(field).toHaveCount(0);

  // What is sound is previewed while it is typed; what is not is said at its field.
  await typeInto(page, control(page, "/amount/fixed"), "很多");
  const amount = page.locator(".field", { has: control(page, "/amount/fixed") });
  await expect(amount.locator(".fault")).toBeVisible();
  await typeInto(page, control(page, "/amount/fixed"), "1000");
  await expect(page.getByText(/会覆盖 [\d,]+ 家企业，约/)).toBeVisible();
  await expect(amount.locator(".fault")).toHaveCount(0);
  await typeInto(page, control(page, "preview1"), "湖州");
  await expect(page.locator("summary", { hasText: "项不符合" })).toBeVisible();
  await picture(page, "policy-editor-live");

  // Off the net nothing is lost, and the same button goes on afterwards.
  complaints.expect(/ERR_INTERNET_DISCONNECTED|Failed to fetch/);
  await page.context().setOffline(true);
  await tabTo(page, button(page, "add|/clauses"));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("没有连上");
  await expect(button(page, "again")).toBeFocused();
  await page.context().setOffline(false);
  await page.keyboard.press("Enter");
  await expect(control(page, "key:/clauses/c2")).toBeFocused();
  await press(page, "remove|/clauses/c2", button(page, "add|/clauses"));
  expect(await page.evaluate(() => document.body.dataset.same), "no page was loaded").toBe("yes");

  // Leaving asks first; saving does not.
  const asked = new Promise<string>((resolve) => {
    page.once("dialog", (dialog) => dialog.dismiss().then(() => resolve(dialog.type())));
  });
  await page.getByRole("link", { name: "政策列表" }).click({ noWaitAfter: true });
  expect(await asked).toBe("beforeunload");
  await expect(control(page, "/amount/fixed")).toHaveValue("1000");
  await tabTo(page, button(page, "save"));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "已保存第 1 版草稿" })).toBeVisible();
  await page.getByRole("link", { name: "政策列表" }).click();
  // Where what was saved stands.
  await expect(page).toHaveURL(/\/desk\/policies\?state=draft$/);
});

test("without JavaScript the editor nests, moves and previews by posting itself", async ({ another }) => {
  const page = await another({ viewport: { width: 1280, height: 800 }, javaScriptEnabled: false });
  await signInStaff(page, "zhengce");
  await page.goto("/desk/policies/new");
  await control(page, "/title").fill("没有脚本");
  await control(page, "kind:/condition/all").selectOption("any");
  await button(page, "add|/condition/all").click();
  await control(page, "/condition/all/0/num/value").fill("7");
  await button(page, "up|/condition/all/1").click();
  await button(page, "into|/condition/all/1").click();
  await expect(control(page, "/condition/all/0/any/0/num/value")).toHaveValue("7");
  await button(page, "out|/condition/all/0/any/0").click();
  await button(page, "remove|/condition/all/0").click();
  await expect(control(page, "/condition/all/0/num/value")).toHaveValue("7");
  await expect(control(page, "/title")).toHaveValue("没有脚本");
  await expect(page.getByText("有未保存的修改")).toBeVisible();
});

test("pages of the policy desk are accessible, at 1280 and at 768", async ({ page, browser }) => {
  test.setTimeout(240_000);
  await signInStaff(page, "zhengce");
  const paths = [
    "/desk/policies", "/desk/policies?state=draft", "/desk/policies/new", "/desk/policies/hightech-recognition/edit",
    "/desk/policies/libraries", "/desk/facts", "/desk/applications?state=paid", "/desk/policies/demo-upgrade/evaluation",
  ];
  const answer = await (await page.request.get("/desk/applications?state=reviewing")).text();
  paths.push(/href="(\/desk\/applications\/SQ-[^"]+)"/.exec(answer)?.[1] ?? "/desk/applications");
  const state = { storageState: await page.context().storageState() };
  for (const path of paths) {
    await expectAccessibleDesk(browser, path, state);
  }
});

test("facts come in from a file, bad rows are told", async ({ page }) => {
  await signInStaff(page, "zhengce");
  await page.goto("/desk/facts");
  const rows = ["统一社会信用代码,指标,数值,期间,来源", "91330502MA0000001T,employees,12,2025,市人力社保局", "1,employees,3,2025,市人力社保局"];
  await page.getByLabel("csv 或 xlsx 文件").setInputFiles({ name: "facts.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) });
  await page.getByRole("button", { name: "导入" }).click();
  await expect(page.getByText(/第 3 行：/)).toBeVisible();
});
