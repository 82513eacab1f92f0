// What WebAssembly adds to the form: drafts, a counter, one filing for a double click.

import { expect, islands, test } from "../fixtures.ts";
import { mobile, signIn } from "../people.ts";

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
  await expect(later.getByText("已恢复您上次没提交的内容")).toBeVisible();
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
  await expect(page.getByLabel("遇到了什么问题？")).toHaveValue("长".repeat(2003));
});
