// The second half of the main job: an owner sees the money, finds the step that is missing, applies, is paid, and rates it. On the phone
// with WebAssembly and without JavaScript, the policy desk on the other server.

import { DESK, expect, expectAccessible, expectNoSidewaysScroll, islands, picture, second, test } from "../fixtures.ts";
import { mobile, signIn, signInStaff } from "../people.ts";
import type { Page } from "@playwright/test";

/** A file that is a PDF by its first bytes. */
const invoice = { name: "设备购置发票清单.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n") };

test("an owner finds the missing step, applies with a file, is paid and rates it", async ({ page, browser, another, scripted, complaints }) => {
  test.setTimeout(180_000);
  await signIn(page, mobile(scripted ? 3 : 4));
  await expect(page).toHaveURL(/\/home$/);
  await expect(page.getByRole("heading", { name: "为您匹配的政策" })).toBeVisible();
  await expect(page.locator(".policy-total .money")).toContainText("元");
  await picture(page, "policy-home");

  // The list, and an item one step away.
  await page.getByRole("link", { name: "政策", exact: true }).click();
  await expect(page.getByRole("heading", { name: "政策", exact: true })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await picture(page, "policy-list");
  await page.getByRole("link", { name: /技术改造设备补助（演示）/ }).click();
  await expect(page.getByText("差一点")).toBeVisible();
  await expect(page.getByText("设备投资额还差 420,000 元")).toBeVisible();
  await picture(page, "policy-item-near");
  await expectNoSidewaysScroll(page);

  // The calculator: another number, another total; nothing is saved by trying.
  await page.getByRole("link", { name: "算一算" }).click();
  await islands(page);
  const results = page.locator("#calc-results");
  const gain = page.locator(".calc-total .delta");
  const figure = page.getByLabel("设备投资额（元）", { exact: true });
  const field = page.locator(".calc-field", { has: figure });
  await expect(results.getByText("设备投资额还差 420,000 元")).toBeVisible();
  await expect(field.getByText("= 458 万元")).toBeVisible();
  const calculate = async (value: string) => {
    await figure.fill(value);
    if (!scripted) await page.getByRole("button", { name: "重新计算" }).click();
  };
  if (scripted) {
    // Alone: the network is not needed any more.
    await page.context().setOffline(true);
  }
  await calculate("12,000,000");
  await expect(gain).toHaveText("+960,000 元");
  await expect(page.locator(".calc-moved")).toHaveText("技术改造设备补助（演示） +960,000 元");
  await expect(results.getByText("原来：差一点")).toBeVisible();
  await expect(field.getByText("= 1,200 万元")).toBeVisible();
  // As people say it, whatever keyboard they have.
  await calculate("１２００ 万元");
  await expect(gain).toHaveText("+960,000 元");
  if (scripted) {
    await figure.fill("800");
    await field.getByRole("button", { name: "万" }).click();
    await expect(figure).toHaveValue("800万");
    await expect(field.getByText("= 800 万元")).toBeVisible();
    await expect(gain).toHaveText("+640,000 元");
    // The total is in sight wherever the reader is.
    await page.getByRole("slider").last().scrollIntoViewIfNeeded();
    await expect(page.locator(".calc-total")).toBeInViewport();
    // And the answer below the figures is a tap away.
    await page.getByRole("button", { name: "查看结果" }).click();
    await expect(results).toBeFocused();
    await expect(results.getByRole("heading").first()).toBeInViewport();
    const slider = page.getByRole("slider", { name: "设备投资额，滑动调整" });
    await slider.fill("10000000");
    await expect(figure).toHaveValue("10,000,000");
    await expect(gain).toHaveText("+800,000 元");
    // Less than before is said with its sign.
    await figure.fill("100万");
    await expect(gain).toHaveCount(0);
    await page.getByRole("link", { name: "还原" }).click();
    await expect(figure).toHaveValue("4,580,000");
  }
  await calculate("4999999.99");
  await expect(results.getByText("设备投资额还差 0.01 元")).toBeVisible();
  // What cannot be read is said, and stays as it was typed.
  if (!scripted) complaints.expect(/422/);
  await calculate("一千万");
  await expect(figure).toHaveAttribute("aria-invalid", "true");
  await expect(figure).toHaveValue("一千万");
  await expect(field.getByText("设备投资额：应为数字")).toBeVisible();
  await calculate("5000000");
  await expect(gain).toHaveText("+400,000 元");
  await picture(page, "policy-calculator");
  if (scripted) {
    // Saved without a network: said, nothing lost, tried again.
    complaints.expect(/ERR_INTERNET_DISCONNECTED/);
    await page.getByRole("button", { name: "保存到企业画像" }).click();
    await expect(page.getByRole("status").filter({ hasText: "没有连上" })).toBeVisible();
    await expect(figure).toHaveValue("5000000");
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "再试一次" }).click();
    await expect(page.getByRole("status").filter({ hasText: "已保存到企业画像" })).toBeVisible();
    await expect(gain).toHaveCount(0);
    // Nothing new is nothing to save.
    await page.getByRole("button", { name: "保存到企业画像" }).click();
    await expect(page.getByRole("status").filter({ hasText: "没有需要保存的改动" })).toBeVisible();
  } else {
    await page.getByRole("button", { name: "保存到企业画像" }).click();
    await expect(page.getByRole("status").filter({ hasText: "已保存到企业画像" })).toBeVisible();
  }

  // The same item now; the form wants its materials, and keeps what was typed.
  await page.goto("/policies/demo-upgrade");
  await expect(page.locator(".amount")).toHaveText("400,000 元");
  await page.getByRole("link", { name: "去申报" }).click();
  await islands(page);
  const state = { viewport: { width: 360, height: 740 }, storageState: await page.context().storageState() };
  await expectAccessible(browser, "/policies/demo-upgrade/apply", state);
  await page.getByLabel("补充说明").fill("设备已到厂安装");
  complaints.expect(/422/);
  await page.getByRole("button", { name: "提交申报" }).click();
  await expect(page.locator(".error-summary")).toContainText("请上传申报材料");
  await expect(page.getByLabel("补充说明")).toHaveValue("设备已到厂安装");
  await islands(page);
  await page.getByLabel("其他材料").setInputFiles([{ name: "说明.txt", mimeType: "text/plain", buffer: Buffer.from("说明") }, invoice]);
  await page.getByRole("button", { name: "提交申报" }).click();
  await expect(page.locator(".error-summary")).toContainText("说明.txt 不是 PDF、图片、Word 或 Excel 文件");
  await expect(page.locator(".files .file")).toHaveText(/设备购置发票清单\.pdf/);
  await picture(page, "policy-apply");
  await islands(page);
  await page.getByRole("button", { name: "提交申报" }).click();
  await expect(page).toHaveURL(/\/applications\/SQ-/);
  await expect(page.getByText("已提交").first()).toBeVisible();
  await expect(page.getByText("一致")).toBeVisible();
  const path = new URL(page.url()).pathname;
  await expectNoSidewaysScroll(page);

  // The policy desk, on the other server: review, approve, pay.
  const reviewer = await another({ ...DESK, baseURL: second() });
  await signInStaff(reviewer, "jingxin");
  await reviewer.goto(`/desk${path}`);
  await picture(reviewer, "policy-review");
  const download = await reviewer.request.get((await reviewer.getByRole("link", { name: /设备购置发票清单\.pdf/ }).getAttribute("href")) ?? "");
  expect((await download.body()).equals(invoice.buffer)).toBe(true);
  expect(download.headers()["content-disposition"]).toContain("attachment");
  const give = async (staff: Page, command: string, state: string, reason?: string) => {
    const form = staff.locator("details.act", { has: staff.locator("summary", { hasText: new RegExp(`^${command}$`) }) });
    if (!(await form.getAttribute("open").then((open) => open !== null))) await form.locator("summary").click();
    if (reason) await form.locator("textarea").fill(reason);
    if (command === "核准") await form.getByLabel(/^按企业自填：/).check();
    await form.getByRole("button", { name: command }).click();
    await expect(staff.locator("h1 + .tags")).toContainText(state);
  };
  await give(reviewer, "开始审核", "审核中");
  // The owner's figure is not the department's: whoever approves says which counts.
  await expect(reviewer.getByText("企业自填 500 万元，市经信局记录为 458 万元")).toBeVisible();
  await give(reviewer, "核准", "已核准", "按企业自填核准，发票一致");
  await expect(reviewer.getByText("核准人不能登记拨付")).toBeVisible();
  await page.reload();
  await expect(page.locator(".amount")).toHaveText("核准 400,000 元");
  // Who approves does not pay.
  const cashier = await another({ ...DESK, baseURL: second() });
  await signInStaff(cashier, "jingxin02");
  await cashier.goto(`/desk${path}`);
  await give(cashier, "登记拨付", "已拨付");
  await page.reload();
  await expect(page.locator(".amount")).toHaveText("已拨付 400,000 元");

  // Rated, once.
  await page.getByRole("link", { name: "评价" }).click();
  await islands(page);
  await expectAccessible(browser, `${path}/rate`, state);
  await page.getByRole("radio", { name: "非常满意" }).check();
  await page.getByRole("button", { name: "评价" }).click();
  await expect(page.getByText("您的评价：5 分")).toBeVisible();
  await picture(page, "policy-paid");
  await page.goto("/messages");
  await expect(page.getByRole("button", { name: /技术改造设备补助（演示）：已拨付/ })).toBeVisible();
});

test("a question about a policy goes into the loop with one tap", async ({ page, scripted }) => {
  await signIn(page, mobile(scripted ? 21 : 22));
  await page.goto("/policies/small-profit-cit");
  await page.getByRole("button", { name: "提交咨询" }).click();
  await expect(page.getByRole("heading", { name: "已提交" })).toBeVisible();
  await page.getByRole("link", { name: "查看进度" }).click();
  await expect(page.getByText("想咨询政策“小型微利企业所得税优惠”，请联系我。")).toBeVisible();
});
