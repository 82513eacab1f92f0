// The loop's second half: more time that is granted and told, the centre's own call that opens again what was rated well, what goes to other
// hands, and who follows it from above.

import { expect, test } from "../fixtures.ts";
import { act, filedBy, give, mobile, signed, signIn, signInStaff } from "../people.ts";
import type { Page } from "@playwright/test";

/** Files a problem of the n-th enterprise, and has it signed by the construction bureau; answers its number. */
async function handled(owner: Page, centre: Page, handler: Page, n: number): Promise<string> {
  await signIn(owner, mobile(n));
  const number = await filedBy(owner, "厂房东门外道路积水，一下雨货车就进不来，已经三天了。");
  await signInStaff(centre, "centre01");
  await signInStaff(handler, "jianshe");
  await signed(centre, handler, number, "市建设局");
  return number;
}

test("more time is asked for, granted by the centre, and told to the enterprise with the reason", async ({ page, another }) => {
  const [owner, handler] = [await another(), await another()];
  const number = await handled(owner, page, handler, 81);
  await act(handler, number, "申请延期", async (form) => {
    await form.getByLabel("延长多久").selectOption({ index: 2 });
    await form.getByLabel("为什么不能按期办结").fill("要等水务部门的管线图，下周才能拿到");
  });
  await page.goto("/desk/callbacks");
  await page.getByRole("link", { name: new RegExp(number) }).click();
  await act(page, number, "同意延期", async (form) => {
    await expect(form.getByLabel("给企业的说明")).toHaveValue(/管线图/);
  });
  await owner.goto(`/issues/${number}`);
  await expect(owner.locator(".timeline")).toContainText(/答复期限延长 2\s个.?工.?作.?日/);
  await expect(owner.locator(".timeline")).toContainText("要等水务部门的管线图");
  await expect(owner.locator(".timeline")).not.toContainText("部门申请延期");
});

test("more time is refused, the due time stands, and the enterprise hears nothing of it", async ({ page, another }) => {
  const [owner, handler] = [await another(PHONE), await another()];
  const number = await handled(owner, page, handler, 89);
  const due = handler
    .locator("table.clocks tr").filter({ has: handler.getByRole("rowheader", { name: "答复", exact: true }) }).locator("time");
  await handler.goto(`/desk/issues/${number}`);
  const before = (await due.getAttribute("datetime")) ?? "none";
  await act(handler, number, "申请延期", async (form) => {
    await form.getByLabel("延长多久").selectOption({ index: 1 });
    await form.getByLabel("为什么不能按期办结").fill("要等水务部门的管线图，下周才能拿到");
  });
  await act(page, number, "不同意延期", async (form) => {
    await form.getByLabel("为什么不同意").fill("管线图今天已经送到，请按期办结");
  });
  await handler.goto(`/desk/issues/${number}`);
  await expect(handler.locator(".timeline")).toContainText("管线图今天已经送到，请按期办结");
  await expect(due).toHaveAttribute("datetime", before);
  // Once a round: it is not asked for again.
  await expect(handler.locator("summary").filter({ hasText: /^申请延期/ })).toHaveCount(0);
  await handler.goto("/desk/messages");
  await expect(handler.getByText("企服中心不同意延期").first()).toBeVisible();
  await owner.goto(`/issues/${number}`);
  await expect(owner.locator(".timeline")).toContainText("部门已签收");
  await expect(owner.locator(".timeline")).not.toContainText("延期");
});

test("a call-back that hears “not solved” opens again what was rated well", async ({ page, another }) => {
  const [owner, handler] = [await another(), await another()];
  const number = await handled(owner, page, handler, 82);
  await act(handler, number, "答复", async (form) => {
    await form.getByRole("radio", { name: "已解决", exact: true }).check();
    await form.getByLabel("答复内容").fill("已疏通排水口，并加装了一处雨水口。");
  });
  await owner.goto(`/issues/${number}/rate`);
  await owner.getByRole("radio", { name: "解决了", exact: true }).check();
  await owner.getByRole("radio", { name: "满意", exact: true }).check();
  await owner.getByRole("button", { name: "提交评价" }).click();
  await expect(owner.getByRole("status").first()).toBeVisible();

  await page.goto(`/desk/callbacks/${number}`);
  await expect(page.getByRole("link", { name: /138/ })).toHaveAttribute("href", /^tel:138/);
  await page.getByRole("radio", { name: "没解决", exact: true }).check();
  await page.getByRole("radio", { name: "不满意", exact: true }).check();
  await page.getByLabel("回访记录").fill("企业说昨天下雨又积水了");
  await page.getByRole("button", { name: "保存回访" }).click();
  await expect(page).toHaveURL(/\/desk\/callbacks$/);
  await page.goto(`/desk/issues/${number}`);
  await expect(page.locator(".tags")).toContainText("评价回访不一致");
  await expect(page.locator(".tags")).toContainText("二次交办件");
  await handler.goto("/desk/messages");
  await expect(handler.getByText("回访时企业不认可").first()).toBeVisible();
});

const PHONE = { viewport: { width: 360, height: 740 } };
const SOLVED = { outcome: "solved", answer: "已疏通排水口，并加装了一处雨水口。" };

/** Rates the answer to an owner's problem. */
async function rate(owner: Page, number: string, solved: string, level: string): Promise<void> {
  await owner.goto(`/issues/${number}/rate`);
  await owner.getByRole("radio", { name: solved, exact: true }).check();
  await owner.getByRole("radio", { name: level, exact: true }).check();
  await owner.getByRole("button", { name: "提交评价" }).click();
  await expect(owner.getByRole("status").first()).toBeVisible();
}

