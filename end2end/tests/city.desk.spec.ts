// A city from nothing: an empty database, a workbook, the first administrator, one department of one district; somebody is registered at a
// station in person, and a problem is filed, accepted, handled and rated. Nothing of the demo is there: a server and a database of its own.

import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "@playwright/test";
import { DESK, expect, islands, picture, test } from "../fixtures.ts";
import { act } from "../people.ts";
import { empty, type Empty } from "../servers.ts";
import { workbook } from "../workbook.ts";

const OWN = "kormoran-laterne-47";
const PHONE = "13900008801";

/** A day from today on, as the city has it. */
const day = (ahead: number) => new Date(Date.now() + (8 + 24 * ahead) * 3_600_000).toISOString().slice(0, 10);

const CITY = {
  区域: [["代码", "名称", "简称"], ["330500", "湖州市", "市"], ["330502", "吴兴区", "吴兴"]],
  部门: [["编号", "名称", "区域", "入驻", "赋权", "启用"], ["wuxing-jianshe", "吴兴区建设局", "吴兴区", "是", "是", "是"]],
  驿站: [
    ["编号", "名称", "区域", "地址", "电话", "联系人", "启用"],
    ["zhili", "织里驿站", "吴兴区", "富民路 1 号", "0572-3188000", "沈洁", "是"],
  ],
  时限: [
    [
      "起用日期", "首次联系", "首次联系（紧急）", "受理", "签收", "阶段性答复", "答复（简单）", "答复（一般）", "答复（复杂）",
      "待补充最长", "可退回", "可异议、重新办理", "未评价可办结", "超期后自动督办",
    ],
    ["", "2 个工作小时", "30 分钟", "1 个工作日", "1 个工作日", "3 个工作日", "4 个工作日", "8 个工作日", "20 个工作日", "5 个工作日", "1 个工作日",
      "10 个工作日", "10 个工作日", "5 个工作日"],
  ],
  工作日历: [["第一天", "最后一天", "安排", "名称"], [day(1), day(9), "放假", "测试假期"]],
  工作人员: [
    ["登录名", "姓名", "岗位", "所属"],
    ["root", "管理员", "系统管理员", "湖州市"],
    ["wx.centre", "王受理", "企服中心", "吴兴区"],
    ["wx.jianshe", "张经办", "部门经办", "吴兴区建设局"],
    ["wx.zhili", "李驿站", "驿站专员", "织里驿站"],
  ],
};

/** What an authenticator shows for a secret in base 32 (RFC 6238). */
function totp(secret: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/[\s=]/g, "")].map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** A 统一社会信用代码 of 17 characters and their check digit (GB 32100-2015). */
function uscc(body: string): string {
  const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const sum = [...body].reduce((sum, character, index) => sum + alphabet.indexOf(character) * (3 ** index % 31), 0);
  return body + alphabet[(31 - (sum % 31)) % 31];
}

