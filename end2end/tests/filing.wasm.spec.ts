// What WebAssembly adds to the form: drafts, photos that travel while one types, a counter, one filing for a double click.

import { expect, islands, test } from "../fixtures.ts";
import { mobile, phonePhoto, signIn } from "../people.ts";

const QUESTION = "遇到了什么问题？";
const GIF = { name: "a.gif", mimeType: "image/gif", buffer: Buffer.from("GIF89a\x01\x00\x01\x00\x00\x00\x00;") };

test("a draft survives a closed tab and goes when it is filed", async ({ page, context }) => {
  await signIn(page, mobile(48));
  await page.goto("/issues/new");
  await islands(page);
  await page.getByLabel("遇到了什么问题？").fill("旺季招不到缝纫工，缺口有二十多人。");
  await page.close();
  const later = await context.newPage();
  await later.goto("/issues/new");
  await islands(later);
  await expect(later.getByLabel("遇到了什么问题？")).toHaveValue("旺季招不到缝纫工，缺口有二十多人。");
  await expect(later.getByText("已恢复您上次填写的文字")).toBeVisible();
  await later.getByRole("button", { name: "下一步：核对" }).click();
  await islands(later);
  await later.getByRole("button", { name: "确认提交" }).dblclick();
  await expect(later.getByRole("heading", { name: "已提交" })).toBeVisible();
  await islands(later);
  await later.goto("/issues/new");
  await islands(later);
  await expect(later.getByLabel("遇到了什么问题？")).toHaveValue("");
  await later.goto("/issues");
  await expect(later.getByText("旺季招不到缝纫工，缺口有二十多人").first()).toBeVisible();
  expect(await later.locator(".cell strong", { hasText: "旺季招不到缝纫工，缺口有二十多人" }).count()).toBe(1);
});

test("the counter speaks up near the end and the form says what is too long", async ({ page, complaints }) => {
  await signIn(page, mobile(49));
  await page.goto("/issues/new");
  await islands(page);
  await page.getByLabel("遇到了什么问题？").fill("长".repeat(1990));
  await expect(page.getByText("还可以写 10 字")).toBeVisible();
  await page.getByLabel("遇到了什么问题？").fill("长".repeat(2003));
  await expect(page.getByText("超出 3 字")).toBeVisible();
  complaints.expect(/422/);
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await expect(page.locator(".error-summary")).toContainText("最多写 2000 个字，现在是 2003 个字");
  await expect(page.locator(".error-summary")).toBeFocused();
  await expect(page).toHaveTitle(/^请更正：/);
  await expect(page.getByLabel("遇到了什么问题？")).toHaveValue("长".repeat(2003));
});

test("a draft is its owner's: the next person at this browser is offered nothing, and signing out clears it", async ({ page }) => {
  await signIn(page, mobile(50));
  await page.goto("/issues/new");
  await islands(page);
  await page.getByLabel(QUESTION).fill("车间漏电跳闸，一天停了三次。");
  const drafts = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("draft/")));
  await expect.poll(drafts).toHaveLength(1);
  const [mine] = await drafts();
  const kept = await page.evaluate((key) => localStorage.getItem(key), mine!);
  await page.goto("/me");
  await page.getByRole("button", { name: "退出", exact: true }).click();
  await expect(page).toHaveURL(/sign-in/);
  await expect.poll(drafts).toEqual([]);

  // A browser that does not clear: another person is offered nothing, and the stranger's words go.
  await page.evaluate(([key, text]) => localStorage.setItem(key!, text!), [mine!, kept!]);
  await signIn(page, mobile(51));
  await page.goto("/issues/new");
  await islands(page);
  await expect(page.getByLabel(QUESTION)).toHaveValue("");
  await expect.poll(drafts).toEqual([]);
});

test("a restored draft says so and can be deleted", async ({ page }) => {
  await signIn(page, mobile(52));
  await page.goto("/issues/new");
  await islands(page);
  await page.getByLabel(QUESTION).fill("员工宿舍自来水压力不够，三楼以上没水。");
  await page.getByLabel("其他分类").selectOption({ label: "用电报装与增容" });
  await page.reload();
  await islands(page);
  await expect(page.getByLabel(QUESTION)).toHaveValue("员工宿舍自来水压力不够，三楼以上没水。");
  await expect(page.getByLabel("其他分类")).toHaveValue("power");
  await page.getByRole("button", { name: "删除草稿" }).click();
  await expect(page.getByLabel(QUESTION)).toHaveValue("");
  await expect(page.getByText("已恢复您上次填写的文字")).toHaveCount(0);
  await page.reload();
  await islands(page);
  await expect(page.getByLabel(QUESTION)).toHaveValue("");
});

