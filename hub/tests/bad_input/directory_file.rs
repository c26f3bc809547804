//! Snapshots of the directory that cannot be taken over: every fault with its line, and not one row taken.

use crate::support::{HEADING, Hub, refused};

/// A whole import that should be refused: the rows after the heading, and a word of each language's answer.
type Rows<'a> = (&'a str, &'a str, &'a str);

fn refuses_rows(hub: &Hub, options: &[&str], cases: &[Rows<'_>]) {
    for (rows, chinese, english) in cases {
        let file = hub.file("bad.csv", format!("{HEADING}{rows}"));
        hub.refuses(&[(&[&["directory", "import", &file], options].concat(), chinese, english)]);
    }
}

#[test]
fn a_row_that_is_none_is_told_with_its_line() {
    let name = "名".repeat(101);
    refuses_rows(
        &Hub::new(),
        &[],
        &[
            (
                "430981100000,甲,4,430981000000\r\n43098110000,乙,4,\r\n",
                "第 3 行：“43098110000”",
                "line 3: \"43098110000\"",
            ),
            (
                "\n43098110000,某镇,4,430981000000\n",
                "第 3 行：“43098110000”不是单位代码",
                "line 3: \"43098110000\"",
            ),
            ("430981100000,某镇,4,43098100\n", "第 2 行：“43098100”", "line 2: \"43098100\""),
            (",某镇,4,430981000000\n", "第 2 行：“”不是单位代码", "line 2: \"\" is no unit code"),
            ("430981100000,,4,430981000000\n", "第 2 行：单位名称", "line 2: a unit's name"),
            (&format!("430981100000,{name},4,430981000000\n"), "1 至 100", "1 to 100"),
            ("430981100000,某镇,9,430981000000\n", "第 2 行：层级“9”", "line 2: unknown level \"9\""),
            ("430981100000,某镇\n", "第 2 行：层级“”", "line 2: unknown level \"\""),
            (
                "430981100000,某镇,4,430982000000\n",
                "第 2 行：上级代码 430982000000",
                "line 2: parent code 430982000000",
            ),
            (
                "430981100000,某镇,4,430981000000\n430981100000,某镇,4,430981000000\n",
                "第 3 行：单位代码 430981100000",
                "line 3: unit code 430981100000",
            ),
        ],
    );
}

#[test]
fn all_faults_of_a_file_are_told_at_once() {
    let hub = Hub::new();
    let file = hub
        .file("bad.csv", format!("{HEADING}1,甲,4,\n430981100000,乙,9,\n430981101000,丙,4,430982000000\n"));
    let told = refused(&hub.command(&["directory", "import", &file]).output().expect("it runs"), &[]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    for (line, number) in lines.iter().zip(2..) {
        assert!(line.starts_with(&format!("{file}: 第 {number} 行")), "{told}");
    }
}

#[test]
fn what_is_no_such_file_is_told() {
    let hub = Hub::new();
    for (content, chinese, english) in [
        (&b""[..], "没有表头", "no heading"),
        (b"\n\n", "没有表头", "no heading"),
        ("code,name,level,parent_code,电话\n".as_bytes(), "“电话”", "unknown column \"电话\""),
        (b"code,name,level\n", "缺少列 parent_code", "column parent_code is missing"),
        // GBK, as spreadsheet programs write it.
        (b"code,name,level,parent_code\n430981100000,\xc4\xb3\xd5\xf2,4,430981000000\n", "UTF-8", "UTF-8"),
        (b"\xff\xfec\0o\0d\0e\0", "UTF-8", "UTF-8"),
        (b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\xa6\xff", "UTF-8", "UTF-8"),
    ] {
        let file = hub.file("bad.csv", content);
        hub.refuses(&[(&["directory", "import", &file], chinese, english)]);
    }
    let folder = hub.path("").display().to_string();
    let nothing = hub.path("none.csv").display().to_string();
    hub.refuses(&[
        (&["directory", "import", &nothing], "none.csv 无法读取", "none.csv cannot be read"),
        (&["directory", "import", &folder], "无法读取", "cannot be read"),
        (&["directory", "import"], "FILE", "FILE"),
    ]);
}

#[test]
fn units_that_stand_above_themselves_are_told() {
    refuses_rows(
        &Hub::new(),
        &[],
        &[
            (
                "430981100000,甲,4,430981101000\n430981101000,乙,4,430981100000\n",
                "成了自己的上级",
                "stands above itself",
            ),
            ("430981100000,甲,4,430981100000\n", "成了自己的上级", "stands above itself"),
            // A placeholder is left out and its children hang from the grandparent, which here is the placeholder.
            (
                "430981100000,市辖区,4,430981100000\n430981101000,乙,4,430981100000\n",
                "成了自己的上级",
                "stands above itself",
            ),
            (
                "430981100000,市辖区,4,430981101000\n430981101000,县,4,430981100000\n430981102000,丙,4,430981101000\n",
                "成了自己的上级",
                "stands above itself",
            ),
        ],
    );
}

#[test]
fn a_later_snapshot_needs_its_day_and_a_look_at_what_it_closes() {
    let hub = Hub::with_units();
    let fewer = hub.file(
        "fewer.csv",
        format!("{HEADING}430981000000,沅江市,3,430900000000\n430981101000,草尾镇,4,430981000000\n"),
    );
    let closing = ["directory", "import", &fewer, "--on", "2026-12-01"];
    hub.refuses(&[
        (&closing[..3], "--on", "--on"),
        (&closing, "会关闭 2 个单位", "closes 2 units"),
        (&closing, "430981100001 一村", "430981100001 一村"),
        (&closing, "--confirm", "--confirm"),
        (&["directory", "import", &fewer, "--on", "2026-06-31", "--confirm"], "没有这一天", "no such day"),
    ]);
    hub.does(&[&closing[..], &["--confirm"]].concat());

    // The parent is known, but no longer there on the day on which the child would begin.
    refuses_rows(
        &hub,
        &["--on", "2027-01-01"],
        &[(
            "430981100002,二村,5,430981100000\n",
            "430981100000 自 2027-01-01 起不存在",
            "does not exist from 2027-01-01",
        )],
    );
}
