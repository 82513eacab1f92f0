// The main job, end to end: a problem travels the whole loop, twice round. On the phone with WebAssembly and without JavaScript.

import { DESK, expect, expectAccessible, expectNoSidewaysScroll, islands, picture, second, test } from "../fixtures.ts";
import type { Page } from "@playwright/test";
import { act, jpegSize, mobile, phonePhoto, signIn, signInStaff } from "../people.ts";

/** The phone's own session, for another look at the same page. */
const eyes = async (page: Page) => ({ viewport: { width: 360, height: 740 }, storageState: await page.context().storageState() });

test("a problem with three photos is filed, handled, rejected, handled again and closed", async ({
  page, browser, another, scripted, complaints,
}) => {
  test.setTimeout(180_000);
  await signIn(page, mobile(scripted ? 2 : 3));
  await expect(page).toHaveURL(/\/home$/);
  await picture(page, "home");
  await expectNoSidewaysScroll(page);

  // File.
  await page.getByRole("navigation").getByRole("link", { name: "提诉求", exact: true }).click();
  await islands(page);
  await page.getByLabel("遇到了什么问题？").fill("厂房东门外的道路一下雨就积水，最深三十厘米，货车进不来。");
  const photos = [];
  for (const seed of [1, 2, 3]) {
    photos.push({ name: `IMG_${seed}.jpg`, mimeType: "image/jpeg", buffer: await phonePhoto(browser, seed) });
  }
  const uploads: Promise<{ requestBodySize: number }>[] = [];
  page.on("requestfinished", (request) => {
    if (request.method() === "POST" && new URL(request.url()).pathname === "/photos") uploads.push(request.sizes());
  });
  await page.locator("#photos").setInputFiles(photos);
  if (scripted) {
    await expect(page.locator('.photo-grid input[name="photo"]')).toHaveCount(3, { timeout: 30_000 });
    await expect(page.getByRole("radio", { name: /道路积水/ })).toBeVisible();
    // Made smaller before they travel, one by one: three pictures of 12 megapixels are less than two megabytes.
    const sizes = await Promise.all(uploads);
    expect(sizes).toHaveLength(3);
    expect(sizes.reduce((sum, size) => sum + size.requestBodySize, 0)).toBeLessThan(2_000_000);
  }
  await picture(page, "filing");
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await expect(page.getByRole("heading", { name: "请核对" })).toBeVisible();
  await expect(page.locator(".photo-grid img")).toHaveCount(3);
  await expect(page.getByText("道路积水与排水")).toBeVisible();
  await picture(page, "check");

  // Going back loses nothing, with the browser's arrow or the link.
  await page.goBack();
  await expect(page.getByLabel("遇到了什么问题？")).toHaveValue(/最深三十厘米/);
  await expect(page.locator(".photo-grid img")).toHaveCount(3);
  await page.goForward();
  await page.getByRole("link", { name: "返回修改" }).click();
  await expect(page.getByLabel("遇到了什么问题？")).toHaveValue(/最深三十厘米/);
  await expect(page.locator(".photo-grid img")).toHaveCount(3);
  await islands(page);
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await page.getByRole("button", { name: "确认提交" }).click();

  // The receipt.
  await expect(page.getByRole("heading", { name: "已提交" })).toBeVisible();
  await expect(page.getByText(/最迟.*给您答复/)).toBeVisible();
  const number = (await page.locator(".number").first().textContent())?.trim() ?? "";
  expect(number).toMatch(/^HZ-\d{4}-\d{9,}$/);
  await picture(page, "receipt");
  await page.getByRole("link", { name: "查看进度" }).click();
  await expect(page.locator("#live").getByText("待受理")).toBeVisible();
  await islands(page);

  // The photos are upright, and say nothing of where they were taken.
  const source = await page.locator(".photo-grid a").first().getAttribute("href");
  const picked = await (await page.request.get(source ?? "")).body();
  expect(jpegSize(picked)).toEqual({ width: 1440, height: 1920 });
  expect(picked.includes("Exif")).toBe(false);

  // The desk is on the other server; without JavaScript the page is read again.
  const centre = await another({ ...DESK, baseURL: second() });
  await signInStaff(centre, "centre01");
  const handler = await another({ ...DESK, baseURL: second() });
  await signInStaff(handler, "jianshe");
  const sees = async (words: string | RegExp) => {
    if (!scripted) await page.reload();
    await expect(page.locator("#live").getByText(words).first()).toBeVisible();
  };

  await act(centre, number, "受理", async (form) => {
    await form.getByRole("radio", { name: /^简单/ }).check();
  });
  await sees("已受理");
  await act(centre, number, "交办", async (form) => {
    await expect(form.getByText(/建议：市建设局/)).toBeVisible();
    await form.getByLabel("交办说明").fill("企业着急，请先联系");
  });
  await picture(centre, "desk-dispatched");
  await sees("待签收");
  await expect(page.locator("#live").getByText("市建设局").first()).toBeVisible();
  await act(handler, number, "签收", async () => {});
  await sees("办理中");
  await act(handler, number, "阶段性答复", async (form) => {
    await form.getByLabel("目前做了什么").fill("已到现场查看，安排施工队明天疏通。");
  });
  await sees("已到现场查看，安排施工队明天疏通。");
  await act(handler, number, "答复", async (form) => {
    await form.getByRole("radio", { name: "已解决", exact: true }).check();
    await form.getByLabel("答复内容").fill("已疏通排水口，路面积水已经排除，请企业查看。");
  });
  await sees("待评价");
  await picture(page, "answered");
  // Internal words stay inside.
  expect(await page.content()).not.toContain("企业着急，请先联系");

  // Nothing chosen: a sentence for each question, and what was typed stays.
  await expectAccessible(browser, `/issues/${number}/rate`, await eyes(page));
  await islands(page);
  await page.getByRole("link", { name: "去评价" }).click();
  await page.getByLabel("想说的话").fill("下雨还是积水");
  complaints.expect(/422/);
  await page.getByRole("button", { name: "提交评价" }).click();
  await expect(page.locator(scripted ? ".sheet .fault" : ".error-summary").first()).toContainText("请选择问题解决了没有");
  await expect(page.getByLabel("想说的话")).toHaveValue("下雨还是积水");

  // Unsatisfied: round two.
  await page.getByRole("radio", { name: "没解决" }).check();
  await page.getByRole("radio", { name: "不满意", exact: true }).check();
  await expect(page.getByText("会退回办理单位重新办理，企服中心会收到提醒。")).toBeVisible();
  await picture(page, "rating");
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "提交评价" }).click();
  await expect(page.getByRole("status").filter({ hasText: "重新办理" })).toBeVisible();
  await expect(page.locator("#live").getByText("第 2 次办理", { exact: true })).toBeVisible();
  await islands(page);
  await act(handler, number, "签收", async () => {});
  await sees("办理中");
  await act(handler, number, "答复", async (form) => {
    await form.getByRole("radio", { name: "已解决", exact: true }).check();
    await form.getByLabel("答复内容").fill("已加装一处雨水口，今天大雨后路面没有积水。");
  });
  await sees("待评价");

  // Solved: closed.
  await page.getByRole("link", { name: "去评价" }).click();
  await page.getByRole("radio", { name: "解决了", exact: true }).check();
  await page.getByRole("radio", { name: "满意", exact: true }).check();
  await page.getByRole("button", { name: "提交评价" }).click();
  await expect(page.locator("#live").getByText("已办结").first()).toBeVisible();
  await picture(page, "closed");
  await expectNoSidewaysScroll(page);
  await page.getByRole("link", { name: /消息/ }).first().click();
  await expect(page.getByText("诉求已办理，请您评价").first()).toBeVisible();
  await centre.goto(`/desk/issues/${number}`);
  await picture(centre, "desk-closed");
});