test("photos travel as they are picked: one is cut and resumed, one refused, one removed", async ({
  page, browser, context, complaints,
}) => {
  test.setTimeout(120_000);
  await signIn(page, mobile(53));
  await page.goto("/issues/new");
  await islands(page);
  await page.getByLabel(QUESTION).fill("厂房东门外的道路一下雨就积水，货车进不来。");
  const picture = { name: "IMG_1.jpg", mimeType: "image/jpeg", buffer: await phonePhoto(browser, 1) };
  const tiles = page.locator(".photo-grid li").filter({ has: page.locator("img") });
  const taken = page.locator('input[name="photo"]');

  // The network goes while a picture is on its way.
  complaints.expect(/ERR_INTERNET_DISCONNECTED/);
  complaints.expect(/422/);
  await context.setOffline(true);
  await page.locator("#photos").setInputFiles([picture, GIF]);
  await expect(tiles).toHaveCount(2);
  await expect(tiles.first()).toContainText("没有传上去，请检查网络");
  await expect(tiles.nth(1)).toContainText("没有传上去");
  await expect(taken).toHaveCount(0);
  // Nothing is lost silently: the form waits for a decision.
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await expect(page.getByText("有照片或文件没有传上去：请重试，或删除后再提交")).toBeVisible();
  await expect(page).toHaveURL(/issues\/new$/);

  await context.setOffline(false);
  await tiles.first().getByRole("button", { name: "重试" }).click();
  await expect(taken).toHaveCount(1, { timeout: 30_000 });
  await tiles.nth(1).getByRole("button", { name: "重试" }).click();
  await expect(tiles.nth(1)).toContainText("不是图片（JPEG、PNG、WebP）");
  await expect(tiles.nth(1).getByRole("button", { name: "重试" })).toHaveCount(0);
  await tiles.nth(1).getByRole("button", { name: "删除" }).click();
  await expect(tiles).toHaveCount(1);

  // A second one, taken away again.
  await page.locator("#photos").setInputFiles(picture);
  await expect(taken).toHaveCount(2, { timeout: 30_000 });
  await tiles.nth(1).getByRole("button", { name: "删除" }).click();
  await expect(taken).toHaveCount(1);
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await expect(page.getByRole("heading", { name: "请核对" })).toBeVisible();
  await expect(page.locator(".photo-grid img")).toHaveCount(1);
});

test("a form sent while a photo is still on its way goes when it has arrived", async ({ page, browser }) => {
  await signIn(page, mobile(54));
  await page.goto("/issues/new");
  await islands(page);
  await page.getByLabel(QUESTION).fill("厂区门口路灯坏了一排，晚上很黑不安全。");
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/photos", async (route) => {
    await held;
    await route.continue();
  });
  await page.locator("#photos").setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: await phonePhoto(browser, 2) });
  await expect(page.getByText(/^\d+%$/)).toBeVisible();
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await expect(page).toHaveURL(/issues\/new$/);
  release();
  await expect(page.getByRole("heading", { name: "请核对" })).toBeVisible({ timeout: 30_000 });
  await expect(page.locator(".photo-grid img")).toHaveCount(1);
});

test("no more than nine photos are taken", async ({ page }) => {
  await signIn(page, mobile(55));
  await page.goto("/issues/new");
  await islands(page);
  const dot = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
    canvas.getContext("2d")!.fillRect(0, 0, 40, 30);
    const blob = await new Promise<Blob>((done) => canvas.toBlob((made) => done(made!), "image/jpeg"));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  const file = { name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from(dot) };
  await page.locator("#photos").setInputFiles(Array(11).fill(file));
  await expect(page.getByText("已满，多出的 2 个没有加入")).toBeVisible();
  await expect(page.locator('input[name="photo"]')).toHaveCount(9, { timeout: 30_000 });
  await expect(page.locator("#photos")).toBeDisabled();
});
