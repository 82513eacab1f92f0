// Many at once: accepted in bulk, and what several enterprises say answered together.

import { expect, test } from "../fixtures.ts";
import { mobile, signIn, signInStaff } from "../people.ts";
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