test("unsatisfied, it goes to another department, is supervised, reviewed and signed off", async ({ page, another }) => {
  const [owner, lead, other, supervisor] = [await another(PHONE), await another(), await another(), await another()];
  const number = await handled(owner, page, lead, 86);
  await give(lead, number, "answer", SOLVED);
  await rate(owner, number, "没解决", "不满意");
  const elsewhere = async (form: ReturnType<Page["locator"]>) => {
    await form.getByLabel("主办部门").selectOption({ label: "市水利局" });
    await form.getByLabel("为什么交给这个部门").fill("积水来自厂外河道倒灌");
  };
  await act(page, number, "改交其他部门", elsewhere, "交办");
  await owner.goto(`/issues/${number}`);
  await expect(owner.locator("#live")).toContainText("第 2 次办理");
  await expect(owner.locator("#live")).toContainText("市水利局");

  await signInStaff(supervisor, "jiandu");
  await act(supervisor, number, "督办", async (form) => {
    await form.getByLabel("督办理由").fill("企业两次反映，第一次没有解决");
  });
  await give(page, number, "verify", { verified: "情况属实，请按期办结" });
  await signInStaff(other, "shuili");
  await give(other, number, "sign");
  await act(other, number, "督办答复", async (form) => {
    await form.getByLabel("原因").fill("河道闸门没有及时启闭");
    await form.getByLabel("措施").fill("今天下午检修闸门，明天回访企业");
  });
  await give(other, number, "answer", SOLVED);
  await rate(owner, number, "解决了", "满意");
  await act(page, number, "复盘", async (form) => {
    await form.getByLabel("原因").fill("第一次没有查到积水从哪里来");
    await form.getByLabel("责任").fill("市建设局养护科，已提醒");
    await form.getByLabel("要改的规则").fill("积水件先请水利一起看现场");
  });
  const listed = supervisor.getByRole("link", { name: new RegExp(number) });
  await supervisor.goto("/desk/abnormal?kind=supervised");
  await expect(listed).toHaveCount(1);
  await act(supervisor, number, "督办销号", async () => {});
  await supervisor.goto("/desk/abnormal?kind=supervised");
  await expect(listed).toHaveCount(0);
  // The offices' own matter.
  await owner.goto(`/issues/${number}`);
  await expect(owner.locator(".timeline")).toContainText("已办结");
  await expect(owner.locator(".timeline")).not.toContainText("督办");
});

test("a wrong department gives it back, and the centre's second ruling stands", async ({ page, another }) => {
  const [owner, wrong, right] = [await another(PHONE), await another(), await another()];
  await signIn(owner, mobile(87));
  const number = await filedBy(owner, "厂门口人行道被摊贩占了，货车转不进来。");
  await signInStaff(page, "centre01");
  await act(page, number, "受理", async () => {});
  await act(page, number, "交办", async (form) => {
    await form.getByLabel("主办部门").selectOption({ label: "市建设局" });
  });
  await signInStaff(wrong, "jianshe");
  await wrong.goto(`/desk/issues/${number}`);
  const giving = wrong.locator("details.act").filter({ has: wrong.locator("summary", { hasText: /^退回/ }) });
  if ((await giving.getAttribute("open")) === null) await giving.locator("summary").first().click();
  await giving.getByLabel("为什么不属于本部门").fill("占道经营由综合执法部门处理");
  await giving.getByLabel("建议由谁办理").selectOption({ label: "市综合执法局" });
  // The answer is late: the page hears of the move before, and does not ask for what it may not see any more.
  await wrong.route("**/rpc/desk/act*", async (route) => {
    const answer = await route.fetch();
    await expect(page.locator(".timeline")).toContainText("占道经营由综合执法部门处理");
    await route.fulfill({ response: answer });
  });
  await giving.getByRole("button", { name: "退回", exact: true }).click();
  // It is theirs no more: they are back at their list.
  await expect(wrong).toHaveURL(/\/desk$/);
  await expect(wrong.getByRole("status").filter({ hasText: `退回：${number}` })).toBeVisible();
  await act(page, number, "交办", async (form) => {
    await expect(form.getByText("建议：市综合执法局。退回部门建议由其办理")).toBeVisible();
    await form.getByLabel("为什么交给这个部门").fill("占道经营属综合执法职责");
  });
  await signInStaff(right, "zhifa");
  await right.goto(`/desk/issues/${number}`);
  await expect(right.locator("summary").filter({ hasText: /^签收/ })).toBeVisible();
  await expect(right.locator("summary").filter({ hasText: /^退回/ })).toHaveCount(0);
  await owner.goto(`/issues/${number}`);
  await expect(owner.locator("#live")).toContainText("市综合执法局");
});

test("a leader instructs, and the department has it marked and told", async ({ page, another }) => {
  const [owner, handler, leader] = [await another(PHONE), await another(), await another()];
  const number = await handled(owner, page, handler, 88);
  await signInStaff(leader, "lingdao");
  await act(leader, number, "领导批示", async (form) => {
    await form.getByLabel("批示内容").fill("请今天到现场，明天报告结果");
  });
  await handler.goto(`/desk/issues/${number}`);
  await expect(handler.locator(".tags").first()).toContainText("领导批示件");
  await expect(handler.locator(".timeline")).toContainText("请今天到现场，明天报告结果");
  await page.goto("/desk/abnormal?kind=instructed");
  await expect(page.getByRole("link", { name: new RegExp(number) }).first()).toBeVisible();
  await owner.goto(`/issues/${number}`);
  await expect(owner.locator(".timeline")).not.toContainText("批示");
});
