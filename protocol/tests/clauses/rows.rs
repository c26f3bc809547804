//! The demands of the five documents, row by row: what expresses each in a policy, and what is expressed elsewhere.
//!
//! A figure marked `assumed` is one that the document does not give.

/// One demand of a document.
pub(crate) struct Row {
    /// Y Yuanjiang, M Meijia, N Nanhai, L Laibin, C Chongqing.
    pub(crate) id: &'static str,
    /// The built-in policy.
    pub(crate) policy: &'static str,
    /// Rules, forms and vocabulary keys, as `said` says them; `without RULE` of a policy that extends another.
    pub(crate) expressed: &'static [&'static str],
    /// What is no rule, form or word: workflow, mail, or a demand without a duty.
    pub(crate) elsewhere: &'static str,
}

const fn row(id: &'static str, policy: &'static str, expressed: &'static [&'static str]) -> Row {
    Row { id, policy, expressed, elsewhere: "" }
}

impl Row {
    const fn and(self, elsewhere: &'static str) -> Self {
        Self { elsewhere, ..self }
    }
}

pub(crate) const ROWS: &[Row] = &[
    row("Y1", YUANJIANG, &["groups: leadership"]).and("which of the four bodies: a leader's `body`"),
    row("Y2", YUANJIANG, &["categories: expert allowance science-award city-talent entrepreneur other"]),
    row("Y3", YUANJIANG, &["topics: policy opinions activity support", "activities: invited consultation"]),
    row(
        "Y4",
        YUANJIANG,
        &[
            "modes: talk visit phone-mail survey other",
            "visiting: talk visit survey",
            "channels: letter telecom meeting",
        ],
    )
    .and("who began a contact: `initiated_by`; mainly face to face: a share that is shown"),
    row(
        "Y5",
        YUANJIANG,
        &[
            "rule two-talents · 四、3 · pairing-quota group=leadership 2..2",
            "rule two-contacts · 四、3 · contact-frequency group=leadership 2/year",
        ],
    ),
    row(
        "Y6",
        YUANJIANG,
        &[
            "rule pairing-adjusted · 五、1 · pairing-handover group=leadership 30 days · assumed days",
            "rule three-year-adjustment · 五、1 · pairing-term group=leadership 3 years",
        ],
    )
    .and("nominated, confirmed, agreed: the life of a pairing with its `basis`"),
    row(
        "Y7",
        YUANJIANG,
        &[
            "rule leader-unit-liaison · 五、2 · liaison-named levels=county+department having=leaders",
            "rule half-year-report · 五、2 · report-due half-year-report half +15d levels=county+department having=leaders · assumed due",
            "rule half-year-registration · 五、2 · report-due registration half +15d levels=county+department having=leaders · assumed due",
            "rule half-year-summary · 五、2 · report-due summary half +15d levels=county+department having=leaders · assumed due",
            "rule year-end-summary · 五、2 · report-due year-end-summary year 12-31 levels=county+department having=leaders · assumed due",
            "form half-year-report · 五、2 · unit sheet · 8 columns · assumed",
            "form year-end-summary · 五、2 · unit sheet · 7 columns · assumed",
        ],
    ),
    row(
        "Y8",
        YUANJIANG,
        &[
            "rule year-end-assessment · 五、3 · report-due assessment year 12-31 levels=township+village+department+employer having=talents · assumed due",
            "form assessment · 五、3 · talent sheet · 8 columns · assumed",
            "form talent-material · 五、3 · talent sheet · 7 columns · assumed",
        ],
    )
    .and("the material has no date and goes by mail"),
    row("Y9", YUANJIANG, &["form registration · 附件1 · contact sheet · 11 columns"]),
    row("Y10", YUANJIANG, &["form summary · 附件2 · pairing table · 10 columns · assumed"]),
    row("Y11", YUANJIANG, &["case-classes: opinion difficulty"]).and("no limit is judged"),
    row("M1", MEIJIA, &["categories: professional rural introduced other"]),
    row("M2", MEIJIA, &["topics: publicity opinions service", "activities: research"]),
    row(
        "M3",
        MEIJIA,
        &[
            "modes: talk visit phone-mail letter village-survey",
            "visiting: talk visit village-survey",
            "channels: meeting telecom letter direct",
            "case-classes: urgent opinion",
            "rule village-liaison · 三 · liaison-named levels=village · assumed levels",
            "rule unit-liaison · 三 · liaison-named levels=department+employer having=talents",
        ],
    ),
    row(
        "M4",
        MEIJIA,
        &[
            "groups: leadership",
            "rule one-talent · 四、(一) · pairing-quota group=leadership 1..1",
            "rule yearly-contact · 四、(一) · contact-frequency group=leadership 1/year by=leader",
        ],
    ),
    row("M5", MEIJIA, &["rule two-year-list · 四、(二) · pairing-term group=leadership 2 years from=2023-05-10"])
        .and("the proposal follows a leader's `portfolio`; an adjustment may be made, no duty"),
    row(
        "M6",
        MEIJIA,
        &[
            "case-classes: difficulty liaison",
            "form demand-ledger · 四、(三) · case table · 11 columns · assumed",
            "form talent-material · 四、(三) · talent sheet · 7 columns · assumed",
        ],
    )
    .and("cases and mail between the talent's unit, the member and 党建办"),
    row("M7", MEIJIA, &["activities: recommendation"]),
    row(
        "M8",
        MEIJIA,
        &[
            "events: activity achievement post-change family health",
            "rule five-events · 五、(二) · event-report events=activity+achievement+post-change+family+health 5 working days · assumed working_days",
        ],
    ),
    row(
        "M9",
        MEIJIA,
        &[
            "rule village-progress · 五、(三) · report-due village-progress year 12-31 levels=village",
            "form village-progress · 五、(三) · unit sheet · 8 columns · assumed",
        ],
    )
    .and("the yearly assessment reads the compliance export of each village"),
    row(
        "M9",
        "meijia-dayantang",
        &[
            "groups: village-team",
            "rule village-one-talent · 五、(三) · pairing-quota group=village-team 1..2 · assumed min+max",
            "rule village-yearly-contact · 五、(三) · contact-frequency group=village-team 1/year · assumed min+period",
            "rule village-liaison · 三 · liaison-named levels=village · assumed levels",
            "rule village-progress · 五、(三) · report-due village-progress year 12-31 levels=village",
            "without one-talent",
            "without yearly-contact",
            "without two-year-list",
            "without policy-study",
        ],
    ),
    row("M10", MEIJIA, &["form overview · 附件 · pairing table · 10 columns · assumed"]),
    row(
        "M11",
        MEIJIA,
        &[
            "activities: policy-study",
            "rule policy-study · 五、(一) · service-frequency policy-study 1/half per unit levels=department · assumed min+period",
        ],
    ),
    row("N1", NANHAI, &["groups: district-leaders member-units"]),
    row(
        "N2",
        NANHAI,
        &[
            "classes: class-1 class-2 class-3 class-4",
            "categories: top-scientist national-leading province-leading local-leading other",
        ],
    ),
    row("N3", NANHAI, &[]).and("the four principles: a pairing's `basis`"),
    row("N4", NANHAI, &["topics: policy opinions conditions difficulty", "activities: invited consultation"]),
    row(
        "N5",
        NANHAI,
        &[
            "modes: visit symposium activity discussion letter phone online advice interview",
            "visiting: visit interview",
            "channels: letter telecom meeting",
        ],
    ),
    row(
        "N6",
        NANHAI,
        &[
            "rule district-leaders-talents · 二、（六）1 · pairing-quota group=district-leaders 2..",
            "rule member-units-talents · 二、（六）2 · pairing-quota group=member-units 3..",
            "rule member-units-interviews · 二、（五）2 · contact-frequency group=member-units 2/year modes=interview",
            "form liaison-list · 二、（六）2 · pairing table · 11 columns · assumed",
        ],
    ),
    row(
        "N7",
        NANHAI,
        &[
            "rule unit-liaison · 三、（一） · liaison-named levels=county+department having=leaders",
            "rule half-year-report · 三、（一） · report-due half-year-report half +15d levels=county+department having=leaders · assumed due",
            "form half-year-report · 三、（一） · unit sheet · 8 columns · assumed",
        ],
    )
    .and("the team: a pairing's `team`"),
    row(
        "N8",
        NANHAI,
        &[
            "case-classes: opinion general major",
            "rule handled-within-seven-days · 三、（二）3 · case-deadline Delivered→Answered 7 working days interim",
            "rule result-fed-back · 三、（二）5 · case-deadline Answered→FedBack 5 working days · assumed working_days",
        ],
    )
    .and("受理, 派单, special meetings and 督办: the workflow of a case"),
    row("N9", NANHAI, &["form case-sheet · 附件 · case sheet · 8 columns · assumed"]),
    row(
        "N10",
        NANHAI,
        &[
            "events: work-change post-change award",
            "rule major-events · 三、（三）4 · event-report events=work-change+post-change+award 5 working days · assumed working_days",
            "rule talent-base-updated · 三、（三）1 · roster-review 1/half · assumed min+period",
            "form case-ledger · 三、（三）1、3 · case table · 13 columns · assumed",
        ],
    )
    .and("urging and reports to leaders: the workflow of a case"),
    row("N11", NANHAI, &["rule pairing-continued · 四、（三） · pairing-handover 30 days successor · assumed days"])
        .and("no double work: a contact's `also_counts_for`; assessment: the compliance export"),
    row(
        "L1",
        LAIBIN,
        &[
            "groups: leadership",
            "categories: innovation-plan city-top doctor-senior management outstanding",
            "categories: party-government management professional skilled rural social-work",
            "categories: school hospital enterprise institute social-organisation",
            "rule two-experts · 二 · pairing-quota group=leadership 2..",
            "rule six-teams · 二 · category-coverage categories=party-government+management+professional+skilled+rural+social-work aim",
            "rule five-fields · 二 · category-coverage categories=school+hospital+enterprise+institute+social-organisation",
        ],
    ),
    row(
        "L1",
        "laibin-xiangzhou",
        &[
            "categories: county-talent",
            "rule two-experts · 二 · pairing-quota group=leadership 2..4 · assumed max",
            "rule yearly-contacts · 二 · contact-frequency group=leadership 1/year · assumed min+period",
            "rule opinions-handled · 三、(一)2 · case-deadline Received→FedBack 10 working days · assumed to+working_days",
            "rule county-liaison · 三、(一)3 · liaison-named · assumed ",
            "without city-liaison-team",
        ],
    ),
    row(
        "L2",
        LAIBIN,
        &[
            "rule yearly-adjustment · 二 · roster-review 1/year",
            "form expert-list · 二 · talent table · 8 columns · assumed",
        ],
    )
    .and("taken in and off in time: a talent's `from`, `to`, `end_reason`"),
    row(
        "L3",
        LAIBIN,
        &[
            "modes: visit survey appointment phone letter mail other",
            "visiting: visit survey appointment",
            "topics: discussion situation opinions help",
            "festivals: 春节 中秋节",
            "events: hardship",
            "case-classes: problem weighty",
            "rule visit-at-festival · 三、(一)1 · occasion-visit group=leadership festivals=春节+中秋节 before=15 within=7 · assumed festivals+before_days+within_days",
            "rule visit-at-achievement · 三、(一)1 · occasion-visit group=leadership events=achievement within=30 · assumed within_days",
            "rule visit-at-hardship · 三、(一)1 · occasion-visit group=leadership events=hardship within=15 · assumed within_days",
        ],
    ),
    row(
        "L4",
        LAIBIN,
        &[
            "channels: appointment phone letter mail hotline mailbox",
            "case-classes: opinion",
            "rule opinions-handled · 三、(一)2 · case-deadline Received→FedBack 15 working days · assumed to+working_days",
        ],
    ),
    row(
        "L5",
        LAIBIN,
        &[
            "events: activity post-change achievement family health",
            "rule five-reports · 三、(一)3 · event-report events=activity+post-change+achievement+family+health 5 working days · assumed working_days",
            "rule city-liaison-team · 三、(一)3 · liaison-named",
            "rule unit-liaison · 三、(一)3 · liaison-named levels=township+village+department+employer having=talents",
        ],
    )
    .and("逐级上报 as the case requires: escalation by a person's decision"),
    row(
        "L6",
        LAIBIN,
        &[
            "activities: festival-greeting symposium online work-bulletin work-report national-study",
            "rule six-activities · 三、(一)4 · activity-set activities=festival-greeting+symposium+online+work-bulletin+work-report+national-study 1/year · assumed period",
        ],
    ),
    row("L7", LAIBIN, &["activities: study grassroots recommendation attendance secondment party-training"]),
    row(
        "L8",
        LAIBIN,
        &[
            "activities: tax project award-funds finance commercialisation centre research-funds study-visit grassroots-training cultivation",
        ],
    ),
    row(
        "L9",
        LAIBIN,
        &["activities: industry-group consultation-before consultation-during consultation-after popular-science"],
    ),
    row(
        "L10",
        LAIBIN,
        &[
            "activities: check-up holiday health-lecture green-channel",
            "rule yearly-check-up · 三、(五)1 · service-frequency check-up 1/year per talent",
            "rule yearly-holiday · 三、(五)2 · service-frequency holiday 1/year per unit",
            "rule health-lectures · 三、(五)3 · service-frequency health-lecture 1/year per unit · assumed min+period",
        ],
    ),
    row("L11", LAIBIN, &["activities: publicity honour"]),
    row("L12", LAIBIN, &["form leader-expert-material · 四、(二) · pairing table · 8 columns · assumed"])
        .and("collecting and feeding back by mail; the one-stop platform is the product"),
    row(
        "C1",
        CHONGQING,
        &[
            "categories: academician medal talents-project young-expert allowance municipal-leader returned postdoctoral key-talent",
            "categories: senior-title doctor",
        ],
    ),
    row(
        "C2",
        CHONGQING,
        &[
            "groups: bureau-leaders department-leaders district-leaders",
            "rule bureau-academicians · 三 · pairing-quota group=bureau-leaders categories=academician 2..3",
            "rule department-experts · 三 · pairing-quota group=department-leaders 2..3",
        ],
    )
    .and("本系统: a pairing's `basis`; districts may, no duty"),
    row(
        "C3",
        CHONGQING,
        &[
            "activities: festival recuperation symposium",
            "modes: visit greeting symposium phone letter electronic",
            "visiting: visit greeting",
            "topics: service-opinions economy-opinions friendship",
            "rule festival-activity · 四 · service-frequency festival 1/year per unit levels=province+county · assumed min+period",
            "rule recuperation · 四 · service-frequency recuperation 1/year per unit levels=province+county · assumed min+period",
            "rule yearly-symposium · 四 · service-frequency symposium 1/year per unit levels=province+county",
        ],
    ),
    row("C4", CHONGQING, &["rule two-year-term · 四 · pairing-term 2 years"])
        .and("by mutual consent: the life of a pairing"),
    row(
        "C5",
        CHONGQING,
        &[
            "activities: guide",
            "rule service-guide · 四 · service-frequency guide once within 90 days per talent · assumed days",
        ],
    ),
    row(
        "C6",
        CHONGQING,
        &[
            "topics: difficulty",
            "case-classes: personal work other",
            "channels: leader unit",
            "rule personal-difficulty · 五 · case-deadline classes=personal Received→FedBack 15 working days interim",
            "rule work-opinion · 五 · case-deadline classes=work+other Received→FedBack 1 months interim",
        ],
    ),
    row("C6b", CHONGQING, &[]).and("opinions reported to the government of the level: digest and mail"),
    row("C7", CHONGQING, &[]).and("connected offices, information kept safe: the federation itself"),
    row(
        "C8",
        CHONGQING,
        &["case-classes: need-exchange", "activities: part-time advice exchange commercialisation"],
    ),
    row(
        "C9",
        CHONGQING,
        &[
            "rule registration-2002 · 末段 · report-due registration once 2002-08-31 levels=county",
            "rule registration-2002-units · 末段 · report-due registration once 2002-08-31 levels=department+employer having=leaders",
            "form registration · 附件1 · pairing table · 11 columns · assumed",
            "form bureau-list · 附件2 · leader table · 5 columns · assumed",
        ],
    )
    .and("important problems: escalation; floppy disk: bundles"),
    row(
        "C10",
        "chongqing-wanzhou",
        &[
            "rule district-experts · 三 · pairing-quota group=district-leaders 2..3 · assumed min+max",
            "without bureau-academicians",
            "without department-experts",
            "without registration-2002",
            "without registration-2002-units",
        ],
    ),
    row("C11", CHONGQING, &["channels: hotline mailbox"]),
];

const YUANJIANG: &str = "yuanjiang-2015";
const MEIJIA: &str = "meijia-2023";
const NANHAI: &str = "nanhai-2018";
const LAIBIN: &str = "laibin";
const CHONGQING: &str = "chongqing-2002";
