//! The files of the facts folder and their headings, in English and Chinese (policy-format, section 6).

/// A file of the facts folder.
#[derive(Debug, PartialEq, Eq)]
pub struct FileShape {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
}

/// A column of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// The heading that programs write.
    pub english: &'static str,
    /// The heading that offices write.
    pub chinese: &'static str,
    /// Whether every row must fill it.
    pub required: bool,
}

impl FileShape {
    /// The place of the column that a heading names, in either language.
    #[must_use]
    pub fn position(&self, heading: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.english == heading || column.chinese == heading)
    }
}

const fn must(english: &'static str, chinese: &'static str) -> Column {
    Column { english, chinese, required: true }
}

const fn may(english: &'static str, chinese: &'static str) -> Column {
    Column { english, chinese, required: false }
}

/// Every file, those that are referred to before those that refer to them.
pub const FILES: [&FileShape; 12] = [
    &UNITS,
    &LEADERS,
    &TALENTS,
    &PAIRINGS,
    &CONTACTS,
    &CASES,
    &EVENTS,
    &SERVICES,
    &REPORTS,
    &LIAISONS,
    &REVIEWS,
    &EXEMPTIONS,
];

/// The offices that the rules may ask.
pub const UNITS: FileShape = FileShape {
    name: "units.csv",
    columns: &[
        must("code", "单位代码"),
        may("name", "单位名称"),
        must("level", "层级"),
        may("parent", "上级代码"),
    ],
};

/// Who contacts.
pub const LEADERS: FileShape = FileShape {
    name: "leaders.csv",
    columns: &[
        must("id", "编号"),
        may("name", "姓名"),
        may("sex", "性别"),
        may("unit", "单位"),
        may("post", "职务"),
        may("body", "班子"),
        may("portfolio", "分管"),
        may("phone", "电话"),
        may("group", "类别"),
        may("from", "起"),
        may("to", "止"),
    ],
};

/// Who is contacted.
pub const TALENTS: FileShape = FileShape {
    name: "talents.csv",
    columns: &[
        must("id", "编号"),
        may("name", "姓名"),
        may("sex", "性别"),
        may("unit", "单位"),
        may("post", "职务"),
        may("title", "职称"),
        may("phone", "电话"),
        may("categories", "人才类别"),
        may("class", "层次"),
        may("from", "起"),
        may("to", "止"),
        may("end_reason", "退出原因"),
    ],
};

/// The duty between a leader and a talent.
pub const PAIRINGS: FileShape = FileShape {
    name: "pairings.csv",
    columns: &[
        must("id", "编号"),
        must("leader", "领导"),
        must("talent", "人才"),
        may("from", "起"),
        may("to", "止"),
        may("basis", "依据"),
        may("team", "工作团队"),
        may("reviewed_on", "复核日期"),
        may("end_reason", "结束原因"),
    ],
};

/// Visits, talks, calls, letters.
pub const CONTACTS: FileShape = FileShape {
    name: "contacts.csv",
    columns: &[
        must("id", "编号"),
        must("pairing", "结对"),
        must("date", "日期"),
        may("mode", "方式"),
        may("initiated_by", "发起方"),
        may("topics", "内容"),
        may("occasion", "事由"),
        may("also_counts_for", "兼计"),
        may("note", "备注"),
    ],
};

/// Requests and opinions.
pub const CASES: FileShape = FileShape {
    name: "cases.csv",
    columns: &[
        must("id", "编号"),
        may("talent", "人才"),
        may("contact", "联系记录"),
        may("class", "类别"),
        may("channel", "渠道"),
        must("received_on", "收到"),
        may("accepted_on", "受理"),
        may("dispatched_on", "派单"),
        may("delivered_on", "送达"),
        may("responsible", "承办单位"),
        may("interim_on", "阶段答复"),
        may("answered_on", "办结答复"),
        may("fed_back_on", "反馈"),
        may("outcome", "结果"),
    ],
};

/// Reportable happenings.
pub const EVENTS: FileShape = FileShape {
    name: "events.csv",
    columns: &[
        must("id", "编号"),
        must("talent", "人才"),
        must("kind", "类别"),
        must("happened_on", "发生日期"),
        may("reported_on", "报告日期"),
    ],
};

/// Symposium, check-up, holiday, study …
pub const SERVICES: FileShape = FileShape {
    name: "services.csv",
    columns: &[
        must("id", "编号"),
        must("kind", "类别"),
        must("date", "日期"),
        may("unit", "单位"),
        may("talents", "人才"),
    ],
};

/// Forms handed in.
pub const REPORTS: FileShape = FileShape {
    name: "reports.csv",
    columns: &[
        must("id", "编号"),
        must("unit", "单位"),
        must("form", "报表"),
        may("period", "期间"),
        may("submitted_on", "上报日期"),
    ],
};

/// Who liaises for a unit.
pub const LIAISONS: FileShape = FileShape {
    name: "liaisons.csv",
    columns: &[must("unit", "单位"), must("name", "姓名"), may("from", "起"), may("to", "止")],
};

/// Reviews of a unit's roster.
pub const REVIEWS: FileShape =
    FileShape { name: "reviews.csv", columns: &[must("unit", "单位"), must("date", "日期")] };

/// Recorded reasons why a verdict is not asked for.
pub const EXEMPTIONS: FileShape = FileShape {
    name: "exemptions.csv",
    columns: &[must("rule", "规则"), must("subject", "对象"), may("period", "期间"), may("reason", "理由")],
};