test("the ways out: withdraw, decline and object, ask and supply", async ({ page, browser, another, scripted, complaints }) => {
  test.setTimeout(120_000);
  await signIn(page, mobile(scripted ? 25 : 26));
  const centre = await another(DESK);
  await signInStaff(centre, "centre01");
  const file = async (text: string) => {
    await page.goto("/issues/new");
    await islands(page);
    await page.getByLabel("遇到了什么问题？").fill(text);
    await page.getByLabel("其他分类").selectOption({ label: "用电报装与增容" });
    await page.getByRole("button", { name: "下一步：核对" }).click();
    await page.getByRole("button", { name: "确认提交" }).click();
    return ((await page.locator(".number").first().textContent()) ?? "").trim();
  };

  const withdrawn = await file("申请用电增容一个多月还没有答复，想问问进度。");
  await page.goto(`/issues/${withdrawn}`);
  await islands(page);
  await page.getByRole("link", { name: "撤回诉求" }).click();
  await page.getByLabel("为什么撤回？").fill("问题已经自行解决");
  await page.getByRole("button", { name: "确认撤回" }).click();
  await expect(page.locator("#live").getByText("已撤回").first()).toBeVisible();

  const declined = await file("变压器容量不够，申请增容，第二次反映这件事情。");
  await act(centre, declined, "不予受理", async (form) => {
    await form.getByLabel("原因").selectOption({ label: "与正在办理的诉求重复" });
    await form.getByLabel("给企业的说明").fill("与上一件诉求内容相同，合并在上一件中办理。");
  });
  await page.goto(`/issues/${declined}`);
  await islands(page);
  await page.getByRole("link", { name: "提出异议" }).click();
  await page.getByLabel("您为什么不同意？").fill("这是另一个厂区的变压器，不是同一件事。");
  await page.getByRole("button", { name: "提交异议" }).click();
  await expect(page.locator("#live").getByText("待受理")).toBeVisible();
  // The officer who declined may not decide again: other eyes look.
  await centre.goto(`/desk/issues/${declined}`);
  await expect(centre.locator("summary").filter({ hasText: "记录联系" })).toBeVisible();
  await expect(centre.locator("summary").filter({ hasText: "受理" })).toHaveCount(0);
  const other = await another(DESK);
  await signInStaff(other, "centre02");
  await act(other, declined, "受理", async () => {});
  await act(other, declined, "请企业补充", async (form) => {
    await form.getByLabel("请企业补充什么").fill("请补充用电户号");
  });
  // The page of its own, as a link from home opens it.
  await page.goto("/home");
  await page.getByRole("link", { name: /补充材料/ }).first().click();
  await expectAccessible(browser, new URL(page.url()).pathname, await eyes(page));
  await islands(page);
  await page.getByLabel("补充说明").fill("户号是 3305123456");
  await page.locator("#photos").setInputFiles({ name: "a.gif", mimeType: "image/gif", buffer: Buffer.from("GIF89a\x01\x00\x01\x00\x00\x00\x00;") });
  complaints.expect(/422/);
  if (scripted) {
    await expect(page.locator(".photo-fault")).toContainText("不是图片（JPEG、PNG、WebP）");
    await page.locator(".photo-grid").getByRole("button", { name: "删除" }).click();
  } else {
    await page.getByRole("button", { name: "提交补充" }).click();
    await expect(page.locator(".error-summary")).toContainText("不是图片（JPEG、PNG、WebP）");
  }
  await expect(page.getByLabel("补充说明")).toHaveValue("户号是 3305123456");
  await islands(page);
  await page.getByRole("button", { name: "提交补充" }).click();
  await expect(page.locator("#live").getByText("已受理").first()).toBeVisible();
});
