//! A few issues of one enterprise of the demo that show what seldom happens: 并案, 挂账跟踪, 联合办理, 协商办, 会议办, and what the lead of a board accepts
//! for a department without people in the centre, each by its commands.

use super::people::{People, Person};
use anyhow::{Context, Result};
use domain::actor::{Actor, AreaCode, CITY, DepartmentId, MemberRole};
use domain::calendar::local;
use domain::issue::{Channel, Command, ContactWay, Level, Meeting, NewTask, Submission, Target, Terms, Urgency};
use store::Conn;
use store::issue::{Filing, execute, file};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Which enterprise: none of those whose numbers the start prints.
const FIRM: usize = 7;

struct Show<'a> {
    conn: &'a mut Conn,
    people: &'a People,
    terms: &'a Terms,
    now: OffsetDateTime,
    filed: u8,
}

/// Loads them.
///
/// # Errors
/// When the database does not answer, or a rule stands against the story.
pub async fn load(conn: &mut Conn, people: &People, terms: &Terms, now: OffsetDateTime) -> Result<()> {
    let mut show = Show { conn, people, terms, now, filed: 0 };
    show.merged().await?;
    show.tracked().await?;
    show.joint().await?;
    show.consulted().await?;
    show.met().await?;
    show.fronted().await
}

