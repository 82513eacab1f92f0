// Many at once: accepted in bulk, and what several enterprises say answered together; and what the lead of a board accepts for another.

import { expect, test } from "../fixtures.ts";
import { act, mobile, signIn, signInStaff } from "../people.ts";
import type { Page } from "@playwright/test";

/** Files a problem of the n-th enterprise and answers its number. */
async function filed(page: Page, n: number, text: string): Promise<string> {
  await signIn(page, mobile(n));
  await page.goto("/issues/new");
  await page.getByLabel("遇到了什么问题？").fill(text);
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await page.getByRole("button", { name: "确认提交" }).click();
  return (await page.locator(".receipt .number").textContent())!.trim();
}

test("two enterprises with one problem: put together, dispatched, accepted in bulk and answered together", async ({ page, another }) => {
  const words = "翠竹园区的路灯整夜不亮，夜班员工下班不敢走";
  const first = await filed(await another(), 81, `${words}，已经一个星期了。`);
  const second = await filed(await another(), 82, `${words}，请尽快修好。`);
  await signInStaff(page, "centre01");
  await page.goto("/desk/bulk?step=accept");
  for (const number of [first, second]) await page.getByRole("checkbox", { name: new RegExp(number) }).check();
  await page.getByRole("button", { name: "批量受理" }).click();
  await expect(page.getByRole("status").filter({ hasText: "2 件都已办好" })).toBeVisible();

  await page.goto("/desk/clusters");
  // The form of one group is there, of the others there are links.
  const group = page.locator("section.card", { hasText: first });
  if ((await group.count()) === 0) await page.locator(".cell a", { hasText: words.slice(0, 8) }).first().click();
  await group.getByLabel("共性问题").fill("翠竹园区路灯不亮");
  await group.getByRole("button", { name: "合成共性问题" }).click();
  await page.getByLabel("办理部门").selectOption({ label: "市建设局" });
  await page.getByRole("button", { name: "一起交办" }).click();
  await expect(page.getByText("已交办给市建设局")).toHaveCount(2);
  const cluster = page.url();

  const handler = await another({ viewport: { width: 1280, height: 800 } });
  await signInStaff(handler, "jianshe");
  await handler.goto("/desk/bulk?step=sign");
  for (const number of [first, second]) await handler.getByRole("checkbox", { name: new RegExp(number) }).check();
  await handler.getByRole("button", { name: "批量签收" }).click();
  await handler.goto(new URL(cluster).pathname);
  await handler.locator("label", { hasText: "已解决" }).click();
  await handler.getByLabel("统一答复").fill("园区照明线路已更换，今晚起恢复照明，并安排每周巡查。");
  await handler.getByRole("button", { name: "统一答复" }).click();
  await expect(handler.getByText("已答复，等企业评价")).toHaveCount(2);
});

test("the lead of a board accepts for a department that is not in the centre, and hands it on", async ({ page, another }) => {
  const number = await filed(await another(), 83, "公司引进的两名技术骨干孩子要上小学，附近学校说没有学位，希望协调入学。");
  await signInStaff(page, "renshe");
  const tab = page.getByRole("navigation", { name: "工作队列" }).getByRole("link", { name: /^板块代受理/ });
  await tab.click();
  await expect(tab).toHaveAttribute("aria-current", "page");
  await expect(page.locator(`a[href*="${number}"]`).first()).toBeVisible();
  await act(page, number, "受理", async () => {});
  await expect(page.getByText("已受理（板块牵头单位代为受理）")).toBeVisible();
  const panel = page.locator("details.act").filter({ has: page.locator("summary", { hasText: /^交办/ }) });
  await expect(panel.getByLabel("主办部门").locator("option")).toHaveText(["市教育局"]);
  await panel.getByRole("button", { name: "交办", exact: true }).click();

  const handler = await another({ viewport: { width: 1280, height: 800 } });
  await signInStaff(handler, "jiaoyu");
  await expect(handler.locator(`a[href*="${number}"]`).first()).toBeVisible();
  // What was handed on is out of sight.
  await expect.poll(async () => (await page.request.get(`/desk/issues/${number}`)).status()).toBe(404);
});
