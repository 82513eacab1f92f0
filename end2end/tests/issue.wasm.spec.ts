// What WebAssembly adds to a problem's page: what can be done is done in place, and survives a lost connection.

import { DESK, expect, islands, picture, test } from "../fixtures.ts";
import type { Page } from "@playwright/test";
import { act, mobile, phonePhoto, signIn, signInStaff } from "../people.ts";

async function file(page: Page, text: string): Promise<string> {
  await page.goto("/issues/new");
  await islands(page);
  await page.getByLabel("遇到了什么问题？").fill(text);
  await page.getByLabel("其他分类").selectOption({ label: "道路积水与排水" });
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await islands(page);
  await page.getByRole("button", { name: "确认提交" }).click();
  return ((await page.locator(".number").first().textContent()) ?? "").trim();
}

const sheet = (page: Page) => page.getByRole("dialog");

test("a rating sent while the network is off is kept and sent again", async ({ page, context, another, complaints }) => {
  test.setTimeout(120_000);
  await signIn(page, mobile(56));
  const number = await file(page, "厂房西门外的道路一下雨就积水，货车进不来。");
  await page.goto(`/issues/${number}`);
  await islands(page);
  const centre = await another(DESK);
  await signInStaff(centre, "centre01");
  const handler = await another(DESK);
  await signInStaff(handler, "jianshe");
  await act(centre, number, "受理", async () => {});
  await act(centre, number, "交办", async () => {});
  await act(handler, number, "签收", async () => {});
  await act(handler, number, "答复", async (form) => {
    await form.getByRole("radio", { name: "已解决", exact: true }).check();
    await form.getByLabel("答复内容").fill("已疏通排水口，路面积水已经排除，请企业查看。");
  });
  await expect(page.locator("#live").getByText("待评价")).toBeVisible();

  // The sheet has the focus, Esc closes it and gives the focus back; what was typed is still there.
  const opener = page.getByRole("link", { name: "去评价" });
  await opener.click();
  await expect(sheet(page).getByRole("heading", { name: "评价" })).toBeFocused();
  await sheet(page).getByLabel("想说的话").fill("已经不积水了");
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  await expect(sheet(page).getByLabel("想说的话")).toHaveValue("已经不积水了");

  // Reasons fit the face, and what follows is said before it is sent.
  await sheet(page).getByRole("radio", { name: "没解决" }).check();
  await expect(sheet(page).getByText("会退回办理单位重新办理，企服中心会收到提醒。")).toBeVisible();
  await sheet(page).getByRole("radio", { name: "解决了", exact: true }).check();
  await sheet(page).getByRole("radio", { name: "不满意", exact: true }).check();
  await expect(sheet(page).getByRole("checkbox", { name: "办得慢" })).toBeVisible();
  await expect(sheet(page).getByRole("checkbox", { name: "办得快" })).toHaveCount(0);
  await sheet(page).getByRole("radio", { name: "满意", exact: true }).check();
  await expect(sheet(page).getByRole("checkbox", { name: "办得慢" })).toHaveCount(0);
  await sheet(page).getByRole("checkbox", { name: "办得快" }).check();
  await expect(sheet(page).getByText(/提交后这件诉求办结/)).toBeVisible();
  await picture(page, "rating-sheet");

  complaints.expect(/ERR_INTERNET_DISCONNECTED/);
  await context.setOffline(true);
  await sheet(page).getByRole("button", { name: "提交评价" }).click();
  await expect(sheet(page).getByText("没有连上，内容还在。请检查网络后再试")).toBeVisible();
  // Even a page that was thrown away meanwhile has it.
  await context.setOffline(false);
  await page.reload();
  await islands(page);
  await opener.click();
  await expect(sheet(page).getByLabel("想说的话")).toHaveValue("已经不积水了");
  await expect(sheet(page).getByRole("checkbox", { name: "办得快" })).toBeChecked();
  await context.setOffline(true);
  await sheet(page).getByRole("button", { name: "提交评价" }).click();
  await context.setOffline(false);
  await sheet(page).getByRole("button", { name: "再试一次" }).click();
  await expect(sheet(page)).toBeHidden();
  await expect(page.locator("#live").getByText("已办结").first()).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "谢谢您的评价" })).toBeFocused();
  await expect(page.locator("#live").getByText("办得快")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/issues/${number}$`));
  // Nothing stays behind.
  expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
});

test("supplying in place carries photos, and what has moved meanwhile is shown", async ({ page, browser, another, complaints }) => {
  test.setTimeout(120_000);
  await signIn(page, mobile(57));
  const number = await file(page, "厂区围墙外的水沟堵了，污水流到路上。");
  const centre = await another(DESK);
  await signInStaff(centre, "centre01");
  await act(centre, number, "受理", async () => {});
  await act(centre, number, "请企业补充", async (form) => {
    await form.getByLabel("请企业补充什么").fill("请补充现场照片");
  });
  await page.goto(`/issues/${number}`);
  await islands(page);
  await page.getByRole("link", { name: "补充材料" }).click();
  await expect(sheet(page).getByText("请补充现场照片")).toBeVisible();
  complaints.expect(/422/);
  await sheet(page).getByRole("button", { name: "提交补充" }).click();
  await expect(sheet(page).locator(".fault")).toBeVisible();
  const buffer = await phonePhoto(browser, 3);
  await sheet(page).locator("#photos").setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer });
  await expect(sheet(page).locator('input[name="photo"]')).toHaveCount(1, { timeout: 30_000 });
  await sheet(page).getByRole("button", { name: "提交补充" }).click();
  await expect(sheet(page)).toBeHidden();
  await expect(page.locator("#live").getByText("已补充材料")).toBeVisible();
  await expect(page.locator("#live .photo-grid img")).toHaveCount(1);

  // Two windows: the second one is told, and shows where the problem stands.
  const other = await page.context().newPage();
  await other.goto(`/issues/${number}`);
  await islands(other);
  await other.route("**/rpc/issue/progress", (route) => route.abort());
  // It hears that something moved, and gets no answer when it asks what.
  const unanswered = other.waitForEvent("requestfailed", (request) => request.url().endsWith("/rpc/issue/progress"));
  complaints.expect(/ERR_FAILED/);
  await other.getByRole("link", { name: "撤回诉求" }).click();
  await sheet(other).getByLabel("为什么撤回？").fill("已经自行疏通");
  await page.getByRole("link", { name: "撤回诉求" }).click();
  await sheet(page).getByLabel("为什么撤回？").fill("已经自行疏通");
  await sheet(page).getByRole("button", { name: "确认撤回" }).click();
  await expect(page.locator("#live").getByText("已撤回").first()).toBeVisible();
  await unanswered;
  await other.unroute("**/rpc/issue/progress");
  await sheet(other).getByRole("button", { name: "确认撤回" }).click();
  await expect(other.getByRole("status").filter({ hasText: "这件诉求刚刚有新进展" })).toBeVisible();
  await expect(other.locator("#live").getByText("已撤回").first()).toBeVisible();
});