/** Signs in with the first password, and chooses an own one. */
async function firstSignIn(page: Page, login: string, password: string): Promise<void> {
  await page.goto("/desk/sign-in");
  await page.getByLabel("用户名").fill(login);
  await page.getByLabel("密码").fill(password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.waitForURL(/\/desk\/account$/);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.getByLabel("新密码", { exact: true }).fill(OWN);
  await page.getByLabel("再输一次新密码").fill(OWN);
  await page.getByRole("button", { name: "保存新密码" }).click();
}

/** The code that the server would have sent, as it stands in its log where there is no gateway. */
async function codeSent(city: Empty): Promise<string> {
  let code = "";
  await expect(async () => {
    const line = city.log().split("\n").filter((line) => line.includes("sign-in code")).at(-1) ?? "";
    code = /\bcode"?[=:]\s*"?(\d{6})/.exec(line.replace(/\u001b\[[0-9;]*m/g, ""))?.[1] ?? "";
    expect(code).toMatch(/^\d{6}$/);
  }).toPass();
  return code;
}

test("a city is set up from a workbook, and a first problem is solved", async ({ another }) => {
  test.setTimeout(240_000);
  const city = empty("city");
  const pages: Page[] = [];
  try {
    // The workbook, twice: the second time changes nothing.
    const book = join(city.folder, "city.xlsx");
    writeFileSync(book, workbook(CITY));
    const first = JSON.parse(city.qifu("city", "init", book, "--operator", "王工", "--json"));
    expect(first.report).toEqual({ added: 9, changed: 1, unchanged: 0 });
    expect(JSON.parse(city.qifu("city", "init", book, "--json")).report).toEqual({ added: 0, changed: 0, unchanged: 10 });
    const passwords = new Map(
      readFileSync(first.passwords, "utf8").trim().split("\n").slice(1).map((line) => {
        const [login = "", , password = ""] = line.split(",");
        return [login, password] as const;
      }),
    );
    const baseURL = await city.serve();
    const open = async (options: BrowserContextOptions) => {
      const page = await another({ ...options, baseURL });
      pages.push(page);
      return page;
    };
    const desk = async (login: string) => {
      const page = await open(DESK);
      await firstSignIn(page, login, passwords.get(login) ?? "");
      return page;
    };

    // The first administrator: an own password, a second factor, and then the city as the workbook has it.
    const root = await desk("root");
    await root.waitForURL(/\/desk\/account\/factor$/);
    await root.getByRole("button", { name: "开始设置" }).click();
    const secret = (await root.locator("code.secret").textContent()) ?? "";
    await picture(root, "city-factor");
    await root.getByLabel("验证器里的 6 位数字").fill(totp(secret));
    await root.getByRole("button", { name: "启用", exact: true }).click();
    await expect(root.getByRole("heading", { name: "恢复码" })).toBeVisible();
    await root.getByRole("link", { name: "记好了，去工作台" }).click();
    await root.waitForURL(/\/desk\/admin$/);
    await root.getByRole("link", { name: /^部门/ }).click();
    await expect(root.getByRole("link", { name: "吴兴区建设局" })).toBeVisible();
    await root.goto("/desk/admin/limits");
    await expect(root.getByText("8 个工作日").first()).toBeVisible();
    await root.goto("/desk/admin/log");
    await expect(root.getByText("命令行 王工").first()).toBeVisible();

    // The centre enters the firm, the station registers its owner in person.
    const [code, firm] = [uscc("91330502MA2888801"), "湖州织里开城制衣有限公司"];
    const centre = await desk("wx.centre");
    await centre.waitForURL(/\/desk$/);
    await centre.goto("/desk/members/enterprise");
    await centre.getByLabel("统一社会信用代码").fill(code);
    await centre.getByLabel("企业名称").fill(firm);
    await centre.getByLabel("小型").check();
    await centre.getByRole("button", { name: "录入", exact: true }).click();
    await expect(centre.getByRole("heading", { name: firm })).toBeVisible();
    const station = await desk("wx.zhili");
    await station.waitForURL(/\/desk/);
    await station.goto(`/desk/members?q=${code}`);
    await station.getByRole("link", { name: firm }).first().click();
    await station.getByLabel("姓名").fill("姚厂长");
    await station.getByLabel("手机号").fill(PHONE);
    await station.getByLabel("负责人", { exact: true }).check();
    await station.getByLabel("营业执照", { exact: true }).check();
    await station.getByLabel("本人身份证").check();
    await station.getByRole("button", { name: "登记", exact: true }).click();
    await expect(station.getByRole("status").filter({ hasText: "已登记" })).toBeVisible();

    // The owner signs in on a phone and files.
    const owner = await open({ viewport: { width: 360, height: 740 } });
    await owner.goto("/sign-in");
    await owner.getByLabel("手机号").fill(PHONE);
    await owner.getByRole("button", { name: "获取验证码" }).click();
    await owner.getByLabel("验证码").fill(await codeSent(city));
    await owner.getByRole("button", { name: "登录", exact: true }).click();
    await owner.waitForURL(/\/home$/);
    await owner.goto("/issues/new");
    await islands(owner);
    await owner.getByLabel("遇到了什么问题？").fill("厂房东门外的道路一下雨就积水，货车进不来。");
    await owner.getByLabel("在哪里").fill("织里镇富民路 8 号");
    await owner.getByRole("button", { name: "下一步：核对" }).click();
    await owner.getByRole("button", { name: "确认提交" }).click();
    await expect(owner.getByRole("heading", { name: "已提交" })).toBeVisible();
    const number = (await owner.locator(".number").first().textContent())?.trim() ?? "";

    // Accepted and dispatched by the district's centre, handled by its department, rated by the owner.
    await act(centre, number, "受理", async (form) => {
      await form.getByRole("radio", { name: /^简单/ }).check();
    });
    await act(centre, number, "交办", async (form) => {
      await form.getByLabel("主办部门").selectOption({ label: "吴兴区建设局" });
    });
    const handler = await desk("wx.jianshe");
    await handler.waitForURL(/\/desk$/);
    await act(handler, number, "签收", async () => {});
    // What the owner is asked for may come after the holiday that begins tomorrow, and the answer waits for it.
    await act(handler, number, "请企业补充", async (form) => {
      await form.getByLabel("请企业补充什么").fill("请补充积水位置的照片");
    });
    await owner.goto(`/issues/${number}`);
    // A date is held together by characters that nobody sees.
    const told = ((await owner.locator(".timeline").textContent()) ?? "").replaceAll("\u2060", "");
    const [, until = ""] = /请在(\d+月\d+日)/.exec(told) ?? [];
    const after = Array.from({ length: 14 }, (_, ahead) => day(10 + ahead).split("-").map(Number));
    expect(after.map(([, month, date]) => `${month}月${date}日`)).toContain(until);
    await owner.goto(`/issues/${number}/supply`);
    await owner.getByLabel("补充说明").fill("在厂房东门外，雨水口被堵");
    await owner.getByRole("button", { name: "提交补充" }).click();
    await expect(owner.locator(".timeline")).toContainText("已补充材料");
    await act(handler, number, "答复", async (form) => {
      await form.getByRole("radio", { name: "已解决", exact: true }).check();
      await form.getByLabel("答复内容").fill("已疏通排水口，路面积水已经排除，请企业查看。");
    });
    await owner.goto(`/issues/${number}/rate`);
    await owner.getByRole("radio", { name: "解决了", exact: true }).check();
    await owner.getByRole("radio", { name: "满意", exact: true }).check();
    await owner.getByRole("button", { name: "提交评价" }).click();
    await expect(owner.locator("#live").getByText("已办结").first()).toBeVisible();
    await picture(owner, "city-closed");

    // What of it matters to security was written down: the number that the owner left was shown whole to whoever handled it.
    await root.goto("/desk/admin/security?kind=unmasked");
    await expect(root.getByText(number).first()).toBeVisible();
  } finally {
    // Before the server goes: a page that is open would call for it.
    await Promise.all(pages.map((page) => page.context().close()));
    await city.end();
  }
});