impl Show<'_> {
    fn firm(&self) -> &super::people::Firm {
        &self.people.firms[FIRM.min(self.people.firms.len() - 1)]
    }

    fn ago(&self, days: i64) -> OffsetDateTime {
        self.now - Duration::days(days)
    }

    fn department(&self, code: &str) -> Result<DepartmentId> {
        self.people.departments.get(code).copied().with_context(|| format!("department {code}"))
    }

    fn handler(&self, code: &str) -> Result<Person> {
        self.people.handlers.get(&self.department(code)?).cloned().context("every department has handlers")
    }

    fn centre(&self) -> Result<Person> {
        self.centre_of(self.firm().area)
    }

    fn centre_of(&self, area: AreaCode) -> Result<Person> {
        let list = self.people.centres.get(&area).context("every area has a centre")?;
        list.first().cloned().context("every centre has somebody")
    }

    async fn file(&mut self, category: &str, title: &str, text: &str, at: OffsetDateTime) -> Result<String> {
        let firm = self.firm().clone();
        let actor = Actor::Member { person: firm.owner, enterprise: firm.id, role: MemberRole::Owner };
        let command = Command::Submit(Submission {
            title: title.to_owned(),
            text: text.to_owned(),
            category: category.to_owned(),
            place: firm.address.clone(),
            area: firm.area,
            channel: Channel::Online,
            photos: 0,
        });
        self.filed += 1;
        let filing = Filing {
            client_key: Uuid::new_v5(&Uuid::NAMESPACE_OID, &[b"beside".as_slice(), &[self.filed]].concat()),
            actor: &actor,
            actor_name: &firm.owner_name,
            command: &command,
            enterprise: firm.id,
            contact_name: &firm.owner_name,
            contact_phone: &firm.phone,
            photos: &[],
            most_a_day: 0,
        };
        Ok(file(self.conn, &filing, at, self.terms).await?.number)
    }

    async fn give(&mut self, number: &str, command: Command, by: &Person, at: OffsetDateTime) -> Result<()> {
        execute(self.conn, number, &command, &by.actor, &by.name, &[], at, self.terms).await?;
        Ok(())
    }

    /// Filed, called, accepted, dispatched with these beside the construction bureau, signed; a minute apart.
    async fn handling(&mut self, title: &str, text: &str, co: &[&str], at: OffsetDateTime) -> Result<String> {
        let number = self.file("drainage", title, text, at).await?;
        let (centre, lead) = (self.centre()?, self.handler("jianshe")?);
        let with = self.firm().owner_name.clone();
        let result = "已电话了解情况，约好到现场看。".to_owned();
        let co = co.iter().map(|code| self.department(code)).collect::<Result<Vec<_>>>()?;
        let minute = |n| at + Duration::minutes(n);
        self.give(&number, Command::Contact { way: ContactWay::Phone, with, reached: true, result }, &centre, minute(8)).await?;
        let category = "drainage".to_owned();
        let accept = Command::Accept { category, level: Level::Ordinary, urgency: Urgency::Normal, area: None };
        self.give(&number, accept, &centre, minute(10)).await?;
        let dispatch = Command::Dispatch { lead: self.department("jianshe")?, co, note: String::new() };
        self.give(&number, dispatch, &centre, minute(30)).await?;
        self.give(&number, Command::Sign, &lead, minute(50)).await?;
        Ok(number)
    }

    async fn merged(&mut self) -> Result<()> {
        let text = "车间北门外的雨水井盖碎了，货车只能绕行，装卸要多花半个小时。";
        let goes_on = self.handling("北门外雨水井盖破损", text, &[], self.ago(5)).await?;
        let text = "北门那个井盖还没换，这两天又塌了一块，叉车过不去。";
        let merged = self.file("drainage", "井盖又塌了一块", text, self.ago(3)).await?;
        let reason = "和前一件是同一个井盖，一起办理，期限按前一件。".to_owned();
        let merge = Command::Merge { into: Target::named(goes_on), reason };
        self.give(&merged, merge, &self.centre()?, self.ago(2)).await
    }

    async fn tracked(&mut self) -> Result<()> {
        let text = "厂区门前的雨水管太细，年年夏天倒灌，希望把主管改大。";
        let number = self.handling("门前雨水主管太细，年年倒灌", text, &[], self.ago(12)).await?;
        let reason = "主管改造要列入明年的年度计划，先装临时泵保证不倒灌。".to_owned();
        self.give(&number, Command::Track { days: 5, reason }, &self.centre()?, self.ago(9)).await?;
        let text = "临时泵已装好并试运行，改造方案正在编制。".to_owned();
        self.give(&number, Command::Report { text, days: 10 }, &self.handler("jianshe")?, self.ago(4)).await
    }

    async fn joint(&mut self) -> Result<()> {
        let text = "厂区东侧的排水沟有异味，下雨时水漫到路上，不知道该哪个部门管。";
        let number = self.handling("东侧排水沟有异味还漫水", text, &["huanbao", "shuili"], self.ago(2)).await?;
        let text = "已取样，没有企业偷排，异味来自淤泥。".to_owned();
        self.give(&number, Command::Part { text }, &self.handler("huanbao")?, self.ago(1)).await
    }

    fn meeting(&self, held: OffsetDateTime, who: &str, told: &str, tasks: &[(&str, &str, u32)]) -> Result<Command> {
        let tasks = tasks
            .iter()
            .map(|(code, what, days)| Ok(NewTask { department: self.department(code)?, what: (*what).to_owned(), days: *days }));
        Ok(Command::Consult(Meeting {
            held: local(held).date(),
            who: who.to_owned(),
            decisions: "由市建设局牵头，各部门按分工完成，企服中心跟踪。".to_owned(),
            told: told.to_owned(),
            tasks: tasks.collect::<Result<_>>()?,
        }))
    }

    async fn consulted(&mut self) -> Result<()> {
        let text = "厂门口的路归几个部门管，下雨积水，报修了三次都说不是自己的。";
        let number = self.handling("厂门口道路积水，几个部门都说不归自己", text, &[], self.ago(4)).await?;
        let held = self.ago(2);
        let tasks = [("jiaotong", "调整厂门口道路坡度", 8), ("shuili", "疏通下游河道排口", 5)];
        let told = "企服中心主任已召集建设、交通、水利一起研究，明确由市建设局牵头，分工办理。";
        let who = "企服中心主任，市建设局、市交通运输局、市水利局分管负责人";
        let consult = self.meeting(held, who, told, &tasks)?;
        self.give(&number, consult, &self.centre()?, held).await?;
        let text = "排口淤泥已清，过水正常。".to_owned();
        self.give(&number, Command::Complete { task: 1, text }, &self.handler("shuili")?, self.ago(1)).await
    }

    async fn met(&mut self) -> Result<()> {
        let text = "园区雨污没有分流，我们七家企业都受影响，改造资金一直没有着落。";
        let number = self.handling("园区雨污分流改造资金没有着落", text, &[], self.ago(9)).await?;
        let centre = self.centre()?;
        let reason = "改造资金要市里统筹，板块和协商都定不了。".to_owned();
        self.give(&number, Command::Refer { reason }, &centre, self.ago(6)).await?;
        let held = self.ago(3);
        let who = "协调小组组长，市建设局、市财政局、市发展改革委";
        let told = "市联席会议已研究，改造列入今年计划，资金由市里统筹，由市建设局组织实施。";
        let tasks = [("caizheng", "落实改造资金", 10), ("jianshe", "完成改造方案并开工", 20)];
        let Command::Consult(meeting) = self.meeting(held, who, told, &tasks)? else { return Ok(()) };
        self.give(&number, Command::Resolve(meeting), &self.centre_of(CITY)?, held).await?;
        let text = "资金已下达。".to_owned();
        self.give(&number, Command::Complete { task: 0, text }, &self.handler("caizheng")?, self.ago(2)).await?;
        self.give(&number, Command::Confirm { task: 0, done: true, note: String::new() }, &centre, self.ago(1)).await?;
        // A second one waits for the next meeting.
        let text = "老厂房排水改造涉及三个产权单位，谁都不愿先出钱。";
        let waits = self.handling("老厂房排水改造，产权单位谈不拢", text, &[], self.ago(5)).await?;
        let text = "已约三方谈了两次，还没有谈拢。".to_owned();
        self.give(&waits, Command::Progress { text }, &self.handler("jianshe")?, self.ago(3)).await?;
        let reason = "涉及三个产权单位的出资比例，请会议明确。".to_owned();
        self.give(&waits, Command::Refer { reason }, &centre, self.ago(1)).await
    }

    /// 板块牵头单位代为受理: 市教育局 has nobody in the centre, 市人力社保局 leads its board. One was forwarded and signed for, one waits.
    async fn fronted(&mut self) -> Result<()> {
        let text = "公司新来的两名工程师带孩子落户织里，附近小学说没有插班学位，想了解怎么安排。";
        let at = self.ago(3);
        let number = self.file("talent_school", "工程师子女插班没有学位", text, at).await?;
        let (front, handler) = (self.handler("renshe")?, self.handler("jiaoyu")?);
        let (way, with) = (ContactWay::Phone, self.firm().owner_name.clone());
        let result = "已电话了解情况，请板块牵头单位受理后转交市教育局。".to_owned();
        let contact = Command::Contact { way, with, reached: true, result };
        self.give(&number, contact, &self.centre()?, at + Duration::minutes(8)).await?;
        let category = "talent_school".to_owned();
        let accept = Command::Accept { category, level: Level::Ordinary, urgency: Urgency::Normal, area: None };
        self.give(&number, accept, &front, at + Duration::minutes(20)).await?;
        let note = "企业希望开学前有答复。".to_owned();
        let dispatch = Command::Dispatch { lead: self.department("jiaoyu")?, co: Vec::new(), note };
        self.give(&number, dispatch, &front, at + Duration::minutes(40)).await?;
        self.give(&number, Command::Sign, &handler, at + Duration::hours(2)).await?;
        let text = "车间有六名员工的孩子明年要上幼儿园，想知道企业集中报名要准备什么。";
        self.file("talent_school", "员工子女明年入园怎么报名", text, self.now - Duration::minutes(30)).await?;
        Ok(())
    }
}
